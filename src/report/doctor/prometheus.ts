/** Gauges for node_exporter's textfile collector. States are numbers, so that a rule needs no label that changes with the state. */
import type {Report, Row} from '#doctor/types.ts';
import {metrics} from './exposition.ts';

const {family, sample} = metrics('host_setup_doctor');

/** The text exposition format, version 0.0.4. */
export const doctorPrometheus = (report: Report): string => {
	const rows = [...new Map(report.rows.map(row => [row.key, row])).values()];
	const checks = [...new Map(rows.map(row => [row.check, row])).values()];
	const ending = rows.filter(row => row.ends !== undefined && Number.isFinite(Date.parse(row.ends)));
	return [
		...family(
			'state',
			'0 ok, 1 warning, 2 failed, 3 could not be told (unknown, blocked, crashed); without what does not apply.',
			[...rows.filter(row => row.state !== 'na').map(row => sample('state', labelsOf(row), numberOf(row)))],
		),
		...family(
			'waived',
			'1 for a finding that somebody accepted.',
			rows.filter(row => row.waived !== undefined).map(row => sample('waived', labelsOf(row), 1)),
		),
		...family(
			'ends_timestamp_seconds',
			'When what was seen ends: a certificate, the support of a release.',
			ending.map(row => sample('ends_timestamp_seconds', labelsOf(row), Date.parse(row.ends ?? '') / 1000)),
		),
		...family(
			'check_seconds',
			'What a check took.',
			checks.map(row => sample('check_seconds', {check: row.check}, row.seconds)),
		),
		...family(
			'findings',
			'Findings by state.',
			(['fail', 'warn', 'unknown', 'crash', 'blocked', 'na', 'ok', 'waived'] as const).map(state =>
				sample('findings', {state}, report.counts[state]),
			),
		),
		...family('checks', 'Checks there are, by what became of them.', [
			sample('checks', {outcome: 'checked'}, report.counts.checked),
			sample('checks', {outcome: 'needs_root'}, report.counts.needRoot),
			sample('checks', {outcome: 'not_applicable'}, report.counts.notApplicable),
		]),
		...family('run_seconds', 'What the last run took.', [sample('run_seconds', {}, report.seconds)]),
		...family('last_run_timestamp_seconds', 'When the last run was.', [
			sample('last_run_timestamp_seconds', {}, Date.parse(report.at) / 1000),
		]),
		...family('info', 'The version of setup and the release of the host.', [
			sample('info', {version: report.version, release: report.host.release}, 1),
		]),
		'',
	].join('\n');
};

const labelsOf = (row: Row): Readonly<Record<string, string>> => ({
	check: row.check,
	subject: row.subject,
	...(row.item !== undefined && {item: row.item}),
});

const numberOf = ({state}: Row): number => ({ok: 0, warn: 1, fail: 2, unknown: 3, blocked: 3, crash: 3, na: 0})[state];
