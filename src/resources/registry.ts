/** Every resource type by its name: undo finds the type that a journal line speaks of. The list itself is made (make-lists.ts). */
import {type AnyType, types} from './index.ts';

/** The type of that name; undefined for a journal written by a newer version. */
export const typeNamed = (name: string): AnyType | undefined => types.find(type => type.name === name);

/** All of them. */
export const typeNames: readonly string[] = types.map(type => type.name);
