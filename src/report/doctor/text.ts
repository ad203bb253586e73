/** A doctor's report for a reader: only what matters unless asked for all, with the evidence of each layer and what mends it. */
import type {Report, Row} from '#doctor/types.ts';
import type {Style} from '../style.ts';
import type {RenderOptions} from './index.ts';
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
} from './words.ts';

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
		...bySubject(shown).flatMap(([subject, rows]) => [
			options.style.bold(oneLine(subjectName(subject))),
			...rows.flatMap(row => rowLines(row, widest, report, options)),
		]),
		...fixedLines(report, options),
		...(shown.length + report.fixed.length + report.causes.length > 0 ? [''] : []),
		...closing(report, options),
	].join('\n')}\n`;
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
		...more.map(line => `${' '.repeat(widest + 6)}${line}`),
		...(verbose || (matters(row) && row.state !== 'unknown') ? details(row, options) : []),
	];
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

const fixedLines = ({fixed}: Report, {style, ascii}: RenderOptions): readonly string[] =>
	fixed.length === 0
		? []
		: [
				style.bold('Mended since the last run'),
				...fixed.map(
					({key, says}) => `  ${style.green(ascii ? '+' : '✔')} ${oneLine(key)}  ${style.dim(`was: ${oneLine(says)}`)}`,
				),
			];

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

const glyphs = {ok: '✔', warn: '!', fail: '✖', unknown: '?', na: '-', blocked: '·', crash: '✖', waived: '~'} as const;
const asciiGlyphs = {...glyphs, ok: '+', fail: 'x', blocked: '.', crash: 'x'} as const;

const glyphOf = (state: keyof typeof glyphs, {ascii}: RenderOptions): string => (ascii ? asciiGlyphs : glyphs)[state];

const colourOf = (state: keyof typeof glyphs, style: Style): ((text: string) => string) =>
	({
		ok: style.green,
		warn: style.yellow,
		fail: style.red,
		unknown: style.cyan,
		na: style.dim,
		blocked: style.yellow,
		crash: style.red,
		waived: style.dim,
	})[state];

/** Lines that fit; the first may have less room. What has no blank where it should break stays whole: a path must be copied as one. */
const wrap = (text: string, indent: number, columns: number | undefined, firstIndent = indent): readonly string[] => {
	if (columns === undefined) return [text];
	const lines: string[] = [];
	let line = '';
	for (const part of text.split(/(?<= )(?=[^ ])/)) {
		const room = Math.max(20, columns - (lines.length === 0 ? firstIndent : indent));
		if (line !== '' && lengthOf(`${line}${part}`.trimEnd()) > room) {
			lines.push(line.trimEnd());
			line = part;
		} else line += part;
	}
	return [...lines, line.trimEnd()];
};

/** Without colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is left out
const lengthOf = (text: string): number => [...text.replace(/\u001b\[\d+m/g, '')].length;
