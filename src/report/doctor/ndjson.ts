/** The report as JSON lines: a header, one line for each row, a summary. For `jq`, log shippers and whoever reads while it is written. */
import type {Report} from '#doctor/types.ts';
import {printableJson} from '#model/printable.ts';

/** Every line has a `type`: report, row or summary. */
export const doctorNdjson = (report: Report): string => {
	const {rows, counts, causes, fixed, seconds, ...header} = report;
	return [
		{type: 'report', ...header},
		...rows.map(row => ({type: 'row', ...row})),
		{type: 'summary', seconds, counts, causes, fixed},
	]
		.map(line => `${printableJson(line)}\n`)
		.join('');
};
