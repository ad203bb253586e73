/** What a fault's code comes to for a shell. */

/** 64 for what the caller wrote, 74 for output and alarms that were lost, 75 for a held host, 130 for a run that was asked twice to stop, 70 for our own defects, 1 for the rest. */
export const exitCodeOf = (code: string): number => {
	if (/^(usage|answers)\./.test(code)) return 64;
	if (code === 'output.lost' || code.startsWith('alarm.')) return 74;
	if (code === 'run.held') return 75;
	if (code === 'run.cut-off') return 130;
	return code === 'internal' ? 70 : 1;
};
