/** TAP 14: warnings and waived findings are TODO, which no harness counts as a failure; what could not be told is SKIP. */
import type {Report, Row} from '#doctor/types.ts';
import type {RenderOptions} from './render-options.ts';
import {evidenceOf, failsRun, oneLine, sentenceOf, shellLine, showJson} from './row-words.ts';

/** The whole stream, plan first. */
export const doctorTap = (report: Report, {failOn = 'fail'}: Pick<RenderOptions, 'failOn'> = {}): string =>
	[
		'TAP version 14',
		`1..${report.rows.length}${report.rows.length === 0 ? ' # SKIP no check was selected' : ''}`,
		...report.rows.flatMap((row, at) => lines(row, at + 1, failsRun(row, failOn))),
		'',
	].join('\n');

const lines = (row: Row, n: number, fails: boolean): readonly string[] => {
	const passes =
		row.state === 'ok' || (!fails && row.waived === undefined && row.state !== 'warn' && row.state !== 'fail');
	const directive = fails || row.state === 'ok' ? '' : directiveOf(row);
	return [
		`${passes ? 'ok' : 'not ok'} ${n} - ${escape(row.key)}: ${escape(sentenceOf(row))}${directive}`,
		...(row.state === 'ok' || row.state === 'na' ? [] : diagnostic(row)),
	];
};

const directiveOf = (row: Row): string => {
	if (row.waived !== undefined) return ` # TODO waived: ${escape(row.waived.reason)}`;
	return row.state === 'warn' || row.state === 'fail' ? ` # TODO ${row.state}` : ` # SKIP ${row.state}`;
};

/** A YAML block whose values are JSON, which YAML takes as it is. */
const diagnostic = (row: Row): readonly string[] => [
	'  ---',
	`  state: ${row.state}`,
	`  source: ${quote(row.source)}`,
	...(row.expected === undefined ? [] : [`  wanted: ${quote(showJson(row.expected))}`]),
	...evidenceOf(row).map(
		one => `  ${one.layer}: ${quote(one.where === '' ? one.value : `${one.value} (${one.where})`)}`,
	),
	...(row.remedy === undefined ? [] : [`  mend: ${quote(row.remedy.sentence)}`]),
	...(row.remedy?.commands ?? []).map((argv, at) => `  run${at + 1}: ${quote(shellLine(argv))}`),
	...(row.fault === undefined ? [] : [`  fault: ${quote(`[${row.fault.code}] ${row.fault.sentence}`)}`]),
	'  ...',
];

const quote = (text: string): string => JSON.stringify(oneLine(text));

const escape = (text: string): string => oneLine(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#');
