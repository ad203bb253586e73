/** A doctor's report for a reader: only what matters unless asked for all, with the evidence of each layer and what mends it. */
import type {Report, Row} from '#doctor/types.ts';
import {colourOf, glyphOf} from './marks.ts';
import type {RenderOptions} from './render-options.ts';
import {
	bySubject,
	changeOf,
	coverage,
	evidenceOf,
	matters,
	oneLine,
	sentenceOf,
	shellLine,
	showJson,
	subjectName,
	totals,
} from './row-words.ts';
import {cut, wrap} from './text-lines.ts';

/** The whole text, with a final newline. */
export const doctorText = (report: Report, options: RenderOptions): string => {
	// What many wait for is told once, as their cause.
	const told = new Set(report.causes.flatMap(cause => cause.checks));
	const shown = report.rows.filter(
		row => options.verbose || (matters(row) && !(row.state === 'unknown' && told.has(row.check))),
	);
	const widest = Math.max(16, ...shown.map(row => oneLine(row.key).length).filter(length => length <= 28));
	return `${[
		...heading(report, options),
		...report.causes.flatMap(cause =>
			wrap(oneLine(cause.says), 2, options.columns).map(
				(line, at) => `${at === 0 ? `${options.style.cyan('?')} ` : '  '}${line}`,
			),
		),
		...(options.verbose
			? bySubject(shown).flatMap(([subject, rows]) => [
					options.style.bold(oneLine(subjectName(subject))),
					...rows.flatMap(row => rowLines(row, widest, report, options)),
				])
			: worstFirst(shown).flatMap(row => rowLines(row, widest, report, options))),
		...fixedLines(report, options),
		...(shown.length + report.fixed.length + report.causes.length > 0 ? [''] : []),
		...closing(report, options),
	].join('\n')}\n`;
};

/** Failures before warnings, and what could not be told last. Each key says its subject. */
const worstFirst = (rows: readonly Row[]): readonly Row[] => {
	const weight = ({state}: Row): number => {
		const at = ['crash', 'fail', 'warn', 'unknown'].indexOf(state);
		return at < 0 ? 4 : at;
	};
	return rows
		.map((row, at) => ({row, at}))
		.sort((a, b) => weight(a.row) - weight(b.row) || a.at - b.at)
		.map(({row}) => row);
};

const heading = (report: Report, {style, columns}: RenderOptions): readonly string[] => {
	const {host, asOf, root, seconds} = report;
	const where = [
		`${oneLine(host.name)}, ${oneLine(host.release)}`,
		...(root === '/' ? [] : [`in ${oneLine(root)}`]),
		...(asOf === undefined ? [] : [`as of ${asOf.slice(0, 10)}`]),
	].join(', ');
	const line = `${where}: ${coverage(report)}`;
	const time = `${seconds.toFixed(2)} s`;
	const gap = columns !== undefined && line.length + time.length + 5 > columns ? ', ' : '     ';
	const first = wrap(`${line}${gap}${time}`, 0, columns).map((text, at) =>
		at === 0 ? text.replace(where, style.bold(where)) : text,
	);
	return [...first, ''];
};

const rowLines = (row: Row, widest: number, report: Report, options: RenderOptions): readonly string[] => {
	const {style, columns, verbose} = options;
	const state = row.waived === undefined ? row.state : 'waived';
	const key = oneLine(row.key);
	const change = changeOf(row, report.at);
	const late = change === '' ? '' : `   ${style.dim(change)}`;
	const [first = '', ...more] = wrap(
		`${oneLine(sentenceOf(row))}${late}`,
		widest + 6,
		columns,
		Math.max(key.length, widest) + 6,
	);
	return [
		`  ${colourOf(state, style)(glyphOf(state, options))} ${key.padEnd(widest)}  ${first}`,
		...cut(more, verbose ? more.length : 1).map(line => `${' '.repeat(widest + 6)}${line}`),
		...(verbose
			? details(row, options)
			: matters(row) && row.state !== 'unknown'
				? brief(row, most - 1 - Math.min(more.length, 1), options)
				: []),
	];
};

/** Lines of a finding where nobody asked for all of it. */
const most = 5;

