import {describe, expect, test} from 'vitest';
import {placesIn} from '#resources/assets/mkdocs-yml.ts';

const places = (text: string) => placesIn(text, 'docs/user-guide', '/srv/app/_repo/docs/user-guide/mkdocs.yml');

describe('what mkdocs reads and makes', () => {
	test.each([
		['nothing said', 'site_name: A\n', {docs: 'docs/user-guide/docs', site: 'docs/user-guide/site'}],
		[
			'the published one',
			'site_name: A\ntheme: readthedocs\ndocs_dir: .\nsite_dir: ../../wui/ipynbsrv/wui/static/docs/user-guide\npages:\n- [index.md, Home]\n',
			{docs: 'docs/user-guide', site: 'wui/ipynbsrv/wui/static/docs/user-guide'},
		],
		['up to the top', 'site_name: A\ndocs_dir: ../..\n', {docs: '.', site: 'docs/user-guide/site'}],
	])('%s', (_, text, expected) => expect(places(text)).toEqual(expected));

	test.each([
		['an absolute one', 'site_dir: /var/www/guide\n'],
		['one outside', 'site_dir: ../../../elsewhere\n'],
		['the whole checkout', 'site_dir: ../..\n'],
		['no text', 'docs_dir: [a, b]\n'],
		['no YAML', 'a: [\n'],
	])('%s is refused', (_, text) =>
		expect(() => places(text)).toThrow(expect.objectContaining({code: 'asset.mkdocs-yml'})),
	);
});
