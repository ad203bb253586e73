/** Most wrong keys are slips of the fingers: "did you mean" saves the operator a look at the documentation. */

/** The candidate that is at most a third of its letters away from what was written; undefined when none is that near. */
export const nearest = (written: string, candidates: readonly string[]): string | undefined => {
	if (written.length > 64) return undefined;
	const word = fold(written);
	const ranked = candidates
		.map(candidate => ({candidate, steps: distance(word, fold(candidate))}))
		.filter(({candidate, steps}) => steps <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
		.sort((a, b) => a.steps - b.steps);
	return ranked[0]?.candidate;
};

/** ` (did you mean database?)`, or nothing. */
export const didYouMean = (written: string, candidates: readonly string[]): string => {
	const found = nearest(written, candidates);
	return found === undefined || found === written ? '' : ` (did you mean ${found}?)`;
};

/** Case and the kind of separator are the commonest slips and count as none. */
const fold = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Levenshtein's, with a swap of neighbours as one step (optimal string alignment). */
const distance = (a: string, b: string): number => {
	let older: number[] = [];
	let old = Array.from({length: b.length + 1}, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const now = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1];
			let best = Math.min(old[column]! + 1, now[column - 1]! + 1, old[column - 1]! + (same ? 0 : 1));
			if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
				best = Math.min(best, older[column - 2]! + 1);
			now.push(best);
		}
		older = old;
		old = now;
	}
	return old[b.length]!;
};
