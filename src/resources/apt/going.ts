/**
 * Which packages would go: ours, and what came along with them, as far as nobody else needs it. apt itself says so, from its own marks; what
 * merely recommends or suggests one of ours was content without it before.
 */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';

export type Going = {
	/** All that goes, in apt's order. */
	readonly goes: readonly string[];
	/** Names of ours that stay, and who needs them. */
	readonly needed: ReadonlyMap<string, readonly string[]>;
};

/** `names` are what we asked for, `along` what came with it; `keeps` are packages that stay with all they need. Reads only. */
export const goingOf = async (
	{
		names,
		along,
		keeps,
	}: {
		readonly names: readonly string[];
		readonly along: ReadonlySet<string>;
		readonly keeps: readonly string[];
	},
	host: Reader,
): Promise<Going> => {
	const {all} = await host.fact(packages);
	const there = names.filter(
		name => !keeps.includes(name) && !['not-installed', undefined].includes(all.get(name)?.status),
	);
	const stay = keeps.filter(name => isInstalled(all.get(name))).map(name => `${name}+`);
	const ours = (name: string): boolean => names.includes(name) || along.has(name);
	const needed = new Map<string, readonly string[]>();
	const foreign = (removed: readonly string[]): readonly string[] =>
		removed.filter(name => !ours(name) || keeps.includes(name));
	if (there.length === 0) return {goes: [], needed};
	if (foreign(await removedBy(['purge', ...there, ...stay], host)).length > 0)
		for (const name of there) {
			const others = foreign(await removedBy(['purge', name], host));
			if (others.length > 0) needed.set(name, others);
		}
	const free = there.filter(name => !needed.has(name));
	if (free.length === 0) return {goes: [], needed};
	const marked = [...needed.keys()].map(name => `${name}+`);
	const takes = (more: readonly string[]): Promise<readonly string[]> =>
		removedBy(['purge', '--auto-remove', ...free, ...more, ...stay, ...marked], host);
	const goes = await takes([]);
	const left = [...along].filter(name => isInstalled(all.get(name)) && !goes.includes(name) && !keeps.includes(name));
	const held = await automatic(await toldToLeave(left, host), host);
	const more = await unneeded(held, async some => foreign(await takes(some)).length === 0);
	const last = more.length === 0 ? goes : await takes(more);
	return {goes: [...new Set([...last.filter(ours), ...free])], needed};
};

/** What apt leaves because a package told it so: PostgreSQL's do, of their own clients and libraries. */
const toldToLeave = async (names: readonly string[], host: Reader): Promise<readonly string[]> => {
	if (names.length === 0) return [];
	const dump = await host.query(['apt-config', 'dump', 'APT::NeverAutoRemove']);
	const patterns = [...dump.matchAll(/^APT::NeverAutoRemove::[^"\n]*"(.*)";$/gm)].flatMap(([, text = '']) => {
		try {
			return [new RegExp(text)];
		} catch {
			// POSIX has some that JavaScript lacks; such a package stays, as apt has it.
			return [];
		}
	});
	return names.filter(name => patterns.some(pattern => pattern.test(name)));
};

/** Those of `names` that nobody else needs, found by halves: one look tells of many. A look that apt refuses is one in which something else would have to go. */
const unneeded = async (
	names: readonly string[],
	alone: (some: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> => {
	const free = names.length === 0 || (await alone(names).catch(refusedByApt));
	if (free) return names;
	if (names.length === 1) return [];
	const middle = names.length >> 1;
	return [...(await unneeded(names.slice(0, middle), alone)), ...(await unneeded(names.slice(middle), alone))];
};

const refusedByApt = (error: unknown): false => {
	if (error instanceof Fault && error.code === 'program.failed') return false;
	throw error;
};

/** Whom somebody asked for since, apt has as manual. */
const automatic = async (names: readonly string[], host: Reader): Promise<readonly string[]> => {
	if (names.length === 0) return [];
	const manual = new Set(
		(await host.query(['apt-mark', 'showmanual', ...names])).split('\n').map(name => name.split(':')[0]),
	);
	return names.filter(name => !manual.has(name));
};

/** Recommended or suggested alone is no need. */
const byNeedAlone = ['RecommendsImportant', 'SuggestsImportant'].flatMap(name => [
	'-o',
	`APT::AutoRemove::${name}=false`,
]);

const removedBy = async (act: readonly string[], host: Reader): Promise<readonly string[]> => {
	const text = await host.query(['apt-get', '-s', '-q', ...byNeedAlone, '-o', 'Debug::NoLocking=1', ...act], {
		timeout: 120_000,
	});
	return [...text.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name = '']) => name.split(':')[0] ?? name);
};
