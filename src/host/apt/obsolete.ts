/** Installed packages that no archive of this host carries any more, by apt's own lists: nobody mends what is found in them. Asked once for a state of the lists and of dpkg. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {keepCache, keptCache} from '../files/cache.ts';
import {sha256} from '../files/stash.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {isInstalled, packages} from './packages.ts';

export type Obsolete = {
	/** Of the distribution: an older release had them, or a later one dropped them. */
	readonly leftover: readonly string[];
	/** Of somebody else: installed from a file, or from an archive that was taken away. */
	readonly local: readonly string[];
};

const lists = '/var/lib/apt/lists';
const status = '/var/lib/dpkg/status';

/** Why nothing can be told, where there are no lists to compare with. Throws Blocked. */
export const obsoletePackages: Fact<Obsolete | {readonly untold: string}> = {
	id: 'obsolete-packages',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'what the archives carry'});
		const names = ((await host.list(lists)) ?? []).filter(name => /_Packages(\.\w+)?$/.test(name));
		if (names.length === 0) return {untold: 'there are no package lists to compare with'};
		const state = await stateOf(host, [...names.map(name => `${lists}/${name}`), status]);
		const kept = await keptCache<{readonly state: string; readonly names: readonly string[]}>(host, cacheName);
		const found = kept?.state === state ? kept.names : await asked(host);
		if (kept?.state !== state) await keepCache(host, cacheName, {state, names: found});
		const unheard = found.filter(name => everywhere.has(name));
		if (unheard.length > 0)
			return {
				untold: `the package lists have no ${unheard.join(', ')}: they are not those of this release, or were not all fetched`,
			};
		return told(
			host,
			found.filter(name => !isKernel.test(name)),
		);
	},
};

const cacheName = 'obsolete-packages';

/** No archive of a distribution is without them. */
const everywhere = new Set(['apt', 'base-files', 'dpkg', 'libc6', 'libc-bin']);

/** An archive has only the newest; apt keeps those that a host may have to boot again. */
const isKernel = /^linux-(?:image|headers|modules|modules-extra|kbuild|tools|cloud-tools|compiler)(?:-|$)/;

const stateOf = async (host: Reader, paths: readonly string[]): Promise<string> => {
	const stats = await Promise.all(paths.map(path => ifTold(() => host.stat(path))));
	return sha256(
		JSON.stringify(paths.map((path, at) => [path, stats[at]?.size, stats[at]?.mtimeMs, stats[at]?.ctimeMs])),
	);
};

/** As nobody, who can write none of its caches. */
const asked = async (host: Reader): Promise<readonly string[]> =>
	namesIn(
		await host.query(['apt', 'list', '?obsolete'], {
			timeout: patience,
			env: {LC_ALL: 'C'},
			...(process.getuid?.() === 0 && {as: 'nobody'}),
		}),
	);

const patience = 7000;

/** `postgresql-15/now 15.8-0+deb12u1 amd64 [installed,local]`; what was removed and not purged is not installed. */
export const namesIn = (text: string): readonly string[] => [
	...new Set(
		text.split('\n').flatMap(line => {
			const [, name, state] = /^([^/\s]+)\/\S* \S+ \S+ \[([^\]]*)\]$/.exec(line) ?? [];
			return name !== undefined && /\binstalled\b/.test(state ?? '') ? [name] : [];
		}),
	),
];

/** Whose they are, by who maintains them and whether apt brought them along: a file that somebody installed by hand brings nothing along by itself. */
const told = async (host: Reader, names: readonly string[]): Promise<Obsolete> => {
	if (names.length === 0) return {leftover: [], local: []};
	const {all} = await host.fact(packages);
	const stanzas = `\n${(await textOf(host, status)) ?? ''}`;
	const auto = automaticIn((await ifTold(() => textOf(host, '/var/lib/apt/extended_states'))) ?? '');
	const installed = names.filter(name => isInstalled(all.get(name)));
	const leftover = installed.filter(
		name =>
			auto.has(name) ||
			/\+deb\d+u\d|~bpo\d|ubuntu\d/.test(all.get(name)?.version ?? '') ||
			ofDistribution.test(maintainerOf(stanzas, name)),
	);
	return {leftover, local: installed.filter(name => !leftover.includes(name))};
};

const ofDistribution = /[@.](?:debian\.org|ubuntu\.com|canonical\.com)>/i;

const maintainerOf = (stanzas: string, name: string): string => {
	const at = stanzas.indexOf(`\nPackage: ${name}\n`);
	if (at < 0) return '';
	const end = stanzas.indexOf('\n\n', at);
	const from = stanzas.indexOf('\nMaintainer: ', at);
	return from < 0 || (end >= 0 && from > end) ? '' : stanzas.slice(from + 13, stanzas.indexOf('\n', from + 1));
};

/** Package and Auto-Installed: 1, of one stanza. */
export const automaticIn = (text: string): ReadonlySet<string> =>
	new Set(
		text.split('\n\n').flatMap(stanza => {
			const name = /^Package: (\S+)$/m.exec(stanza)?.[1];
			return name !== undefined && /^Auto-Installed: 1$/m.test(stanza) ? [name] : [];
		}),
	);
