/** A key of a line format holds a list of values, mostly of length one. Turning the lines that stand into the lines wanted is the same everywhere. */
import type {Text} from '#model/secret.ts';
import type {Span, Splice} from '../editor.ts';
import {insertLines} from '../lines.ts';

/** A line that sets the key: the whole line, and the part of it that is replaced for another value. */
export type Found = {readonly line: Span; readonly value: Span};

/** One line that is to stand there: how its part is written, how the whole line is written, and whether a line says so already. */
export type Wanted<F extends Found> = {
	readonly value: (found: F) => Text;
	readonly line: Text;
	readonly holds: (found: F) => boolean;
};

/**
 * The splices that make `found` into `wanted`. Lines are kept in place and changed there; too many go, the first ones
 * first (the last one is what counts in most programs); new ones follow the last, or go to `place` when there is none.
 */
export const settle = <F extends Found>(
	source: string,
	found: readonly F[],
	wanted: readonly Wanted<F>[],
	place: () => number,
): readonly Splice[] => {
	const surplus = Math.max(found.length - wanted.length, 0);
	const gone = found.slice(0, surplus).map(({line}) => ({...line, text: []}));
	const kept = found.slice(surplus);
	const changed = kept.flatMap((one, at) => {
		const want = wanted[at];
		return !want || want.holds(one) ? [] : [{...one.value, text: want.value(one)}];
	});
	const missing = wanted.slice(kept.length);
	const added =
		missing.length === 0
			? []
			: [
					insertLines(
						source,
						kept.at(-1)?.line.end ?? place(),
						missing.map(({line}) => line),
					),
				];
	return [...gone, ...changed, ...added];
};
