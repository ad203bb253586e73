/** A builder knows what its resource needs and gives; a step may add to that, never take away from it. */
import type {Edges} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';

/** The builder's edges with the caller's: lists are joined, single values are the caller's. */
export const withEdges = (own: Edges, more: Partial<Edges> = {}): Edges => ({
	...own,
	...more,
	needs: joined<Thing>(own.needs, more.needs),
	provides: joined<Thing>(own.provides, more.provides),
	locks: joined<string>(own.locks, more.locks),
	owes: [...(own.owes ?? []), ...(more.owes ?? [])],
});

const joined = <T>(own: readonly T[] = [], more: readonly T[] = []): readonly T[] => [...new Set([...own, ...more])];
