/** Digests of everything that Django's answers depend on: the project's code, the packages it imports, its static files. An lstat a file. */
import {lstatSync} from 'node:fs';
import {join} from 'node:path';
import type {Reader} from '#model/host.ts';
import {walkBounded} from '../files/bounds.ts';
import {contentDigest, type Digest, filesIn, quickDigest} from '../files/digest.ts';
import {resolveIn} from '../files/paths.ts';
import {sha256} from '../files/stash.ts';

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
	const base = await resolveIn(host.root, directory);
	const skipped = new Set(await Promise.all(besides.map(path => resolveIn(host.root, path))));
	const files = walk(base, skipped).sort();
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
		const base = await resolveIn(host.root, path);
		const names = (await host.list(path).catch(() => undefined))?.filter(name => name !== '__pycache__').sort() ?? [];
		parts.push(path, markOf(base), ...names.map(name => `${name} ${markOf(join(base, name))}`));
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
			await marks(host, await linksAmong(host, source, files)),
		);
	}
	return {
		names: sha256(names.join('\0')),
		sources: sha256(quick.join('\0')),
		root: await quickDigest(host, root, collected),
	};
};

/** Debian's copies of jQuery are links to another package, whose upgrade moves nothing here. */
const linksAmong = async (host: Reader, source: string, files: readonly string[]): Promise<readonly string[]> => {
	const base = await resolveIn(host.root, source);
	return files
		.filter(path => lstatSync(join(base, path), {throwIfNoEntry: false})?.isSymbolicLink())
		.map(path => join(source, path));
};

/** Of a few single files, each looked at where it really is. */
const marks = async (host: Reader, paths: readonly string[]): Promise<string> =>
	(await Promise.all(paths.map(async path => `${path} ${markOf(await resolveIn(host.root, path))}`))).join('\n');

/** A directory's own times move when an entry comes, goes or is replaced; its size and ctime say no more. */
const markOf = (real: string): string => {
	const stat = lstatSync(real, {throwIfNoEntry: false});
	return stat === undefined
		? '-'
		: stat.isDirectory()
			? String(stat.mtimeMs)
			: `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
};

const walk = (base: string, skipped: ReadonlySet<string>): string[] =>
	skipped.has(base)
		? []
		: walkBounded(base, '', ({name}, path) => !foreign.has(name) && !skipped.has(join(base, path))).filter(path =>
				telling.test(`/${path}`),
			);
