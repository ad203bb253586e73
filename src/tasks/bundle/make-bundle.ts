/** Gathers on a medium what a replay of answers fetches, in a directory that is gone on with after an interruption, and packs it: the same content gives the same file. */
import {existsSync, mkdtempSync} from 'node:fs';
import {link, readdir, readFile, rename, rm} from 'node:fs/promises';
import {basename, dirname, join, relative, resolve} from 'node:path';
import {exportAnswers} from '#answers/file/export.ts';
import {release} from '#host/apt/release.ts';
import {fileDigest} from '#host/files/digest.ts';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {sha256} from '#host/files/stash.ts';
import {moveName} from '#host/owned/change.ts';
import {programFault, runProgram} from '#host/programs/run-program.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import {Fault} from '#model/fault.ts';
import {type Fetch, fetchWords} from '#model/fetch.ts';
import type {Reader} from '#model/host.ts';
import type {Opened} from '../open-stack.ts';
import {version} from '../state-place.ts';
import {gatherArchives} from './archives.ts';
import {type Covered, type Manifest, manifestText, pythonAt} from './manifest.ts';
import {ownApt} from './own-apt.ts';
import {gatherRepositories} from './repositories.ts';

export type Made = {
	readonly file: string;
	readonly sha256: string;
	readonly bytes: number;
	readonly manifest: Manifest;
};

/**
 * Makes the medium FILE. `cache` is a directory of ours for what is under way. Throws Fault bundle.not-covered and
 * bundle.needs-root before anything is fetched, the apt faults, and
 * those of downloads.
 */
export const makeBundle = async (
	opened: Opened,
	{
		file,
		cache,
		reader,
		say,
		python,
	}: {
		readonly file: string;
		readonly cache: string;
		readonly reader: Reader;
		readonly say: (line: string) => void;
		/** Installs it elsewhere, and puts what pip took for these environments into `to`. Gives the distribution's packages that came with it. */
		readonly python: (directories: readonly string[], to: string) => Promise<readonly string[]>;
	},
): Promise<Made> => {
	const wanted = await coveredOf(opened, reader);
	const environments = wanted.flatMap(one => (one.kind === 'python' ? [one.directory] : []));
	if (environments.length > 0 && process.getuid?.() !== 0)
		throw new Fault(
			'bundle.needs-root',
			'only root can gather Python packages: which ones there are is found out by an install in a throw-away host',
			'Run it with sudo.',
		);
	const {codename} = await reader.fact(release);
	const architecture = (await reader.query(['dpkg', '--print-architecture'])).trim();
	const has = wanted.map(fetchWords).toSorted();
	// What is gathered for other answers, or another release, has nothing to do with this.
	const work = join(cache, sha256(JSON.stringify([codename, architecture, has])).slice(0, 16));
	await makeOwnDirectory(work, 0o755);
	const medium = join(work, 'medium');
	// Laid out anew each time, from what was fetched: a list of yesterday must not stand beside one of today.
	await rm(medium, {recursive: true, force: true});
	await makeOwnDirectory(medium, 0o755);
	const also = environments.length === 0 ? [] : await putPython(work, medium, to => python(environments, to));
	// What is compiled wants headers that only the requirements name.
	const packages: Covered = {kind: 'packages', names: also, recommends: false};
	const gathered = await gatherArchives(await ownApt(join(work, 'apt')), [...wanted, packages], medium, say);
	const instead = [
		...(await gatherFiles(wanted, medium, say)),
		...(await gatherRepositories(wanted, {work, medium, say})),
	];
	await writeOwnFile(join(medium, 'answers.yaml'), exportAnswers(opened.stack, opened.loaded.inputs), 0o644);
	const manifest: Manifest = {
		format: 1,
		setup: version,
		stack: opened.stack.id,
		codename,
		architecture,
		has,
		...gathered,
		instead,
		...(environments.length > 0 && {python: pythonAt}),
		files: await sumsOf(medium, reader),
	};
	await writeOwnFile(join(medium, 'manifest.json'), manifestText(manifest), 0o644);
	say('packing');
	const packed = await pack(medium, work);
	const to = resolve(file);
	const draft = join(dirname(to), `.${basename(to)}.host-setup.part~`);
	const {size, sha256: sum, id} = await fetchFile({from: packed, to: draft, limit: 2 ** 40, progress: () => undefined});
	await moveName(draft, to, id);
	await rm(work, {recursive: true, force: true});
	return {file: to, sha256: sum, bytes: size, manifest};
};

