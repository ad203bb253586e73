/** JUnit's XML for build servers: a suite for each subject, a case for each row. A warning passes unless `--fail-on` says otherwise; what could not be told is skipped, never passed. */
import type {Report, Row} from '#doctor/types.ts';
import {escapeXml} from './escape.ts';
import type {FailOn, RenderOptions} from './render-options.ts';
import {bySubject, evidenceOf, failsRun, oneLine, sentenceOf, shellLine, showJson} from './row-words.ts';

/** The whole document. */
export const doctorJunit = (report: Report, {failOn = 'fail'}: Pick<RenderOptions, 'failOn'> = {}): string => {
	const suites = bySubject(report.rows);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites name="setup doctor" ${figures(report.rows, failOn)} time="${report.seconds.toFixed(3)}" timestamp="${escapeXml(report.at)}">`,
		...suites.flatMap(([subject, rows]) => [
			`  <testsuite name="${attribute(subject)}" hostname="${attribute(report.host.name)}" ${figures(rows, failOn)} time="${secondsOf(rows).toFixed(3)}" timestamp="${escapeXml(report.at)}">`,
			...rows.flatMap(row => caseLines(row, failOn)),
			'  </testsuite>',
		]),
		'</testsuites>',
		'',
	].join('\n');
};

type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

const outcomeOf = (row: Row, failOn: FailOn): Outcome => {
	if (row.waived !== undefined) return 'skipped';
	if (row.state === 'crash') return 'error';
	if (failsRun(row, failOn)) return 'failure';
	return row.state === 'unknown' || row.state === 'blocked' || row.state === 'na' ? 'skipped' : 'passed';
};

const figures = (rows: readonly Row[], failOn: FailOn): string => {
	const count = (outcome: Outcome): number => rows.filter(row => outcomeOf(row, failOn) === outcome).length;
	return `tests="${rows.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
};

/** A check with several rows took its time once. */
const secondsOf = (rows: readonly Row[]): number =>
	[...new Map(rows.map(row => [row.check, row.seconds])).values()].reduce((sum, one) => sum + one, 0);

const caseLines = (row: Row, failOn: FailOn): readonly string[] => {
	const open = `    <testcase classname="${attribute(row.check)}" name="${attribute(row.key)}" time="${row.seconds.toFixed(3)}"`;
	const says = attribute(sentenceOf(row));
	switch (outcomeOf(row, failOn)) {
		case 'failure':
			return [
				`${open}>`,
				`      <failure type="${row.state}" message="${says}">${block(row)}</failure>`,
				'    </testcase>',
			];
		case 'error':
			return [
				`${open}>`,
				`      <error type="${attribute(row.fault?.code ?? 'crash')}" message="${says}">${block(row)}</error>`,
				'    </testcase>',
			];
		case 'skipped':
			return [`${open}>`, `      <skipped message="${attribute(skipWords(row))}"/>`, '    </testcase>'];
		case 'passed':
			return row.state === 'ok'
				? [`${open}/>`]
				: [
						`${open}>`,
						`      <system-out>${escapeXml(oneLine(`${row.state}: ${sentenceOf(row)}`))}\n${block(row)}</system-out>`,
						'    </testcase>',
					];
	}
};

const skipWords = (row: Row): string =>
	row.waived === undefined
		? `${row.state}: ${sentenceOf(row)}`
		: `waived${row.waived.until === undefined ? '' : ` until ${row.waived.until}`}: ${row.waived.reason}`;

const block = (row: Row): string =>
	[
		...(row.expected === undefined ? [] : [`wanted: ${showJson(row.expected)}`]),
		...evidenceOf(row).map(one => `${one.layer}: ${one.value}${one.where === '' ? '' : ` (${one.where})`}`),
		...(row.remedy === undefined
			? []
			: [`mend: ${row.remedy.sentence}`, ...(row.remedy.commands ?? []).map(argv => `  ${shellLine(argv)}`)]),
		...(row.fault?.details ?? []),
	]
		.map(line => escapeXml(oneLine(line)))
		.join('\n');

const attribute = (text: string): string => escapeXml(oneLine(text));
