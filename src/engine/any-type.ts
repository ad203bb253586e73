/** A resource type, where only its name and its undo matter. */
import type {ResourceType} from '#model/resource.ts';

// biome-ignore lint/suspicious/noExplicitAny: a type found by its name in the journal; its spec and state do not matter here
export type AnyType = ResourceType<any, any>;
