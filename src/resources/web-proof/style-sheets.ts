/**
 * Whether the style sheets that a page names come with it. A page can be 200 and bare: the web server may not read them (a home of 0700), or the application
 * may not write what it makes of them at the first request.
 */
import type {HttpAnswer} from '#host/web/http.ts';

/** What is wrong with the first sheet of the page's own site that does not come; undefined where all do, or none is named. */
export const unstyled = async (
	{url, body}: Pick<HttpAnswer, 'url' | 'body'>,
	ask: (url: string) => Promise<HttpAnswer>,
): Promise<string | undefined> => {
	for (const sheet of sheetsOf(body, url)) {
		const {status, headers} = await ask(sheet);
		if (status !== 200) return `${new URL(sheet).pathname} answers ${status}`;
		if (!/^text\/css\b/.test(headers['content-type'] ?? ''))
			return `${new URL(sheet).pathname} comes as ${headers['content-type'] ?? 'nothing'}, not as text/css`;
	}
	return undefined;
};

/** Absolute addresses, at most ten: those of other sites are none of ours. Pure. */
export const sheetsOf = (html: string, page: string): readonly string[] =>
	(html.match(/<link\b[^>]*>/gi) ?? [])
		.filter(tag => /\brel\s*=\s*["']?stylesheet\b/i.test(tag))
		.flatMap(tag => {
			const [, href] = /\bhref\s*=\s*["']?([^"'\s>]+)/i.exec(tag) ?? [];
			const at = href === undefined ? null : URL.parse(href.replaceAll('&amp;', '&'), page);
			return at !== null && at.host === new URL(page).host ? [at.href] : [];
		})
		.slice(0, 10);
