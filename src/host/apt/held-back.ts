/** What keeps security updates from a host that fetches its lists every day: preferences that rank the security archive below another, and pins of single packages. */
import type {Fact, Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {aptSettingInFiles} from './apt-conf.ts';

/** The security archive's priority, and the archive of the same distribution that comes before it. */
export type HeldBack = {
	readonly archive: {readonly security: number; readonly before: number; readonly other: string} | undefined;
	/** Of those asked for, by name: the version that apt would install. */
	readonly candidates: ReadonlyMap<string, string>;
};

/** Undefined where nothing ranks an archive or one of those packages: then the newest version wins, and apt, which may take seconds for it, is not asked. */
export const heldBack = (names: readonly string[]): Fact<HeldBack | undefined> => ({
	id: `held-back:${names.join(' ')}`,
	async read(host) {
		if (host.root !== '/') return undefined;
		const pinned = pinnedIn(await preferences(host));
		const archives = pinned.includes('*') || (await aptSettingInFiles(host, 'APT::Default-Release')) !== undefined;
		// A pattern may be for any of them.
		const own =
			pinned.some(word => /[*?[/:]/.test(word)) || archives ? names : names.filter(name => pinned.includes(name));
		if (!archives && own.length === 0) return undefined;
		const [all, some] = await Promise.all([
			archives ? host.query(['apt-cache', 'policy']) : '',
			own.length === 0 ? '' : host.query(['apt-cache', 'policy', ...own.slice(0, 50)]),
		]);
		return {archive: archives ? archiveIn(all) : undefined, candidates: candidatesIn(some)};
	},
});

/** Packages that preferences are for, without their architecture; `src:NAME` and patterns as they stand. */
export const pinnedIn = (text: string): readonly string[] =>
	text
		.replace(/\n[ \t]+/g, ' ')
		.split('\n')
		.flatMap(line => (/^Package:(.*)$/i.exec(line)?.[1] ?? '').split(/[ \t]+/).filter(word => word !== ''))
		.map(word => (word.startsWith('src:') ? word : word.replace(/:[a-z0-9-]+$/, '')));

const preferences = async (host: Reader): Promise<string> => {
	const names = ((await host.list('/etc/apt/preferences.d')) ?? []).filter(
		name => /^[\w.-]+$/.test(name) && (!name.includes('.') || name.endsWith('.pref')),
	);
	const paths = ['/etc/apt/preferences', ...names.map(name => `/etc/apt/preferences.d/${name}`)];
	return (await Promise.all(paths.map(path => textOf(host, path)))).join('\n');
};

/** From `apt-cache policy` without a name: each archive with its priority, and the words of its Release file. */
export const archiveIn = (text: string): HeldBack['archive'] => {
	const archives = [...text.matchAll(/^ *(-?\d+) (\S+ \S+) .*\n +release (.*)$/gm)].map(
		([, priority, name = '', release = '']) => ({priority: Number(priority), name, release}),
	);
	const isSecurity = ({release}: {readonly release: string}): boolean =>
		/(^|,)l=Debian-Security(,|$)/.test(release) ||
		(/(^|,)o=(Debian|Ubuntu)(,|$)/.test(release) && /(^|,)[an]=[^,]*-security(,|$)/.test(release));
	const security = archives.filter(isSecurity);
	const own = archives.filter(one => !isSecurity(one) && /(^|,)o=(Debian|Ubuntu)(,|$)/.test(one.release));
	const lowest = security.toSorted((a, b) => a.priority - b.priority)[0];
	const first = own.toSorted((a, b) => b.priority - a.priority)[0];
	if (lowest === undefined || (lowest.priority > 100 && lowest.priority >= (first?.priority ?? 0))) return undefined;
	return {security: lowest.priority, before: first?.priority ?? 100, other: first?.name ?? 'what is installed'};
};

/** From `apt-cache policy NAME...`. */
export const candidatesIn = (text: string): ReadonlyMap<string, string> =>
	new Map(
		[...text.matchAll(/^(\S+):\n {2}\S.*\n {2}\S+: (\S+)$/gm)].map(([, name = '', version = '']) => [name, version]),
	);
