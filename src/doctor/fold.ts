/** From what the checks saw to the report's rows, in an order that never changes: by subject, check, item. */
import type {Told} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import {showUnknown} from '#model/unknown.ts';
import {remedyOf, resourcesOf} from './kinds.ts';
import {lackingLayer} from './layers.ts';
import {natural} from './natural.ts';
import type {CheckRun} from './run-checks.ts';
import {toldOnce} from './told-once.ts';
import type {Row, RowState} from './types.ts';

/** `mysql.bind[3306]`, or `mysql.bind`. */
export const keyOf = (check: string, item: string | undefined): string =>
	item === undefined ? check : `${check}[${item}]`;

/** The part before the point. */
export const subjectOf = (id: string): string => id.slice(0, id.indexOf('.') === -1 ? id.length : id.indexOf('.'));

/** All rows of all runs, sorted. */
export const rowsOf = (runs: readonly CheckRun[]): readonly Row[] =>
	toldOnce(
		runs.flatMap(run => rowsOfRun(run, runs)),
		runs,
	).toSorted(byPlace);

const rowsOfRun = (run: CheckRun, runs: readonly CheckRun[]): readonly Row[] => {
	const {check, verdict} = run;
	const base = {
		check: check.id,
		subject: subjectOf(check.id),
		title: check.title,
		severity: check.severity,
		source: check.source,
		seconds: run.seconds,
	};
	const bare = {...base, key: check.id, layers: {}, fixable: false};
	switch (verdict.state) {
		case 'seen':
			return verdict.findings.map(finding => ({...base, ...rowOf(finding, run)}));
		case 'na':
			return [{...bare, state: 'na', says: verdict.because, ...(verdict.why && {why: verdict.why})}];
		case 'unknown':
			return [{...bare, state: 'unknown', says: showUnknown(verdict.why), why: verdict.why}];
		case 'crash':
			return [
				{...bare, state: 'crash', says: `a defect of this check: ${verdict.fault.sentence}`, fault: verdict.fault},
			];
		case 'blocked':
			return [
				{
					...bare,
					state: 'blocked',
					says: `pointless while ${sayOf(runs.find(one => one.check.id === verdict.by))}`,
					by: verdict.by,
				},
			];
	}
};

type FindingRow = Pick<
	Row,
	'key' | 'item' | 'is' | 'state' | 'says' | 'expected' | 'layers' | 'ends' | 'why' | 'remedy' | 'fixable'
>;

const rowOf = (finding: Told, run: CheckRun): FindingRow => {
	const {check} = run;
	const lacking = finding.state === 'ok' ? lackingLayer(check, finding) : undefined;
	const state: RowState =
		lacking === undefined ? finding.state : lacking.why.because === 'no-systemd' ? 'na' : 'unknown';
	const row = {
		key: keyOf(check.id, finding.item),
		...(finding.item !== undefined && {item: finding.item}),
		...(finding.is !== undefined && finding.is !== 'ok' && {is: finding.is}),
		state,
		says: lacking === undefined ? saysOf(finding) : showUnknown(lacking.why),
		expected: finding.expected,
		layers: finding.layers,
		...(finding.ends !== undefined && Number.isFinite(finding.ends) && {ends: new Date(finding.ends).toISOString()}),
		...(lacking !== undefined && {why: lacking.why}),
		fixable: false,
	};
	if (state !== 'warn' && state !== 'fail') return row;
	const remedy = remedyOf(check, finding);
	return {
		...row,
		...(remedy !== undefined && {remedy}),
		fixable: resourcesOf(check, finding).length > 0,
	};
};

/** A clause for every finding that is not ok: what its author said, or what was seen. */
const saysOf = (finding: Told): string => {
	if (finding.says !== undefined || finding.state === 'ok') return finding.says ?? '';
	const seen = Object.entries(finding.layers).flatMap(([layer, one]) =>
		one !== undefined && 'value' in one ? [`${layer}: ${show(one.value)}`] : [],
	);
	return `${seen.join(', ') || 'nothing was seen'}; expected ${show(finding.expected)}`;
};

const show = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const sayOf = (cause: CheckRun | undefined): string => {
	const failed =
		cause?.verdict.state === 'seen' ? cause.verdict.findings.find(finding => finding.state === 'fail') : undefined;
	return failed === undefined ? 'what it requires has failed' : saysOf(failed);
};

/** The order of a report. */
export const byPlace = (a: Row, b: Row): number =>
	natural(a.subject, b.subject) ||
	natural(a.check, b.check) ||
	natural(a.item ?? '', b.item ?? '') ||
	natural(a.says, b.says);
