/** Reads a live host without being led: what a plan shows, a doctor says and a stash keeps is never behind a link of somebody else. */
import {closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, type Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import type {Stat} from '#model/host.ts';
import {fewNames, readBounded, readBoundedNow} from '../files/bounds.ts';
import {leadsOut} from './faults.ts';
import {at, holding, type KnownDirectories, missing, type Spot} from './held-directory.ts';
import {identityOf, notRegular, opened, openedNow, pinned} from './pinned.ts';
import {mayWait} from './shares.ts';

/** lstat of an absolute path; with `follow`, of what the links at its end lead to, and where that is. Throws the system's ENOENT. */
export const statAt = (path: string, known?: KnownDirectories, follow = false): Promise<Stat> =>
	holding(path, {follow, ...(known && {known})}, async spot => {
		const stat = (quick(spot) ? lstatSync(at(spot), {throwIfNoEntry: false}) : await lstat(at(spot))) ?? missing(path);
		const seen = statFrom(stat, () => readlinkSync(at(spot)));
		if (!follow) return seen;
		if (spot.belongs !== undefined && spot.belongs !== stat.uid)
			throw leadsOut(path, {path, target: spot.path}, spot.belongs);
		return {...seen, at: spot.path};
	});

/** The bytes of a regular file; undefined where there is none. Throws Fault file.not-regular, path.leads-out, path.hard-link. */
export const readAt = (path: string, known?: KnownDirectories, most?: number): Promise<Uint8Array | undefined> =>
	holding(path, {follow: true, ...(known && {known})}, async spot => {
		if (spot.seen === 'absent') return undefined;
		if (local(spot)) return readNow(spot, path, most);
		return pinned(spot, async entry => {
			if (entry === undefined) return undefined;
			if (!entry.stat.isFile()) throw notRegular(path);
			if (!mayWait(spot.path))
				return readingNow(openedNow(entry), fd => readBoundedNow(fd, entry.stat.size, path, most));
			const file = await opened(entry);
			try {
				return await readBounded(file, entry.stat.size, path, most);
			} finally {
				await file.close();
			}
		});
	});

/** By its name, which only root can give to something else: no device is opened, and no second descriptor needed to be sure. */
const readNow = (spot: Spot, path: string, most: number | undefined): Uint8Array => {
	if (spot.seen === undefined || spot.seen === 'absent' || !spot.seen.isFile()) throw notRegular(path);
	return readingNow(openSync(at(spot), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK), fd => {
		const stat = fstatSync(fd);
		if (!stat.isFile()) throw notRegular(path);
		return readBoundedNow(fd, stat.size, path, most);
	});
};

/** The bytes of the regular file at that very name, at once; undefined where it has more than `most`, or its owner has put a link or a pipe there meanwhile. */
export const bytesThere = (path: string, most: number): Buffer | undefined => {
	try {
		return readingNow(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK), fd =>
			fstatSync(fd).isFile() ? readBoundedNow(fd, most, path, most) : undefined,
		);
	} catch {
		return undefined;
	}
};

const readingNow = <T>(fd: number, read: (fd: number) => T): T => {
	try {
		return read(fd);
	} finally {
		closeSync(fd);
	}
};

/** The names in a directory, sorted. Throws the system's ENOENT and ENOTDIR. */
export const listAt = (path: string, known?: KnownDirectories): Promise<readonly string[]> =>
	holding(path, {follow: true, ...(known && {known})}, async spot => {
		// The name itself may be swapped for a link since the walk: a descriptor cannot.
		const names =
			spot.dir.fd === undefined
				? quick(spot)
					? readdirSync(at(spot))
					: await readdir(at(spot))
				: await pinned(spot, entry => (entry === undefined ? missing(path) : readdirSync(entry.inode)));
		return fewNames(names, path).sort();
	});

/** What is told of a thing. `target` is asked only of a link. */
export const statFrom = (stat: Stats, target: () => string): Stat => {
	const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other';
	return {
		kind,
		mode: stat.mode & 0o7777,
		uid: stat.uid,
		gid: stat.gid,
		size: stat.size,
		mtimeMs: stat.mtimeMs,
		ctimeMs: stat.ctimeMs,
		id: identityOf(stat),
		...(kind === 'symlink' && {target: target()}),
	};
};

const quick = (spot: Spot): boolean => spot.dir.fd !== undefined || local(spot);

/** In a directory of root's where no network share is: to read a file there never waits. */
const local = ({dir, path}: Spot): boolean => dir.fd === undefined && !mayWait(path);
