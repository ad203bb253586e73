/** Many hosts on one page that needs nothing else: what they share above, each host with its figures below. */
import type {Fleet, FleetFinding} from '#doctor/fleet.ts';
import {html, htmlPage} from '../doctor/html-page.ts';
import type {RenderOptions} from '../doctor/render-options.ts';
import {clauseOf, hostsText, isCheckName, minuteOf, nameOf, releases, share, span, summary} from './fleet-words.ts';

/** The whole document. */
export const fleetHtml = (fleet: Fleet, {verbose}: Pick<RenderOptions, 'verbose'>): string =>
	htmlPage(
		`${hostsText(fleet.hosts.length)}: setup doctor`,
		[
			'<header>',
			`<h1>${hostsText(fleet.hosts.length)}</h1>`,
			`<p>${html(releases(fleet))}${fleet.hosts.length === 0 ? '' : `, ${html(span(fleet))}`}</p>`,
			`<ul class="totals">${summary(fleet)
				.map(({state, text}) => `<li class="${state}">${html(text)}</li>`)
				.join('')}</ul>`,
			'</header>',
			'<main>',
			...fleet.findings.flatMap(one => article(one, fleet, verbose)),
			...(fleet.left > 0 ? [`<p class="cause">${fleet.left} more kinds of findings are not kept.</p>`] : []),
			...unread(fleet),
			...hostTable(fleet, verbose),
			'</main>',
		],
		tableCss,
	);

const tableCss = `table { border-collapse: collapse; width: 100%; } th, td { padding: .2rem .6rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); } td.n { text-align: right; }
`;

const labels = {crash: 'crashed', fail: 'failed', warn: 'warning', unknown: 'unknown'} as const;

const article = (one: FleetFinding, fleet: Fleet, verbose: boolean): readonly string[] => [
	`<article class="${one.state}">`,
	`<h3><span class="state">${labels[one.state]}</span> ${html(share(one, fleet))}: <code>${html(nameOf(one))}</code></h3>`,
	`<p>${html(clauseOf(one))}</p>`,
	...(one.items.length > 1 ? [`<p class="where">${one.items.map(html).join(', ')}</p>`] : []),
	...(one.remedy === undefined || one.state === 'unknown' ? [] : [`<p class="mend">${html(one.remedy)}</p>`]),
	...(one.fixable && isCheckName(one.check) ? [`<pre>setup doctor fix ${html(one.check)}</pre>`] : []),
	`<details${verbose ? ' open' : ''}><summary>${hostsText(one.hosts.length)}</summary><p>${one.hosts.map(html).join(', ')}</p></details>`,
	'</article>',
];

const unread = (fleet: Fleet): readonly string[] =>
	fleet.unread.length === 0
		? []
		: [
				'<section>',
				'<h2>Reports that could not be read</h2>',
				'<ul>',
				...fleet.unread.map(({says}) => `<li class="unknown">${html(says)}</li>`),
				'</ul>',
				'</section>',
			];

const hostTable = ({hosts}: Fleet, verbose: boolean): readonly string[] => [
	'<section>',
	'<h2>Hosts</h2>',
	`<details${verbose ? ' open' : ''}><summary>${hostsText(hosts.length)}</summary>`,
	'<table>',
	'<tr><th>host</th><th>failed</th><th>warnings</th><th>unknown</th><th>release</th><th>looked at</th></tr>',
	...hosts.map(
		({name, open, release, at, verdict}) =>
			`<tr class="${verdict}"><td><span class="state">${html(name)}</span></td><td class="n">${open.fail + open.crash}</td><td class="n">${open.warn}</td><td class="n">${open.unknown}</td><td>${html(release)}</td><td>${html(minuteOf({at}))}</td></tr>`,
	),
	'</table>',
	'</details>',
	'</section>',
];
