/** What mkdocs reads and where it puts the pages, as the project's own mkdocs.yml says: guesses would watch and keep the wrong directories. */
import {join, relative} from 'node:path';
import {parseDocument} from 'yaml';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type SourceTree, treeText} from '../git/tree-text.ts';

export type MkdocsPlaces = {readonly docs: string; readonly site: string};

/** Relative to the top of the checkout; `directory` is that of mkdocs.yml. Throws Blocked until there is a tree, Fault asset.mkdocs-yml. */
export const mkdocsPlaces = async (host: Reader, tree: SourceTree, directory: string): Promise<MkdocsPlaces> => {
	const file = join(tree.directory, directory, 'mkdocs.yml');
	const text = await treeText(host, tree, join(directory, 'mkdocs.yml'));
	if (text === undefined)
		throw new Fault(
			'asset.mkdocs-yml',
			`there is no ${file}`,
			'Name the directory that has it (assets.guideDirectory), or leave the user guide out (assets.guide).',
		);
	return placesIn(text, directory, file);
};

/** Pure. `directory` is that of mkdocs.yml, from the top of the checkout; so is what comes back. */
export const placesIn = (text: string, directory: string, file: string): MkdocsPlaces => {
	const said = settingsIn(text, file);
	const place = (key: string, otherwise: string): string => {
		const value = said[key] ?? otherwise;
		const path = typeof value === 'string' ? relative('/', join('/', directory, value)) : '';
		const up = typeof value === 'string' && relative('.', join(directory, value)).startsWith('..');
		if (typeof value !== 'string' || value.startsWith('/') || up || (key === 'site_dir' && path === ''))
			throw new Fault(
				'asset.mkdocs-yml',
				`${key} in ${file} is no directory of the checkout`,
				'What is built outside of it is not known here: leave the user guide out, or take its pages from elsewhere (assets.guide, assets.mkdocs).',
			);
		return path === '' ? '.' : path;
	};
	return {docs: place('docs_dir', 'docs'), site: place('site_dir', 'site')};
};

const settingsIn = (text: string, file: string): Readonly<Record<string, unknown>> => {
	const document = parseDocument(text);
	const value: unknown = document.errors.length === 0 ? document.toJS({maxAliasCount: 10}) : undefined;
	if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
	throw new Fault(
		'asset.mkdocs-yml',
		`${file} cannot be read as YAML`,
		'Mend the file, or leave the user guide out (assets.guide).',
	);
};
