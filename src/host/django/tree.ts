/** Digests of everything that Django's answers depend on: the project's code, the packages it imports, its static files. An lstat a file, by descriptors: all of it is the application's. */
import {basename, dirname, join} from 'node:path';
import {faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {contentDigest, type Digest, filesIn, linksAmong, placeIn, quickDigest} from '../files/digest.ts';
import {sha256} from '../files/stash.ts';
import {linksEnd} from '../files/stat-through.ts';
import {treeBelow} from '../owned/tree.ts';

/** Where code may say something about models or settings; templates, uploads and assets do not. */
const telling = /(?:\.(?:py|so|cfg|conf|ini|toml|json|ya?ml|env|txt)|\/\.env[^/]*)$/;
const foreign = new Set([
	'.git',
	'.hg',
	'.svn',
	'__pycache__',
	'node_modules',
	'bower_components',
	'site-packages',
	'dist-packages',
]);

/** The project's own code. With the digest from before, bytes are read only when size or times moved. */
export const codeDigest = async (
	host: Reader,
	directory: string,
	besides: readonly string[],
	before?: Digest,
): Promise<Digest> => {
	const files = await codeIn(host, directory, besides);
	const quick = await quickDigest(host, directory, files);
	return {
		quick,
		content: before?.quick === quick ? before.content : await contentDigest(host, directory, files),
		count: files.length,
	};
};

/** Interpreter, installed packages (their first level is touched by every install and upgrade), and single files from elsewhere. */
export const environmentDigest = async (
	host: Reader,
	python: string,
	{paths, files}: {readonly paths: readonly string[]; readonly files: readonly string[]},
): Promise<string> => {
	const parts = [await marks(host, [python, ...files])];
	for (const path of paths) {
		const names = (await host.list(path).catch(() => undefined))?.filter(name => name !== '__pycache__').sort() ?? [];
		parts.push(path, ...names, await ledNowhere(quickDigest(host, path, names)));
	}
	return sha256(parts.join('\n'));
};

/** `names` moves when a source file comes or goes, `sources` also when one changes, `root` when a collected file does. */
export type StaticDigests = {readonly names: string; readonly sources: string; readonly root: string};

/** The static files: where they come from, and what was collected of them. Other files in the root are nobody's concern. */
export const staticDigests = async (
	host: Reader,
	{
		root,
		sources,
		collected,
	}: {readonly root: string; readonly sources: readonly string[]; readonly collected: readonly string[]},
): Promise<StaticDigests> => {
	const [names, quick]: [string[], string[]] = [[], []];
	for (const source of sources) {
		const files = await filesIn(host, source, ['']);
		names.push(source, ...files);
		quick.push(
			source,
			await quickDigest(host, source, files),
			await marks(
				host,
				(await linksAmong(host, source, files)).map(path => join(source, path)),
			),
		);
	}
	return {
		names: sha256(names.join('\0')),
		sources: sha256(quick.join('\0')),
		root: await quickDigest(host, root, collected),
	};
};

/** Of a few single files, each looked at where it really is: Debian's copies of jQuery are links to another package, whose upgrade moves nothing here. */
const marks = async (host: Reader, paths: readonly string[]): Promise<string> =>
	(await Promise.all(paths.map(async path => `${path} ${await ledNowhere(markOf(host, path))}`))).join('\n');

/** Python, which runs as its user, may follow a link that root does not. */
const ledNowhere = (mark: Promise<string>): Promise<string> =>
	mark.catch(error => {
		if (faultData(error).code === 'path.leads-out') return 'elsewhere';
		throw error;
	});

const markOf = async (host: Reader, path: string): Promise<string> => {
	const {path: end} = await linksEnd(host, path);
	return quickDigest(host, dirname(end), [basename(end)]);
};

/** Sorted, relative to the directory. Throws Blocked where there is no end of it. */
const codeIn = async (host: Reader, directory: string, besides: readonly string[]): Promise<readonly string[]> => {
	const base = await placeIn(host, directory, true);
	const skipped = new Set(await Promise.all(besides.map(path => placeIn(host, path, true))));
	try {
		return (await treeBelow(base, (name, path) => foreign.has(name) || skipped.has(join(base, path))))
			.filter(({kind, path}) => (kind === 'file' || kind === 'symlink') && telling.test(`/${path}`))
			.map(({path}) => path)
			.sort();
	} catch (error) {
		const {code, sentence} = faultData(error);
		throw code === 'tree.too-much' ? new Blocked({because: 'unreadable', need: sentence}) : error;
	}
};
