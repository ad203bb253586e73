import {expect, test} from 'vitest';
import {sheetsOf, unstyled} from '#resources/web-proof/style-sheets.ts';

const page = 'https://lab.example.org/weblab/login';
const html = `<LINK href="/weblab/static/gen/a.css?1&amp;2" rel="stylesheet"/><link rel='stylesheet' href='css/b.css'>
<link rel="icon" href="/x.css"><link rel="stylesheet" href="https://cdn.example.org/c.css"><link rel="stylesheet">`;

test('those of the page itself are found, however the tag is written', () => {
	expect(sheetsOf(html, page)).toEqual([
		'https://lab.example.org/weblab/static/gen/a.css?1&2',
		'https://lab.example.org/weblab/css/b.css',
	]);
});

test.each<readonly [string, number, string, string | undefined]>([
	['all come', 200, 'text/css; charset=utf-8', undefined],
	['the web server may not read it', 403, 'text/html', '/weblab/static/gen/a.css answers 403'],
	['a page comes in its place', 200, 'text/html', '/weblab/static/gen/a.css comes as text/html, not as text/css'],
])('%s', async (_, status, type, wrong) => {
	const answer = {status, headers: {'content-type': type}, body: '', url: ''};
	expect(await unstyled({url: page, body: html}, async () => answer)).toBe(wrong);
});
