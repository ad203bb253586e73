/** Every resource type by its name: undo finds the type that a journal line speaks of. */
import type {ResourceType} from '#model/resource.ts';
import {absentType} from './absent.ts';
import {directoryType} from './directory.ts';
import {fileType} from './file.ts';
import {groupType} from './group.ts';
import {symlinkType} from './symlink.ts';
import {userType} from './user.ts';

// biome-ignore lint/suspicious/noExplicitAny: the journal knows only names; each type reads back its own record.
type AnyType = ResourceType<any, any>;

// Add your line, in alphabetical order.
const types: readonly AnyType[] = [
	absentType,
	directoryType,
	fileType,
	groupType,
	symlinkType,
	userType,
];

/** The type of that name; undefined for a journal written by a newer version. */
export const typeNamed = (name: string): AnyType | undefined => types.find(type => type.name === name);
