/** Reads a live host without being led: what a plan shows, a doctor says and a stash keeps is never behind a link of somebody else. */
import {lstatSync, readdirSync, readlinkSync, type Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import type {Stat} from '#model/host.ts';
import {fewNames, readBounded} from '../files/bounds.ts';
import {identityOf, notRegular, opened, pinned} from './entry.ts';
import {leadsOut} from './faults.ts';
import {at, holding, type KnownDirectories, ofSystem, type Spot} from './hold.ts';

/** lstat of an absolute path; with `follow`, of what the links at its end lead to, and where that is. Throws the system's ENOENT. */
export const statAt = (path: string, known?: KnownDirectories, follow = false): Promise<Stat> =>
	holding(path, {follow, ...(known && {known})}, async spot => {
		const stat = quick(spot) ? lstatSync(at(spot)) : await lstat(at(spot));
		const seen = statFrom(stat, () => readlinkSync(at(spot)));
		if (!follow) return seen;
		if (spot.belongs !== undefined && spot.belongs !== stat.uid)
			throw leadsOut(path, {path, target: spot.path}, spot.belongs);
		return {...seen, at: spot.path};
	});

/** The bytes of a regular file; undefined where there is none. Throws Fault file.not-regular, path.leads-out, path.hard-link. */
export const readAt = (path: string, known?: KnownDirectories, most?: number): Promise<Uint8Array | undefined> =>
	holding(path, {follow: true, ...(known && {known})}, spot =>
		pinned(spot, async entry => {
			if (entry === undefined) return undefined;
			if (!entry.stat.isFile()) throw notRegular(path);
			const file = await opened(entry);
			try {
				return await readBounded(file, entry.stat.size, path, most);
			} finally {
				await file.close();
			}
		}),
	);

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
		id: identityOf(stat),
		...(kind === 'symlink' && {target: target()}),
	};
};

const quick = ({dir, path}: Spot): boolean => dir.fd !== undefined || ofSystem.test(path);

const missing = (path: string): never => {
	throw Object.assign(new Error(`ENOENT: ${path}`), {code: 'ENOENT'});
};
