/**
 * Holds the directory that a path lies in, so that nobody can swap it for another while root acts there. In directories that only root can
 * change, names are as good as descriptors; from the first one that somebody else may write, each component is opened by the descriptor of
 * the one above it, without following links. docs/security.md says which links are followed and why.
 */
import {closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats} from 'node:fs';
import {lstat} from 'node:fs/promises';
import {isAbsolute, normalize} from 'node:path';
import {leadsOut, loopOf} from './faults.ts';
import {mayWait} from './shares.ts';

/** A directory without a link in its path. `fd` is there where somebody else may change the names in it or above it. */
export type Held = {
	readonly path: string;
	readonly fd?: number;
	readonly uid: number;
	/** It and all above it belong to root (or to who runs us), and nobody else may put another in its place. */
	readonly ours: boolean;
};

/** A name in a held directory; whether anything is there is another question. */
export type Spot = {
	readonly dir: Held;
	readonly name: string;
	/** As the directory says, for messages and for programs in directories of root. */
	readonly path: string;
	/** A link of this account was followed: what is found must belong to it too. */
	readonly belongs?: number;
	/** What stood there when links were followed, or that nothing did. */
	readonly seen?: Stats | 'absent';
};

/** O_PATH: names a thing without opening it, so that no device, pipe or server notices. Not in Node's constants. */
export const byPath = 0o10000000;

/**
 * Calls `use` with the place of an absolute path, and lets go afterwards. `follow`: a link at the last name is followed as those before
 * it are. Throws Fault path.leads-out for a link of somebody else, file.loop, and the system's ENOENT, ENOTDIR or EACCES for what is above it.
 */
export const holding = async <T>(
	path: string,
	options: {readonly follow?: boolean; readonly known?: KnownDirectories},
	use: (spot: Spot) => T | Promise<T>,
): Promise<T> => {
	const open: Held[] = [];
	try {
		return await use(await walk(path, options.follow ?? false, open, options.known));
	} finally {
		for (const {fd} of open) if (fd !== undefined) closeSync(fd);
	}
};

/** A link in somebody else's directory on the way. Below `floor` (its place among the directories held) the way may not come out again. */
type FollowedLink = {
	readonly uid: number;
	readonly floor: number;
	readonly path: string;
	readonly target: string;
	/** It names its target from the root on: the first directory there that is not root's must be this one again. */
	readonly back?: string;
};

const idOf = (held: Held | undefined): string | undefined => {
	if (held?.fd === undefined) return undefined;
	const {dev, ino} = fstatSync(held.fd, {bigint: true});
	return `${dev}:${ino}`;
};

/** What to hand to the system for a name: by the descriptor of its directory where names can be swapped. */
export const at = ({dir, name}: Pick<Spot, 'dir' | 'name'>): string =>
	dir.fd === undefined ? (name === '.' ? dir.path : below(dir.path, name)) : `/proc/self/fd/${dir.fd}/${name}`;

/** Directories that were seen to be root's alone, for who looks a thousand times and forgets when something acts. */
export type KnownDirectories = Set<string>;

