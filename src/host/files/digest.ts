/**
 * Has a tree changed since we last saw it? Size and times answer in microseconds a file; the bytes are read only where
 * those differ. The inode is left out: an overlay gives new ones after a reboot, and every write or rename moves ctime.
 */
import {createHash} from 'node:crypto';
import {readlinkSync} from 'node:fs';
import {join} from 'node:path';
import type {Reader, Stat} from '#model/host.ts';
import {at, holding} from '../owned/held-directory.ts';
import {statFrom} from '../owned/look.ts';
import {opened, pinned} from '../owned/pinned.ts';
import {statsBelow} from '../owned/stats.ts';
import {treeBelow} from '../owned/tree.ts';
import {isGlob, matches, staticPart} from './glob.ts';
import {resolveIn} from './paths.ts';
import {sha256} from './stash.ts';

/** What two moments are compared by: `quick` from size and times, `content` from the bytes, for a sorted list of files. */
export type Digest = {readonly quick: string; readonly content: string; readonly count: number};

/** Written by programs while they run, never by a build: no part of any digest. */
const noise = new Set(['.git', '__pycache__']);

/** Regular files and links below `base` that the patterns name, sorted, relative to it. A pattern is a file, a directory (all below) or a glob with `*`, `?`, `**`. */
export const filesIn = async (host: Reader, base: string, patterns: readonly string[]): Promise<readonly string[]> => {
	const found = new Set<string>();
	for (const pattern of patterns) {
		for (const path of await walk(host, base, staticPart(pattern)))
			if (!isGlob(pattern) || matches(path, [pattern])) found.add(path);
	}
	return [...found].sort();
};

/** Size and times of files. Costs an lstat each. */
export const quickDigest = (host: Reader, base: string, files: readonly string[]): Promise<string> =>
	standing(host, base, top => {
		const stats = top === undefined ? [] : statsBelow(top, files);
		return sha256(
			files
				.map((path, index) => {
					const stat = stats[index];
					return stat === undefined
						? `${path}\0-`
						: `${path}\0${stat.size}\0${stat.mtimeMs}\0${stat.ctimeMs}\0${stat.mode}`;
				})
				.join('\n'),
		);
	});

/** What stands at many names below a directory, links not followed: an lstat each, where the way to each alone is a dozen calls. In the order of the files. */
export const statsIn = (host: Reader, base: string, files: readonly string[]): Promise<readonly (Stat | undefined)[]> =>
	standing(host, base, top => {
		const sorted = files.toSorted();
		const stats = top === undefined ? [] : statsBelow(top, sorted);
		const found = new Map(sorted.map((path, at) => [path, stats[at]]));
		return files.map(path => {
			const stat = found.get(path);
			return stat && statFrom(stat, () => '');
		});
	});

/** Those of them that are symbolic links. */
export const linksAmong = (host: Reader, base: string, files: readonly string[]): Promise<readonly string[]> =>
	standing(host, base, top => {
		const stats = top === undefined ? [] : statsBelow(top, files);
		return files.filter((_path, index) => stats[index]?.isSymbolicLink());
	});

/** The sha256 of one file's bytes (for a link: of where it points); undefined when there is none. */
export const fileDigest = async (
	host: Reader,
	path: string,
	algorithm: 'sha256' | 'sha512' = 'sha256',
): Promise<string | undefined> => {
	const hash = createHash(algorithm);
	try {
		return await holding(await placeIn(host, path, false), {}, spot =>
			pinned(spot, async entry => {
				if (entry === undefined) return undefined;
				if (entry.stat.isSymbolicLink()) return hash.update(`-> ${readlinkSync(at(spot))}`).digest('hex');
				if (!entry.stat.isFile()) return undefined;
				const file = await opened(entry);
				try {
					for await (const chunk of file.createReadStream({autoClose: false, highWaterMark: 1024 * 1024}))
						hash.update(chunk as Buffer);
					return hash.digest('hex');
				} finally {
					await file.close();
				}
			}),
		);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
};

/** The bytes of files as one digest; a file that went away counts as such. */
export const contentDigest = async (host: Reader, base: string, files: readonly string[]): Promise<string> => {
	const lines: string[] = [];
	for (const path of files) lines.push(`${path}\0${(await fileDigest(host, join(base, path))) ?? '-'}`);
	return sha256(lines.join('\n'));
};

/** Both digests of what the patterns name. With a digest from before, the bytes are read only when size or times moved. */
export const digestOf = async (
	host: Reader,
	base: string,
	patterns: readonly string[],
	before?: Digest,
): Promise<Digest> => {
	const files = await filesIn(host, base, patterns);
	const quick = await quickDigest(host, base, files);
	return {
		quick,
		content: before?.quick === quick ? before.content : await contentDigest(host, base, files),
		count: files.length,
	};
};

const walk = async (host: Reader, base: string, start: string): Promise<readonly string[]> => {
	const top = join(base, start);
	const stat = await host.stat(top);
	if (stat === undefined) return [];
	if (stat.kind !== 'directory') return [start];
	return (await treeBelow(await placeIn(host, top, true), name => noise.has(name)))
		.filter(({kind}) => kind === 'file' || kind === 'symlink')
		.map(({path}) => (start === '' ? path : `${start}/${path}`));
};

/** A name of the base that cannot be swapped while it is used; undefined where it is not there. */
const standing = async <T>(host: Reader, base: string, use: (top: string | undefined) => T): Promise<T> => {
	const place = await placeIn(host, base, true);
	try {
		return await holding(place, {follow: true}, spot => pinned(spot, entry => use(entry?.inode)));
	} catch (error) {
		if (isMissing(error)) return use(undefined);
		throw error;
	}
};

/** Links of a live host are for who opens them to judge; those of an image are resolved inside it. */
export const placeIn = (host: Reader, path: string, last: boolean): Promise<string> =>
	host.root === '/' ? Promise.resolve(path) : resolveIn(host.root, path, {last});

const isMissing = (error: unknown): boolean =>
	['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
