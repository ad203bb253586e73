/** What a report comes to for a shell: 0 nothing at or above what was asked for, 1 findings, 2 nothing failed but something could not be told. */
import type {Report, Row} from './types.ts';

export type FailOn = 'new' | 'warn' | 'fail';

/** `new`: warnings and failures that the last run did not have. What is waived does not count. */
export const exitCodeOf = ({rows}: Report, failOn: FailOn): 0 | 1 | 2 => {
	const open = rows.filter(row => row.waived === undefined);
	if (open.some(row => counts(row, failOn))) return 1;
	// What is blocked is told by its cause.
	return open.some(row => row.state === 'unknown' || row.state === 'crash') ? 2 : 0;
};

const counts = (row: Row, failOn: FailOn): boolean => {
	if (failOn === 'new') return (row.state === 'warn' || row.state === 'fail') && row.change !== 'still';
	return row.state === 'fail' || (failOn === 'warn' && row.state === 'warn');
};
