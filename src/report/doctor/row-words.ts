/** What every format says of a row: its subject's name, its evidence, when it began, whether it fails the run. */
import type {Report, Row, RowState} from '#doctor/types.ts';
import type {Layer, Seen} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import {printable} from '#model/printable.ts';
import {showUnknown, type Unknown} from '#model/unknown.ts';
import type {FailOn} from './render-options.ts';

/** 'mysql' -> 'MySQL'. */
export const subjectName = (subject: string): string =>
	names[subject] ?? `${subject.charAt(0).toUpperCase()}${subject.slice(1)}`;

const names: Readonly<Record<string, string>> = {
	aws: 'AWS',
	'cc-server': 'CC-Server',
	ldap: 'LDAP',
	mongodb: 'MongoDB',
	mysql: 'MySQL',
	nginx: 'nginx',
	openslides: 'OpenSlides',
	postgres: 'PostgreSQL',
	tls: 'TLS',
	uwsgi: 'uWSGI',
};

export type Evidence = {
	readonly layer: Layer;
	readonly value: string;
	readonly where: string;
	readonly path?: string;
	readonly line?: number;
	readonly seen: boolean;
};

/** What was seen in each layer, or why it was not, in the order file, process, kernel. */
export const evidenceOf = (row: Row): readonly Evidence[] =>
	(['file', 'runtime', 'kernel'] as const).flatMap((layer): readonly Evidence[] => {
		const one = row.layers[layer];
		if (one === undefined) return [];
		if (!isSeen(one)) return [{layer, value: showUnknown(one), where: '', seen: false}];
		return [
			{
				layer,
				value: showJson(one.value),
				where: one.where,
				seen: true,
				...(one.path !== undefined && {path: one.path}),
				...(one.line !== undefined && {line: one.line}),
			},
		];
	});

const isSeen = (one: Seen | Unknown): one is Seen => 'where' in one;

/** A value for a reader: one line, no quotes around a word. */
export const showJson = (value: Json): string => {
	if (value === null) return 'nothing';
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (typeof value === 'string') return value === '' ? 'empty' : value;
	if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(showJson).join(', ');
	if (typeof value === 'object')
		return Object.entries(value)
			.map(([key, one]) => `${key}: ${showJson(one)}`)
			.join(', ');
	return String(value);
};

/** What a row says, whatever its state; never empty. */
export const sentenceOf = (row: Row): string => {
	if (row.says !== '') return row.says;
	if (row.fault !== undefined) return row.fault.sentence;
	return row.state === 'blocked' && row.by !== undefined ? `blocked by ${row.by}` : row.title;
};

/** One line, line breaks as spaces, for a terminal, a log and whatever reads line by line. */
export const oneLine = (text: string): string =>
	printable(
		text
			.replace(/[\r\n]\s*/g, '\n')
			.split('\n')
			.map((line, at, all) => (at < all.length - 1 ? line.trimEnd() : line))
			.join(' ')
			.replaceAll('\t', ' '),
	);

/** Does it fail the run, as `--fail-on` says? A crash does by itself: nobody knows what the check would have said. */
export const failsRun = (row: Row, failOn: FailOn = 'fail'): boolean => {
	if (row.waived !== undefined) return false;
	if (row.state === 'crash') return true;
	if (failOn === 'new') return row.change === 'new' && (row.state === 'fail' || row.state === 'warn');
	return row.state === 'fail' || (failOn === 'warn' && row.state === 'warn');
};

/** Is it worth a line where nobody asked for all? */
export const matters = (row: Row): boolean =>
	row.waived === undefined && ['fail', 'warn', 'crash', 'unknown'].includes(row.state);

/** The rows of each subject, in the order of the report. */
export const bySubject = (rows: readonly Row[]): readonly (readonly [string, readonly Row[]])[] => [
	...Map.groupBy(rows, row => row.subject),
];

/** '64 of 71 checked, 4 need root, 3 not applicable'; that systemd does not run is said once, here. */
export const coverage = ({counts, rows}: Report): string => {
	const asking = new Set(
		rows.flatMap(row => (row.state === 'na' && row.why?.because === 'no-systemd' ? [row.check] : [])),
	);
	const without =
		asking.size === 0 ? '' : ` (${asking.size} ask${asking.size === 1 ? 's' : ''} systemd, which does not run here)`;
	return (
		[
			`${counts.checked} of ${counts.checks} checked`,
			...(counts.needRoot > 0 ? [`${counts.needRoot} need${counts.needRoot === 1 ? 's' : ''} root`] : []),
			...(counts.notApplicable > 0 ? [`${counts.notApplicable} not applicable`] : []),
		].join(', ') + without
	);
};

/** '2 failed, 1 warning, 61 ok': every kind that there is; what is waived was taken out of the others. */
export const totals = ({
	counts,
	rows,
}: Report): readonly {readonly state: RowState | 'waived'; readonly text: string}[] => {
	const until = [...new Set(rows.flatMap(row => (row.waived?.until === undefined ? [] : [row.waived.until])))];
	const parts: readonly (readonly [RowState | 'waived', number, string])[] = [
		['fail', counts.fail, 'failed'],
		['warn', counts.warn, counts.warn === 1 ? 'warning' : 'warnings'],
		['crash', counts.crash, 'crashed'],
		['unknown', counts.unknown, 'unknown'],
		['blocked', counts.blocked, 'blocked'],
		['ok', counts.ok, 'ok'],
		['waived', counts.waived, `waived${until.length === 1 ? ` (until ${until[0]})` : ''}`],
	];
	return parts
		.filter(([state, count]) => count > 0 || state === 'fail')
		.map(([state, count, word]) => ({state, text: `${count} ${word}`}));
};

/** 'new', 'since Tue', 'since 2026-10-02'. */
export const changeOf = (row: Row, at: string): string => {
	if (row.change === undefined) return '';
	const since = row.since === undefined ? '' : `since ${day(row.since, at)}`;
	return row.change === 'new' ? ['new', since].filter(Boolean).join(' ') : since;
};

const day = (when: string, now: string): string => {
	const [from, to] = [Date.parse(when), Date.parse(now)];
	if (!Number.isFinite(from)) return oneLine(when);
	if (to - from < 12 * 3_600_000) return new Date(from).toISOString().slice(11, 16);
	if (to - from < 6 * 86_400_000)
		return ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(from).getUTCDay()] ?? '';
	return when.slice(0, 10);
};

/** An argv as a shell would take it. */
export const shellLine = (argv: readonly string[]): string =>
	argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