/** Where it was seen, and what mends it: command and sentence on lines of their own. */
const brief = (row: Row, room: number, options: RenderOptions): readonly string[] => {
	const {style, columns} = options;
	const all = evidenceOf(row).filter(one => one.seen);
	// The layer that is not as it should be says more than the one that is.
	const seen = all.find(one => one.value !== showJson(row.expected ?? null)) ?? all[0];
	const line = (label: string, text: string): string => `      ${style.dim(label.padEnd(9))}${text}`;
	const where =
		seen === undefined || row.fault !== undefined
			? []
			: cut(wrap(`${oneLine(seen.value)}   ${oneLine(seen.where)}`, 15, columns), 1).map(text =>
					line(seen.layer, text),
				);
	const fault =
		row.fault === undefined
			? []
			: cut(wrap(oneLine(`[${row.fault.code}] ${row.fault.sentence}`), 15, columns), 1).map(text =>
					line('fault', text),
				);
	const commands =
		row.remedy === undefined
			? []
			: row.fixable
				? [`setup doctor fix ${oneLine(row.check)}`]
				: (row.remedy.commands ?? []).map(argv => oneLine(shellLine(argv)));
	const left = room - where.length - fault.length;
	const sentence = row.remedy === undefined ? [] : wrap(oneLine(row.remedy.sentence), 15, columns);
	const words = cut(sentence, Math.max(1, left - Math.min(commands.length, left - 1)));
	return [
		...where,
		...fault,
		...words.map((text, at) => line(at === 0 ? 'mend' : '', text)),
		...commands.slice(0, Math.max(0, left - words.length)).map(text => line('', style.bold(text))),
	].slice(0, room);
};

const details = (row: Row, options: RenderOptions): readonly string[] => {
	const {style, columns} = options;
	const evidence = evidenceOf(row);
	const valueWidth = Math.min(
		24,
		Math.max(0, ...evidence.filter(one => one.seen).map(one => oneLine(one.value).length)),
	);
	const wanted =
		row.expected === undefined || row.expected === null || row.state === 'ok' ? [] : [oneLine(showJson(row.expected))];
	const lines: readonly (readonly [string, string])[] = [
		...wanted.map(text => ['wanted', text] as const),
		...evidence.map(
			one =>
				[
					one.layer,
					one.seen
						? `${oneLine(one.value).padEnd(valueWidth)}   ${style.dim(oneLine(one.where))}`.trimEnd()
						: oneLine(one.value),
				] as const,
		),
		...(row.ends === undefined ? [] : [['ends', oneLine(row.ends).slice(0, 10)] as const]),
		...(row.waived === undefined
			? []
			: [
					[
						'waived',
						`${row.waived.until === undefined ? '' : `until ${row.waived.until}: `}${oneLine(row.waived.reason)}`,
					] as const,
				]),
		...(row.fault === undefined ? [] : [['fault', oneLine(`[${row.fault.code}] ${row.fault.sentence}`)] as const]),
		...(row.state === 'ok' || row.remedy === undefined ? [] : mendLines(row, row.remedy, options)),
	];
	return lines.flatMap(([label, text]) => {
		const [first = '', ...more] = wrap(text, 15, columns);
		return [`      ${style.dim(label.padEnd(9))}${first}`, ...more.map(line => `${' '.repeat(15)}${line}`)];
	});
};

const mendLines = (
	row: Row,
	remedy: NonNullable<Row['remedy']>,
	{style, verbose}: RenderOptions,
): readonly (readonly [string, string])[] => [
	[
		'mend',
		row.fixable
			? `${style.bold(`setup doctor fix ${oneLine(row.check)}`)}   ${oneLine(remedy.sentence)}`
			: oneLine(remedy.sentence),
	],
	...(row.fixable && !verbose ? [] : (remedy.commands ?? [])).map(
		argv => ['', style.bold(oneLine(shellLine(argv)))] as const,
	),
];

/** Counted; named one by one only where everything is. */
const fixedLines = ({fixed}: Report, {style, ascii, verbose}: RenderOptions): readonly string[] => {
	if (fixed.length === 0) return [];
	const head = `${style.bold('Mended since the last run')}: ${fixed.length}`;
	if (!verbose) return [head];
	return [
		head,
		...fixed.map(
			({key, says}) => `  ${style.green(ascii ? '+' : '✔')} ${oneLine(key)}  ${style.dim(`was: ${oneLine(says)}`)}`,
		),
	];
};

const closing = (report: Report, {style, verbose, columns}: RenderOptions): readonly string[] => {
	const off = report.rows.filter(row => matters(row) && row.state !== 'unknown');
	const next = [
		...(off[0] === undefined ? [] : [`setup explain ${oneLine(off[0].check)}`]),
		...(off.some(row => row.fixable) ? ['setup doctor fix'] : []),
		...(report.counts.needRoot > 0 && !report.isRoot ? ['sudo setup doctor'] : []),
		...(verbose ? [] : ['setup doctor -v']),
	];
	const said = totals(report);
	const plain = wrap(`${said.map(({text}) => text).join(', ')}.`, 0, columns);
	const colours =
		plain.length > 1
			? plain
			: [`${said.map(({state, text}) => (/^0 /.test(text) ? text : colourOf(state, style)(text))).join(', ')}.`];
	return [...colours, ...(next.length === 0 ? [] : wrap(next.join('      '), 0, columns))];
};
