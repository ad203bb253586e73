/**
 * Packages for a medium, as a part of the archives that they come from: the same paths, and the lists that the distribution signed. Who installs from it checks
 * them as from a mirror: the signature by the host's own keys, the lists by the signature, each package by the lists.
 */
import {existsSync, readFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import {Fault} from '#model/fault.ts';
import type {Covered, Suite} from './manifest.ts';
import type {OwnApt} from './own-apt.ts';

export type Gathered = {readonly suites: readonly Suite[]; readonly packages: number};

type Target = {
	readonly by: string;
	readonly file: string;
	readonly repository: string;
	readonly suite: string;
	readonly signedBy: string;
	readonly component: string;
	readonly key: string;
};

/** Fetches them and lays them out below `medium`. Throws the apt faults. */
export const gatherArchives = async (
	apt: OwnApt,
	wanted: readonly Covered[],
	medium: string,
	say: (line: string) => void,
): Promise<Gathered> => {
	const sources = wanted.flatMap(one => (one.kind === 'source' ? [one.name] : []));
	const packages = wanted.filter(one => one.kind === 'packages');
	if (packages.length + sources.length === 0) return {suites: [], packages: 0};
	say('fetching the package lists');
	await apt.get(['update'], 'fetching the package lists');
	const place = layout(medium);
	let files = 0;
	for (const recommends of [true, false]) {
		const names = [...new Set(packages.flatMap(one => (one.recommends === recommends ? one.names : [])))].toSorted();
		if (names.length === 0) continue;
		const words = ['install', recommends ? '--install-recommends' : '--no-install-recommends', '--', ...names];
		const nowhere = ['-o', `Dir::Cache::archives=${join(apt.archives, 'partial')}/`];
		const uris = addresses(
			await apt.get([...nowhere, '--print-uris', ...words], `choosing ${names[0]} and the others`),
		);
		say(`fetching ${uris.length} packages`);
		await apt.get(['--download-only', ...words], `fetching ${names[0]} and the others`, tenths(uris.length, say));
		const targets = await targetsOf(apt, []);
		for (const {uri, name} of uris) {
			const target = targets.find(one => uri.startsWith(one.repository));
			if (target === undefined) throw nobody(uri);
			await put(join(apt.archives, name), place.file(target, decodeURIComponent(uri.slice(target.repository.length))));
			files += 1;
		}
	}
	if (packages.length > 0) await putLists(apt, place, 'Packages', []);
	for (const name of sources) files += await gatherSource(apt, name, place, say);
	return {suites: place.suites(), packages: files};
};

/** apt has a line for each package, and more for its choice: a tenth of them at a time is told. */
const tenths = (all: number, say: (line: string) => void): ((line: string) => void) => {
	let begun = 0;
	let told = 0;
	return line => {
		if (!line.startsWith('Get:')) return;
		begun += 1;
		const part = Math.floor((10 * begun) / all);
		if (part === told) return;
		told = part;
		say(`fetching ${begun} of ${all} packages`);
	};
};

/** Where an archive lies on the medium: numbered, so that no name of a server is a path. */
const layout = (medium: string) => {
	const repositories: string[] = [];
	const suites = new Map<string, Suite>();
	const at = (repository: string): string => {
		if (!repositories.includes(repository)) repositories.push(repository);
		return `archives/${repositories.indexOf(repository)}`;
	};
	return {
		file: ({repository}: Target, path: string): string => join(medium, at(repository), path),
		add({repository, suite, signedBy, component}: Target, kind: Suite['kind']): void {
			const key = `${kind} ${repository} ${suite}`;
			const {components = []} = suites.get(key) ?? {};
			suites.set(key, {
				at: at(repository),
				from: repository,
				suite,
				components: [...new Set([...components, component])].toSorted(),
				signedBy,
				kind,
			});
		},
		suites: (): readonly Suite[] => [...suites.values()],
	};
};
type Layout = ReturnType<typeof layout>;

/**
 * The lists of all suites, each with what signs it. As they are published: apt keeps them in another form, and takes from an archive on disk only what the
 * signed file names first, which is the compressed one.
 */
const putLists = async (
	apt: OwnApt,
	place: Layout,
	by: 'Packages' | 'Sources',
	options: readonly string[],
): Promise<void> => {
	for (const target of await targetsOf(apt, options)) {
		if (target.by !== by || !existsSync(target.file)) continue;
		const start = target.file.slice(0, target.file.lastIndexOf(target.key.replaceAll('/', '_')));
		for (const name of ['InRelease', 'Release', 'Release.gpg'])
			if (existsSync(`${start}${name}`))
				await put(`${start}${name}`, place.file(target, `dists/${target.suite}/${name}`));
		const signed = ['InRelease', 'Release'].map(name => `${start}${name}`).find(existsSync);
		const list = signed === undefined ? undefined : publishedList(readFileSync(signed, 'utf8'), target.key);
		if (list === undefined) throw nobody(target.key);
		await apt.download(
			`${target.repository}dists/${target.suite}/${list.at}`,
			place.file(target, `dists/${target.suite}/${list.name}`),
			list.sum,
		);
		place.add(target, by === 'Packages' ? 'deb' : 'deb-src');
	}
};

/** A compressed form of a list as the signed file names it, and where it stays when the archive moves on. */
const publishedList = (
	signed: string,
	key: string,
): {readonly name: string; readonly at: string; readonly sum: string} | undefined => {
	const sums =
		/^SHA256:\n((?: .*\n?)+)/m
			.exec(signed)?.[1]
			?.split('\n')
			.map(line => line.trim().split(/ +/)) ?? [];
	for (const ending of ['.xz', '.gz']) {
		const [sum, , name] = sums.find(([, , path]) => path === `${key}${ending}`) ?? [];
		if (sum === undefined || name === undefined) continue;
		const byHash = /^Acquire-By-Hash: yes$/m.test(signed);
		return {name, sum, at: byHash ? `${dirname(name)}/by-hash/SHA256/${sum}` : name};
	}
	return undefined;
};

/** From the release itself, not its updates: as the demo asks for it. */
const gatherSource = async (apt: OwnApt, name: string, place: Layout, say: (line: string) => void): Promise<number> => {
	const [from] = (await targetsOf(apt, []))
		.filter(one => one.by === 'Packages' && one.component === 'main')
		.toSorted((one, other) => one.suite.length - other.suite.length);
	if (from === undefined) throw nobody(name);
	const list = join(dirname(apt.lists), 'source.list');
	const signed = from.signedBy === '' ? '' : `[signed-by=${from.signedBy}] `;
	await writeOwnFile(list, `deb-src ${signed}${from.repository} ${from.suite} main\n`, 0o644);
	const options = ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=/dev/null'];
	say(`fetching the source of ${name}`);
	await apt.get([...options, 'update'], 'fetching the lists of sources');
	const [found] = addresses(
		await apt.get([...options, 'source', '--print-uris', '--tar-only', name], `choosing ${name}`),
	);
	if (found === undefined) throw nobody(name);
	await putLists(apt, place, 'Sources', options);
	const to = place.file(from, decodeURIComponent(found.uri.slice(from.repository.length)));
	if (!existsSync(to)) {
		await makeOwnDirectory(dirname(to), 0o755);
		await fetchFile({from: found.uri, to, limit: 1024 ** 3, progress: () => undefined});
	}
	return 1;
};

const targetsOf = async (apt: OwnApt, options: readonly string[]): Promise<readonly Target[]> => {
	const fields = ['CREATED_BY', 'FILENAME', 'REPO_URI', 'RELEASE', 'SIGNED_BY', 'COMPONENT', 'METAKEY'];
	const format = fields.map(name => `$(${name})`).join('\t');
	const text = await apt.get([...options, 'indextargets', '--format', format], 'looking at the package lists');
	return text
		.split('\n')
		.map(line => line.split('\t'))
		.filter(words => words.length === fields.length)
		.map(([by = '', file = '', repository = '', suite = '', signedBy = '', component = '', key = '']) => ({
			by,
			file,
			repository,
			suite,
			// What apt has no word for stays as it was asked.
			signedBy: signedBy.startsWith('/') ? signedBy : '',
			component,
			key,
		}));
};

/** The lines of --print-uris: `'http://…/x.deb' x.deb 123 SHA256:…`. */
const addresses = (text: string): readonly {readonly uri: string; readonly name: string}[] =>
	[...text.matchAll(/^'([^']+)' (\S+) \d+/gm)].map(([, uri = '', name = '']) => ({uri, name: basename(name)}));

const put = async (from: string, to: string): Promise<void> => {
	if (existsSync(to)) return;
	await makeOwnDirectory(dirname(to), 0o755);
	await fetchFile({from, to, limit: 4 * 1024 ** 3, progress: () => undefined});
};

const nobody = (what: string): Fault =>
	new Fault(
		'bundle.no-archive',
		`no archive in apt's sources has ${what}`,
		'Look at /etc/apt/sources.list and sources.list.d; an archive without suites cannot be carried.',
	);
