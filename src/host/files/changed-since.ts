/**
 * Which files have another content than the one that a process read when it started. The time of a change alone tells neither way: `cp -p` and rsync give a new
 * file an old time, and chmod or touch give an old one a new time. So the kernel's own time of change counts as well, which nobody can set back; and where an
 * earlier look saw what the process must have read, the content decides.
 */
import type {Fact, Reader, Stat} from '#model/host.ts';
import {keepCache, keptCache} from './cache.ts';
import {sha256} from './stash.ts';
import {statThrough} from './stat-through.ts';

/** When a thing last became what it is, by its own time or the kernel's; of a link also what it leads to. Milliseconds, 0 where nothing is there. */
export const changeTime = async (host: Reader, path: string): Promise<number> => (await stateOf(host, path)).at;

/** The later of the two times of one look at a file. One that is still to come was set by hand, or by a host whose clock was wrong: every process is older than that, and the kernel's own tells. */
export const laterTime = (stat: Pick<Stat, 'mtimeMs' | 'ctimeMs'> | undefined): number => {
	const {mtimeMs = 0, ctimeMs = 0} = stat ?? {};
	return mtimeMs > Date.now() + clockSlack ? ctimeMs : Math.max(mtimeMs, ctimeMs);
};

/** Milliseconds by which the clocks of a file system and of a program may differ. */
const clockSlack = 2000;

export type Changed = {readonly path: string; readonly at: number};

/** Those of the paths (files and directories) that are not what they were at that moment, with when they changed. `since` is in milliseconds. */
export const changedSince = async (
	host: Reader,
	paths: readonly string[],
	since: number,
): Promise<readonly Changed[]> => {
	const known = await host.fact(knownContents);
	const states = await Promise.all([...new Set(paths)].map(path => stateOf(host, path)));
	const found = await Promise.all(
		states.map(async state => ((await isOther(host, state, since, known)) ? [state] : [])),
	);
	await known.keep(host);
	return found.flat().map(({path, at}) => ({path, at}));
};

type State = Changed & {readonly end: string; readonly kind: Stat['kind'] | undefined};

/** This content stood there from `from` to `until`, milliseconds: whoever read it between read this. */
type Content = {readonly digest: string; readonly from: number; readonly until: number};

type Contents = {readonly of: Map<string, Content>; changed: boolean; keep(host: Reader): Promise<void>};

/** Milliseconds to add to when a process was started: its clock counts hundredths of a second, and is another than that of files. */
export const processSlack = 50;

const cacheName = 'read-by-processes';

const knownContents: Fact<Contents> = {
	id: 'known-contents',
	async read(host) {
		const kept = (await keptCache<Readonly<Record<string, Content>>>(host, cacheName)) ?? {};
		const contents: Contents = {
			of: new Map(Object.entries(kept)),
			changed: false,
			async keep(keeper) {
				if (!contents.changed) return;
				contents.changed = false;
				await keepCache(keeper, cacheName, Object.fromEntries([...contents.of].slice(-most)));
			},
		};
		return contents;
	},
};

/** A host has some hundred such files. */
const most = 2000;

const isOther = async (host: Reader, state: State, since: number, known: Contents): Promise<boolean> => {
	const {path, at, kind} = state;
	if (kind === undefined) return false;
	const content = known.of.get(path);
	if (at <= since) {
		if (content === undefined || content.from !== at || content.until < since) {
			const digest = await digestOf(host, state);
			if (digest !== undefined) {
				known.of.delete(path);
				known.of.set(path, {digest, from: at, until: Date.now()});
				known.changed = true;
			}
		}
		return false;
	}
	if (content === undefined || content.from > since || content.until < since) return true;
	return (await digestOf(host, state)) !== content.digest;
};

/** Of a directory: its names. undefined where we may not look, or what is there is neither. */
const digestOf = async (host: Reader, {end, kind}: State): Promise<string | undefined> => {
	try {
		if (kind === 'directory') return sha256(((await host.list(end)) ?? []).join('\n'));
		const bytes = kind === 'file' ? await host.read(end, {most: largest}) : undefined;
		return bytes === undefined ? undefined : sha256(bytes);
	} catch {
		return undefined;
	}
};

const largest = 4 * 1024 * 1024;

/** A link counts as well as what it points to: a site that is switched to another file changes only its link. */
const stateOf = async (host: Reader, path: string): Promise<State> => {
	const [own, end] = await Promise.all([host.stat(path), statThrough(host, path)]);
	return {path, at: Math.max(laterTime(own), laterTime(end.stat)), end: end.path, kind: end.stat?.kind};
};
