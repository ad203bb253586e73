/** Security updates that this host could have, from apt's lists as they lie there: no `apt-get -s`, which takes seconds. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {compareVersions} from './deb-version.ts';
import {isInstalled, packages} from './packages.ts';

export type SecurityUpdates = {
	readonly pending: readonly {
		readonly name: string;
		readonly have: string;
		readonly to: string;
		readonly list: string;
	}[];
	/** The lists of security suites that were read. */
	readonly lists: readonly string[];
	/** Milliseconds since the epoch when apt last fetched them. */
	readonly fetchedAt: number;
};

const directory = '/var/lib/apt/lists';

/** Throws Blocked where no package list was ever fetched. */
export const securityUpdates: Fact<SecurityUpdates> = {
	id: 'security-updates',
	async read(host) {
		const all = (await host.list(directory)) ?? [];
		const names = all.filter(name => /_Packages(\.\w+)?$/.test(name));
		if (names.length === 0)
			throw new Blocked({because: 'unreadable', need: 'there are no package lists: apt-get update fetches them'});
		const judged = await Promise.all(names.map(async name => ((await isSecurity(host, name, all)) ? [name] : [])));
		const lists = judged.flat();
		const {all: known} = await host.fact(packages);
		const found = await Promise.all(
			lists.map(async list =>
				versionsIn(await listText(`${directory}/${list}`, host), name => isInstalled(known.get(name))).flatMap(
					({name, version}) => {
						const have = known.get(name)?.version ?? version;
						return compareVersions(have, version) < 0 ? [{name, have, to: version, list: `${directory}/${list}`}] : [];
					},
				),
			),
		);
		return {
			pending: [...new Map(found.flat().map(one => [one.name, one])).values()],
			lists,
			fetchedAt: await fetchedAt(host, names),
		};
	},
};

/**
 * Is it a list of a security archive, by the words of its own Release file? A word in an address says nothing. Where apt has no
 * Release file for it, only the distributions' own servers are taken for one.
 */
const isSecurity = async (host: Reader, list: string, all: readonly string[]): Promise<boolean> => {
	const release = all
		.filter(name => /_(In)?Release$/.test(name) && list.startsWith(name.replace(/(In)?Release$/, '')))
		.toSorted((one, other) => other.replace(/(In)?Release$/, '').length - one.replace(/(In)?Release$/, '').length)[0];
	const text = release === undefined ? undefined : await textOf(host, `${directory}/${release}`);
	if (text === undefined) return /^security\.(debian|ubuntu)\.(org|com)_/.test(list);
	const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(text)?.[1] ?? '';
	if (field('Label') === 'Debian-Security') return true;
	return (
		/^(Debian|Ubuntu)/.test(field('Origin')) && [field('Suite'), field('Codename')].some(one => /-security$/.test(one))
	);
};

/** Name and version of each stanza that is wanted. By position, not by pattern: the lists of a release have megabytes. */
export const versionsIn = (
	text: string,
	wanted: (name: string) => boolean,
): readonly {readonly name: string; readonly version: string}[] => {
	const found: {name: string; version: string}[] = [];
	for (let at = text.startsWith('Package: ') ? 0 : next(text, 0); at >= 0; at = next(text, at)) {
		const name = text.slice(at + 9, text.indexOf('\n', at));
		if (!wanted(name)) continue;
		const from = text.indexOf('\nVersion: ', at);
		const end = text.indexOf('\n\n', at);
		if (from >= 0 && (end < 0 || from < end))
			found.push({name, version: text.slice(from + 10, text.indexOf('\n', from + 1))});
	}
	return found;
};

const next = (text: string, from: number): number => {
	const at = text.indexOf('\nPackage: ', from);
	return at < 0 ? -1 : at + 1;
};

const listText = async (path: string, host: Reader): Promise<string> =>
	path.endsWith('_Packages')
		? ((await textOf(host, path)) ?? '')
		: host.query(['/usr/lib/apt/apt-helper', 'cat-file', path]);

/** apt leaves a list alone whose server has nothing newer, so the lists' own times say when they changed, not when they were fetched. */
const fetchedAt = async (host: Reader, names: readonly string[]): Promise<number> => {
	const paths = [
		'/var/lib/apt/periodic/update-success-stamp',
		`${directory}/partial`,
		...names.map(name => `${directory}/${name}`),
	];
	const stats = await Promise.all(paths.map(path => host.stat(path).catch(() => undefined)));
	return Math.max(...stats.map(stat => stat?.mtimeMs ?? 0));
};
