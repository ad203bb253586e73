/** What stands at a name, pinned by a descriptor: looked at, read, given away without ever asking for the name again. */
import {chmodSync, chownSync, closeSync, constants, fstatSync, openSync, type Stats} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import {hardLinked, leadsOut, moved} from './faults.ts';
import {at, byPath, type Spot} from './held-directory.ts';

/** A thing on the host. `inode` is its name for the system whatever happens to the other names; `id` tells it from every other. */
export type Entry = {
	readonly spot: Spot;
	readonly fd: number;
	readonly inode: string;
	readonly stat: Stats;
	readonly id: string;
};

/** Calls `use` with what stands there, or undefined; lets go afterwards. Opens no device and no pipe. */
export const pinned = async <T>(spot: Spot, use: (entry: Entry | undefined) => T | Promise<T>): Promise<T> => {
	const fd = pin(spot);
	if (fd === undefined) return use(undefined);
	try {
		const stat = fstatSync(fd);
		if (spot.belongs !== undefined && stat.uid !== spot.belongs)
			throw leadsOut(spot.path, {path: spot.path, target: `what belongs to uid ${stat.uid}`}, spot.belongs);
		return await use({spot, fd, inode: `/proc/self/fd/${fd}`, stat, id: identityOf(stat)});
	} finally {
		closeSync(fd);
	}
};

/** Device and inode: the same words mean the same thing while a run lasts. (An overlay gives new inodes at a reboot.) */
export const identityOf = ({dev, ino}: {readonly dev: number; readonly ino: number}): string => `${dev}:${ino}`;

/** Throws Fault file.moved where another thing stands there than the one that was shown, or one where there was none ('absent'). */
export const mustBe = (entry: Entry | undefined, path: string, was: string | undefined): void => {
	if (was !== undefined && was !== (entry?.id ?? 'absent')) throw moved(path);
};

/** Throws Fault path.hard-link for a second name of a file that is not of the directory's owner: nothing may be done to it, and nothing read. */
const mustBeSingle = ({spot, stat}: Entry): void => {
	if (!spot.dir.ours && stat.isFile() && stat.nlink > 1 && stat.uid !== spot.dir.uid)
		throw hardLinked(spot.path, stat.uid);
};

/** The file opened anew for reading (or writing), whatever its name leads to by now. Throws Fault file.not-regular for what is no file. */
export const opened = (entry: Entry, flags = constants.O_RDONLY): Promise<FileHandle> => {
	if (!entry.stat.isFile()) throw notRegular(entry.spot.path);
	mustBeSingle(entry);
	return open(entry.inode, flags | constants.O_NONBLOCK);
};

/** The same at once, where no look has to wait: its descriptor, for whoever closes it. */
export const openedNow = (entry: Entry): number => {
	if (!entry.stat.isFile()) throw notRegular(entry.spot.path);
	mustBeSingle(entry);
	return openSync(entry.inode, constants.O_RDONLY | constants.O_NONBLOCK);
};

/** Owner and mode of the thing itself. A regular file gets no setuid and no setgid bit: those of others are never put back. */
export const give = (
	entry: Entry,
	{uid, gid, mode}: {readonly uid?: number; readonly gid?: number; readonly mode?: number},
): void => {
	mustBeSingle(entry);
	if (uid !== undefined && gid !== undefined) chownSync(entry.inode, uid, gid);
	if (mode !== undefined && !entry.stat.isSymbolicLink()) chmodSync(entry.inode, permitted(entry.stat, mode));
};

/** The bits of a mode that are set: for a file none that would make it run as somebody. */
export const permitted = (stat: Pick<Stats, 'isDirectory'>, mode: number): number =>
	stat.isDirectory() ? mode : mode & 0o1777;

export const notRegular = (path: string): Fault =>
	new Fault('file.not-regular', `${path} is not a regular file`, 'Move it away, or name another path.');

const pin = (spot: Spot): number | undefined => {
	try {
		return openSync(at(spot), byPath | constants.O_NOFOLLOW);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};
