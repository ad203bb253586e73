/** What a repair may not cost: something that was fine and is not any more. */
import type {Row} from './types.ts';

/** Rows of checks that were wholly fine before and are not now; what could be told and cannot any more is worse, too. */
export const worseRows = (before: readonly Row[], after: readonly Row[]): readonly Row[] => {
	const fine = new Map([...Map.groupBy(before, row => row.check)].map(([check, rows]) => [check, rows.every(isFine)]));
	const wasFine = new Set(before.filter(isFine).map(row => row.key));
	return after.filter(row => !isFine(row) && (fine.get(row.check) === true || wasFine.has(row.key)));
};

const isFine = (row: Row): boolean => row.state === 'ok' || row.state === 'na';
