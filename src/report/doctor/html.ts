/** One page that needs nothing else: no script, no font, no image from anywhere. It can be mailed, opened on a phone, and printed. */
import type {Report, Row} from '#doctor/types.ts';
import {html, htmlPage} from './html-page.ts';
import type {RenderOptions} from './render-options.ts';
import {
	bySubject,
	changeOf,
	coverage,
	evidenceOf,
	matters,
	sentenceOf,
	shellLine,
	showJson,
	subjectName,
	totals,
} from './row-words.ts';

/** The whole document. What is ok is folded away; nothing is left out. */
export const doctorHtml = (report: Report, {verbose}: Pick<RenderOptions, 'verbose'>): string =>
	htmlPage(`${report.host.name}: setup doctor`, [
		...header(report),
		'<main>',
		...report.causes.map(cause => `<p class="cause">${html(cause.says)}</p>`),
		...bySubject(report.rows).flatMap(([subject, rows]) => section(subject, rows, report, verbose)),
		...fixed(report),
		'</main>',
		`<footer>setup ${html(report.version)}, ${html(report.at)}, ${report.seconds.toFixed(2)} s</footer>`,
	]);

const header = (report: Report): readonly string[] => [
	'<header>',
	`<h1>${html(report.host.name)}</h1>`,
	`<p>${html(report.host.release)}${report.root === '/' ? '' : `, in ${html(report.root)}`}${report.asOf === undefined ? '' : `, as of ${html(report.asOf.slice(0, 10))}`}: ${html(coverage(report))}</p>`,
	`<ul class="totals">${totals(report)
		.map(({state, text}) => `<li class="${state}">${html(text)}</li>`)
		.join('')}</ul>`,
	'</header>',
];

/** What matters first and open; the rest folded, one line saying how many. */
const section = (subject: string, rows: readonly Row[], report: Report, verbose: boolean): readonly string[] => {
	const [loud, quiet] = [rows.filter(matters), rows.filter(row => !matters(row))];
	return [
		`<section aria-label="${html(subjectName(subject))}">`,
		`<h2>${html(subjectName(subject))}</h2>`,
		...loud.flatMap(row => article(row, report)),
		...(quiet.length === 0
			? []
			: [
					`<details${verbose ? ' open' : ''}><summary>${quiet.length} more: ${quietWords(quiet)}</summary>`,
					...quiet.flatMap(row => article(row, report)),
					'</details>',
				]),
		'</section>',
	];
};

const quietWords = (rows: readonly Row[]): string => {
	const words = Map.groupBy(rows, row => labelOf(row));
	return [...words].map(([word, some]) => `${some.length} ${word}`).join(', ');
};

const labels = {
	ok: 'ok',
	warn: 'warning',
	fail: 'failed',
	unknown: 'unknown',
	na: 'not applicable',
	blocked: 'blocked',
	crash: 'crashed',
} as const;
const labelOf = (row: Row): string => (row.waived === undefined ? labels[row.state] : 'waived');

const article = (row: Row, report: Report): readonly string[] => {
	const change = changeOf(row, report.at);
	return [
		`<article class="${row.waived === undefined ? row.state : 'waived'}">`,
		`<h3><span class="state">${labelOf(row)}</span> <code>${html(row.key)}</code>${change === '' ? '' : ` <small>${html(change)}</small>`}</h3>`,
		`<p>${html(sentenceOf(row))}</p>`,
		...evidence(row),
		...mend(row),
		'</article>',
	];
};

const evidence = (row: Row): readonly string[] => {
	const lines: readonly (readonly [string, string])[] = [
		...(row.expected === undefined || row.expected === null || row.state === 'ok'
			? []
			: [['wanted', `<code>${html(showJson(row.expected))}</code>`] as const]),
		...evidenceOf(row).map(
			one =>
				[
					one.layer,
					one.seen ? `<code>${html(one.value)}</code> <span class="where">${html(one.where)}</span>` : html(one.value),
				] as const,
		),
		...(row.ends === undefined ? [] : [['ends', html(row.ends.slice(0, 10))] as const]),
		...(row.waived === undefined
			? []
			: [
					[
						'waived',
						html(`${row.waived.until === undefined ? '' : `until ${row.waived.until}: `}${row.waived.reason}`),
					] as const,
				]),
		...(row.fault === undefined ? [] : [['fault', html(`[${row.fault.code}] ${row.fault.sentence}`)] as const]),
		['source', html(row.source)],
	];
	return ['<dl>', ...lines.map(([label, value]) => `<dt>${label}</dt><dd>${value}</dd>`), '</dl>'];
};

const mend = (row: Row): readonly string[] => {
	if (row.remedy === undefined || row.state === 'ok') return [];
	const commands = [...(row.fixable ? [['setup', 'doctor', 'fix', row.check]] : []), ...(row.remedy.commands ?? [])];
	return [
		`<p class="mend">${html(row.remedy.sentence)}</p>`,
		...(commands.length === 0 ? [] : [`<pre>${commands.map(argv => html(shellLine(argv))).join('\n')}</pre>`]),
	];
};

const fixed = (report: Report): readonly string[] =>
	report.fixed.length === 0
		? []
		: [
				'<section>',
				'<h2>Mended since the last run</h2>',
				'<ul>',
				...report.fixed.map(({key, says}) => `<li><code>${html(key)}</code> was: ${html(says)}</li>`),
				'</ul>',
				'</section>',
			];
