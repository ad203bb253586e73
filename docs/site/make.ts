/** `npm run docs [FOLDER]`: the documentation as static pages, dist/docs/ by default, so that somebody who has no terminal at hand, or no network, reads the same words. */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {pageHtml} from './page.ts';
import {sitePages} from './pages.ts';

/** Each page as the file that it becomes, by name; all lie in one folder, so that they work from a file system. */
export const siteFiles = async (): Promise<ReadonlyMap<string, string>> => {
	const pages = await sitePages();
	return new Map([
		...pages.map(page => [`${page.name}.html`, pageHtml(page, pages)] as const),
		['style.css', readFileSync(join(import.meta.dirname, 'style.css'), 'utf8')] as const,
	]);
};

const main = async ([given]: readonly string[]): Promise<void> => {
	const folder = resolve(given ?? join(import.meta.dirname, '../../dist/docs'));
	const files = await siteFiles();
	if (given === undefined) rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {recursive: true});
	for (const [name, text] of files) writeFileSync(join(folder, name), text);
	process.stdout.write(`${files.size} files: ${join(folder, 'index.html')}\n`);
};

if (import.meta.main) await main(process.argv.slice(2));
