/** SARIF 2.1.0, for editors and code scanning: what was found, at the line of the file that says so. What is ok is left out unless asked for: some readers take every result for an alert. */
import {pathToFileURL} from 'node:url';
import type {Report, Row} from '#doctor/types.ts';
import {printableJson} from '#model/printable.ts';
import type {RenderOptions} from './render-options.ts';
import {evidenceOf, matters, oneLine, sentenceOf, shellLine} from './row-words.ts';

/** The whole log. */
export const doctorSarif = (report: Report, {verbose}: Pick<RenderOptions, 'verbose'>): string => {
	const rows = report.rows.filter(row => verbose || matters(row) || row.waived !== undefined);
	const rules = [...new Map(rows.map(row => [row.check, row])).values()];
	return `${printableJson(
		{
			$schema: 'https://json.schemastore.org/sarif-2.1.0.json',
			version: '2.1.0',
			runs: [
				{
					tool: {driver: {name: 'setup doctor', version: report.version, rules: rules.map(ruleOf)}},
					automationDetails: {id: `setup-doctor/${report.host.name}/`},
					invocations: [
						{executionSuccessful: report.counts.crash === 0, endTimeUtc: report.at, machine: report.host.name},
					],
					columnKind: 'utf16CodeUnits',
					results: [
						...rows.map(row =>
							resultOf(
								row,
								rules.findIndex(rule => rule.check === row.check),
							),
						),
						...report.fixed.map(goneOf),
					],
				},
			],
		},
		'\t',
	)}\n`;
};

const ruleOf = (row: Row): object => ({
	id: row.check,
	shortDescription: {text: row.title},
	help: {text: `setup explain ${row.check}. Source: ${row.source}`},
	defaultConfiguration: {level: row.severity === 'fail' ? 'error' : 'warning'},
});

const resultOf = (row: Row, ruleIndex: number): object => ({
	ruleId: row.check,
	ruleIndex,
	...kindOf(row),
	message: {text: messageOf(row)},
	locations: locationsOf(row),
	partialFingerprints: {'setupDoctorKey/v1': row.key},
	...(row.change !== undefined && {baselineState: row.change === 'new' ? 'new' : 'unchanged'}),
	...(row.waived !== undefined && {
		suppressions: [{kind: 'external', status: 'accepted', justification: row.waived.reason}],
	}),
});

/** The standard wants level 'none' for everything that is no failure. */
const kindOf = ({state}: Row): object => {
	if (state === 'fail') return {kind: 'fail', level: 'error'};
	if (state === 'warn') return {kind: 'fail', level: 'warning'};
	if (state === 'ok') return {kind: 'pass', level: 'none'};
	return {kind: state === 'na' ? 'notApplicable' : 'open', level: 'none'};
};

const messageOf = (row: Row): string =>
	[
		`${row.key}: ${sentenceOf(row)}`,
		...evidenceOf(row).map(one => `${one.layer}: ${one.value}${one.where === '' ? '' : ` (${one.where})`}`),
		...(row.remedy === undefined || row.state === 'ok'
			? []
			: [`mend: ${row.remedy.sentence}`, ...(row.remedy.commands ?? []).map(shellLine)]),
	]
		.map(oneLine)
		.join('\n');

const locationsOf = (row: Row): readonly object[] =>
	evidenceOf(row).flatMap(({path, line}) =>
		path === undefined
			? []
			: [
					{
						physicalLocation: {
							artifactLocation: {uri: pathToFileURL(path).href},
							...(line !== undefined && line > 0 && {region: {startLine: line}}),
						},
					},
				],
	);

const goneOf = ({key, was, says}: Report['fixed'][number]): object => ({
	ruleId: key.replace(/\[.*/s, ''),
	kind: 'fail',
	level: was === 'fail' ? 'error' : 'warning',
	message: {text: oneLine(`${key}: ${says}`)},
	locations: [],
	partialFingerprints: {'setupDoctorKey/v1': key},
	baselineState: 'absent',
});
