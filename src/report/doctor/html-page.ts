/** What every page of ours has around its contents: it asks nothing of any other place, and what hosts call their things is text in it. */
import {escapeXml} from './escape.ts';
import {css} from './html-style.ts';
import {oneLine} from './row-words.ts';

/** The whole document. `more`: style sheets of its own. */
export const htmlPage = (title: string, body: readonly string[], more = ''): string =>
	[
		'<!doctype html>',
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8">',
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="color-scheme" content="light dark">',
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
		`<title>${html(title)}</title>`,
		`<style>${css}${more}</style>`,
		'</head>',
		'<body>',
		...body,
		'</body>',
		'</html>',
		'',
	].join('\n');

/** Text from a host, on one line. */
export const html = (text: string): string => escapeXml(oneLine(text));
