/** One page as HTML: the Markdown with a list of all pages beside it. No script, nothing fetched: it is read from a disk as well. */
import {Marked} from 'marked';
import type {Page} from './pages.ts';

/** Throws where it leads to a page or a place that is not there: a link that leads nowhere is a fault of whoever wrote it. */
export const pageHtml = (page: Page, pages: readonly Page[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}${page.name === 'index' ? '' : ' · host-setup'}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<details class="all"><summary>All pages</summary>${list(page, pages)}</details>
<nav>${list(page, pages)}</nav>
<main>
${rendered(page, pages)}
</main>
</body>
</html>
`;

const groups: readonly Page['group'][] = ['Guide', 'Stacks', 'Checks', 'For developers'];

const list = (here: Page, pages: readonly Page[]): string =>
	groups
		.map(group => {
			const own = pages.filter(page => page.group === group);
			const items = own.map(
				({name, title}) =>
					`<li><a href="${name}.html"${name === here.name ? ' aria-current="page"' : ''}>${escaped(title.replaceAll('`', ''))}</a></li>`,
			);
			return `<h2>${group}</h2><ul>${items.join('')}</ul>`;
		})
		.join('');

const rendered = (page: Page, pages: readonly Page[]): string => {
	const places = placesOf(pages);
	const marked = new Marked({
		// A unit is no mail address.
		tokenizer: {url: () => undefined},
		renderer: {
			heading({tokens, depth, text}) {
				return `<h${depth} id="${escaped(idOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
			},
			/** Of a fault its code is such a word, and something to lead to. */
			strong({tokens, text}) {
				const id = page.name === 'faults' && isName.test(text) ? ` id="${escaped(text)}"` : '';
				return `<strong${id}>${this.parser.parseInline(tokens)}</strong>`;
			},
			codespan({text}) {
				const place = places.get(text);
				const code = `<code>${escaped(text)}</code>`;
				return place === undefined ? code : `<a href="${escaped(place)}">${code}</a>`;
			},
			link({href, tokens}) {
				return `<a href="${escaped(linkOf(href, page, pages))}">${this.parser.parseInline(tokens)}</a>`;
			},
			/** What people wrote is Markdown; a `<` in it is one. */
			html: ({text}) => escaped(text),
		},
	});
	return marked.parse(page.markdown, {async: false});
};

const isName = /^[a-z][\da-z-]*(?:\.[a-z][\da-z-]*)?$/;

/** The checks by their names, where each is told. */
const placesOf = (pages: readonly Page[]): ReadonlyMap<string, string> =>
	new Map(
		pages
			.filter(({name}) => name.startsWith('checks-'))
			.flatMap(({name, markdown}) =>
				[...markdown.matchAll(/^### (\S+)$/gm)].map(([, id = '']) => [id, `${name}.html#${id}`] as const),
			),
	);

/** A page of the site by its source; what is not one is left to where it leads. */
const linkOf = (href: string, {name, markdown}: Page, pages: readonly Page[]): string => {
	if (/^https?:/.test(href)) return href;
	const [path = '', anchor] = href.split('#');
	const to = path === '' ? name : pageOf(path);
	const found = path === '' ? {markdown} : pages.find(one => one.name === to);
	if (found === undefined) throw new Error(`${name}.html leads to ${href}, which is no page`);
	if (anchor !== undefined && !idsOf(found.markdown).has(anchor))
		throw new Error(`${name}.html leads to ${href}, and nothing has that name there`);
	return `${path === '' ? '' : `${to}.html`}${anchor === undefined ? '' : `#${anchor}`}`;
};

const pageOf = (path: string): string => {
	const file = path.replace(/^(?:\.\.?\/)*/, '').replace(/^docs\//, '');
	if (/^(?:bench\/)?README\.md$/.test(file)) return file.startsWith('bench') ? 'bench' : 'index';
	return file.replace(/\.(?:md|html)$/, '');
};

const idsOf = (markdown: string): ReadonlySet<string> =>
	new Set([
		...[...markdown.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => idOf(text)),
		...[...markdown.matchAll(/\*\*([\da-z.-]+)\*\*/g)].map(([, code = '']) => code),
	]);

const idOf = (heading: string): string =>
	isName.test(heading)
		? heading
		: heading
				.toLowerCase()
				.replace(/[^\w\s-]/g, '')
				.trim()
				.replace(/\s+/g, '-');

const escaped = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