const walk = async (
	asked: string,
	follow: boolean,
	open: Held[],
	known: KnownDirectories | undefined,
): Promise<Spot> => {
	if (!isAbsolute(asked)) throw new TypeError(`not an absolute path: ${asked}`);
	open.push({path: '/', uid: 0, ours: true});
	const todo = known === undefined ? namesOf(normalize(asked)) : [...enterKnown(asked, open, known)];
	let link: FollowedLink | undefined;
	let hops = 0;
	for (;;) {
		const dir = open.at(-1)!;
		const name = todo.shift() ?? '.';
		if (link?.back !== undefined && todo.length === 0) throw leadsOut(asked, link, link.uid);
		const spot = {dir, name, path: name === '.' ? dir.path : below(dir.path, name), ...(link && {belongs: link.uid})};
		if (name === '.') return spot;
		if (name === '..') {
			if (link !== undefined && open.length - 1 <= link.floor) throw leadsOut(asked, link, link.uid);
			if (open.length > 1) letGo(open);
			continue;
		}
		if (todo.length === 0 && !follow) return spot;
		if (dir.ours && known?.has(spot.path)) {
			open.push({path: spot.path, uid: 0, ours: true});
			continue;
		}
		// Without a turn in between where it need not wait: who looks beside this one then finds the directory known.
		const last = todo.length === 0;
		const stat = waits(spot) ? await statLater(spot, last) : statNow(spot, last);
		if (stat === undefined) return {...spot, seen: 'absent'};
		if (stat.isSymbolicLink()) {
			hops += 1;
			if (hops > 40) throw loopOf(asked);
			const target = readlinkSync(at(spot));
			if (dir.ours && (dir.fd === undefined || isOwn(stat))) {
				if (isAbsolute(target)) while (open.length > 1) letGo(open);
			} else {
				const floor = open.findIndex(one => !one.ours);
				// Who owns the directory may have moved there what root once made: a link of root counts as theirs.
				const uid = isOwn(stat) ? dir.uid : stat.uid;
				const back = isAbsolute(target) ? idOf(open[floor]) : undefined;
				if (uid === 0 || (isAbsolute(target) && back === undefined) || (link !== undefined && link.uid !== uid))
					throw leadsOut(asked, {path: spot.path, target}, stat.uid);
				link = {uid, floor, path: spot.path, target, ...(back !== undefined && {back})};
				if (back !== undefined) while (open.length > 1) letGo(open);
			}
			todo.unshift(...namesOf(target));
			continue;
		}
		if (todo.length === 0) return {...spot, seen: stat};
		const next = enter(spot, stat);
		open.push(next);
		if (link?.back !== undefined) {
			if (next.ours) continue;
			if (idOf(next) !== link.back) throw leadsOut(asked, link, link.uid);
			link = {uid: link.uid, path: link.path, target: link.target, floor: open.length - 1};
		}
		if (link !== undefined && next.uid !== link.uid) throw leadsOut(asked, link, link.uid);
		if (next.ours && next.fd === undefined) known?.add(next.path);
	}
};

/** Enters the directory of a plain path at once where it is a known one; gives the names that are left. Those above a known one are known too. */
const enterKnown = (asked: string, open: Held[], known: KnownDirectories): readonly string[] => {
	const end = asked.lastIndexOf('/');
	const name = asked.slice(end + 1);
	if (name === '' || name === '.' || name === '..' || !known.has(asked.slice(0, end))) return namesOf(normalize(asked));
	for (let at = asked.indexOf('/', 1); at !== -1; at = asked.indexOf('/', at + 1))
		open.push({path: asked.slice(0, at), uid: 0, ours: true});
	return [name];
};

/** Steps into a directory; what is no directory is the system's ENOTDIR, as is a link that took its place since it was looked at. */
const enter = (spot: Spot, seen: Stats): Held => {
	const {path, dir} = spot;
	if (dir.ours && isOwn(seen) && (seen.mode & 0o022) === 0) {
		if (!seen.isDirectory()) throw Object.assign(new Error(`ENOTDIR: ${path}`), {code: 'ENOTDIR'});
		return {path, uid: seen.uid, ours: true};
	}
	const fd = openSync(at(spot), byPath | constants.O_DIRECTORY | constants.O_NOFOLLOW);
	const stat = fstatSync(fd);
	// In a sticky directory (/tmp) nobody can rename or remove what is root's, but anybody may have put a name there.
	const ours = dir.ours && isOwn(stat) && ((stat.mode & 0o022) === 0 || (stat.mode & 0o1000) !== 0);
	return {path, fd, uid: stat.uid, ours};
};

/** Only a network share keeps a look waiting, for ever maybe: what is above a mount is asked without holding up the others, once. */
const answered = new Set<string>();

const waits = ({dir, path}: Spot): boolean => dir.fd === undefined && !answered.has(path) && mayWait(path);

const statNow = (spot: Spot, last: boolean): Stats | undefined => {
	const stat = lstatSync(at(spot), {throwIfNoEntry: false});
	return stat === undefined && !last ? missing(spot.path) : stat;
};

const statLater = async (spot: Spot, last: boolean): Promise<Stats | undefined> => {
	try {
		const stat = await lstat(at(spot));
		if (stat.isDirectory()) answered.add(spot.path);
		return stat;
	} catch (error) {
		if (last && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

const isOwn = ({uid}: {readonly uid: number}): boolean => uid === 0 || uid === process.geteuid?.();

const letGo = (open: Held[]): void => {
	const fd = open.pop()?.fd;
	if (fd !== undefined) closeSync(fd);
};

/** The system's own words for what is not there, without asking it to make an error of them. */
export const missing = (path: string): never => {
	throw Object.assign(new Error(`ENOENT: no such file or directory, ${path}`), {
		code: 'ENOENT',
		syscall: 'lstat',
		path,
	});
};

const below = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

const namesOf = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.');
