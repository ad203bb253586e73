/** The doctor's word on what was just installed, in a few lines for the last screen. */
import type {RowState} from '#doctor/types.ts';
import {faultData} from '#model/fault.ts';
import {lookAt, selectHere} from '#tasks/doctor/look.ts';
import type {Health} from '#ui/state/types.ts';

/** Runs all checks. A doctor that cannot look is told as such: the install is done all the same. */
export const healthOf = async (state: string): Promise<Health> => {
	const silent = {isTTY: false, write: () => {}};
	try {
		const {report} = await lookAt(
			{root: '/', state, at: undefined, selection: await selectHere([])},
			{stdout: silent, stderr: silent},
		);
		const {counts, rows} = report;
		const told = rows.filter(row => row.waived === undefined && shown[row.state] !== undefined);
		return {
			sentence: `${counts.ok} ok, ${counts.fail} failed, ${counts.warn} warnings, ${counts.unknown + counts.crash} unknown`,
			lines: told.map(row => ({state: shown[row.state]!, line: `${row.key}: ${row.says}`})),
		};
	} catch (error) {
		return {sentence: `could not be told: ${faultData(error).sentence}`, lines: []};
	}
};

const shown: Partial<Record<RowState, Health['lines'][number]['state']>> = {
	fail: 'fail',
	warn: 'warn',
	unknown: 'unknown',
	crash: 'unknown',
};