/** All that the resources fetch, each once. Throws Fault bundle.not-covered. */
export const coveredOf = async (opened: Opened, reader: Reader): Promise<readonly Covered[]> => {
	const found = new Map<string, Fetch>();
	for (const {resource} of await opened.items())
		for (const one of (await resource.fetches?.(reader)) ?? []) found.set(fetchWords(one), one);
	const all = [...found.values()];
	const missing = all.flatMap(one => (one.kind === 'not covered' ? [one.what] : []));
	if (missing.length > 0)
		throw new Fault(
			'bundle.not-covered',
			`${opened.stack.title} fetches what no medium can carry yet: ${missing.join('; ')}`,
			"Answer so that it comes from the release's packages or from a path on the host; or let the host reach a proxy (setup explain fetching).",
			{details: missing},
		);
	return all as Covered[];
};

const gatherFiles = async (
	wanted: readonly Covered[],
	medium: string,
	say: (line: string) => void,
): Promise<Manifest['instead']> => {
	const instead: {of: string; at: string}[] = [];
	for (const one of wanted) {
		if (one.kind !== 'file') continue;
		const at = `files/${sha256(one.from).slice(0, 32)}`;
		say(`fetching ${one.from}`);
		await makeOwnDirectory(join(medium, 'files'), 0o755);
		await fetchFile({from: one.from, to: join(medium, at), limit: 4 * 1024 ** 3, progress: () => undefined});
		instead.push({of: one.from, at});
	}
	return instead.toSorted((a, b) => (a.of < b.of ? -1 : 1));
};

/** It took an install to know them: what is whole is kept for a later try. */
const putPython = async (
	work: string,
	medium: string,
	gather: (to: string) => Promise<readonly string[]>,
): Promise<readonly string[]> => {
	const [draft, whole, names] = [join(work, 'python.part'), join(work, pythonAt), join(work, 'packages.json')];
	if (!existsSync(whole)) {
		await rm(draft, {recursive: true, force: true});
		await makeOwnDirectory(draft, 0o755);
		await writeOwnFile(names, JSON.stringify(await gather(draft)), 0o644);
		await rename(draft, whole);
	}
	await makeOwnDirectory(join(medium, pythonAt), 0o755);
	for (const name of await readdir(whole)) await link(join(whole, name), join(medium, pythonAt, name));
	return JSON.parse(await readFile(names, 'utf8')) as readonly string[];
};

/** sha256 of every file below, by its path. */
const sumsOf = async (medium: string, reader: Reader): Promise<Readonly<Record<string, string>>> => {
	const sums: Record<string, string> = {};
	for (const entry of await readdir(medium, {recursive: true, withFileTypes: true})) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		sums[relative(medium, path)] = (await fileDigest(reader, path)) ?? '';
	}
	return sums;
};

/** A tar without times and owners, its manifest first. */
const pack = async (medium: string, work: string): Promise<string> => {
	const to = join(mkdtempSync(join(work, 'packed-')), 'medium.tar');
	const plain = [
		'--sort=name',
		'--mtime=@0',
		'--owner=0',
		'--group=0',
		'--numeric-owner',
		'--mode=u=rwX,go=rX',
		'--format=gnu',
	];
	const names = [
		'manifest.json',
		'answers.yaml',
		...(await readdir(medium)).filter(one => !/^(manifest\.json|answers\.yaml)$/.test(one)).toSorted(),
	];
	const argv = ['tar', '--create', ...plain, `--file=${to}`, `--directory=${medium}`, '--', ...names];
	const ran = await runProgram(argv);
	if (ran.code !== 0) throw programFault(argv, ran);
	return to;
};
