/** The pages of `npm run docs`: whatever is declared has its place in them, and every link leads to one. */
import {beforeAll, describe, expect, test} from 'vitest';
import {faults} from '#report/faults/catalogue.ts';
import {stacks} from '#stacks/index.ts';
import {allChecks} from '#tasks/doctor/look.ts';
import {siteFiles} from '../../../docs/site/make.ts';
import {pageHtml} from '../../../docs/site/page.ts';
import type {Page} from '../../../docs/site/pages.ts';

let files: ReadonlyMap<string, string>;
beforeAll(async () => {
	files = await siteFiles();
});

const has = (file: string, id: string): boolean => files.get(file)?.includes(` id="${id}"`) === true;

describe('npm run docs', () => {
	test('has a place for every check, fault and step', async () => {
		const checks = allChecks().filter(({id}) => !has(`checks-${id.slice(0, id.indexOf('.'))}.html`, id));
		expect(checks.map(({id}) => id)).toEqual([]);
		expect(Object.keys(faults).filter(code => !has('faults.html', code))).toEqual([]);
		const steps = await Promise.all(
			Object.entries(stacks).map(async ([stack, load]) =>
				(await load()).steps.map(({id}) => [`stack-${stack}.html`, id as string] as const),
			),
		);
		expect(steps.flat().filter(([file, id]) => !has(file, id))).toEqual([]);
	});

	test('leads nowhere but to what is there, and loads nothing', () => {
		const lost = [...files].flatMap(([name, html]) =>
			[...html.matchAll(/(?:href|src)="([^"]+)"/g)].flatMap(([, to = '']) => {
				if (/^https?:/.test(to)) return [];
				const [file = '', id] = to.split('#');
				const target = file === '' ? name : file;
				return files.has(target) && (id === undefined || has(target, id)) ? [] : [`${name}: ${to}`];
			}),
		);
		expect(lost).toEqual([]);
		expect([...files].filter(([, text]) => /<script|@import|url\(/.test(text)).map(([name]) => name)).toEqual([]);
	});

	test('refuses a link to what is not there, and shows a tag as what was written', () => {
		const page = (markdown: string): Page => ({name: 'one', title: 'One', group: 'Guide', markdown});
		const html = (markdown: string): string => pageHtml(page(markdown), [page(markdown)]);
		expect(() => html('[x](docs/gone.md)')).toThrow('one.html leads to docs/gone.md, which is no page');
		expect(() => html('[x](#gone)')).toThrow('nothing has that name there');
		expect(html('# Here\n\n[x](#here) <img src=x onerror=alert(1)> `<b>`')).toContain(
			'<a href="#here">x</a> &lt;img src=x onerror=alert(1)&gt; <code>&lt;b&gt;</code>',
		);
	});
});
