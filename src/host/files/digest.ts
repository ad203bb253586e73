/**
 * Has a tree changed since we last saw it? Size and times answer in microseconds a file; the bytes are read only where
 * those differ. The inode is left out: an overlay gives new ones after a reboot, and every write or rename moves ctime.
 */
import {createHash} from 'node:crypto';
import {lstatSync, readdirSync, readlinkSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {Reader} from '#model/host.ts';
import {isGlob, matches, staticPart} from './glob.ts';
import {resolveIn} from './paths.ts';
import {sha256} from './stash.ts';

/** What two moments are compared by: `quick` from size and times, `content` from the bytes, for a sorted list of files. */
export type Digest = {readonly quick: string; readonly content: string; readonly count: number};

/** Written by programs while they run, never by a build: no part of any digest. */
const noise = new Set(['.git', '__pycache__']);

/** Regular files and links below `base` that the patterns name, sorted, relative to it. A pattern is a file, a directory (all below) or a glob with `*`, `?`, `**`. */
export const filesIn = async (host: Reader, base: string, patterns: readonly string[]): Promise<readonly string[]> => {
	const real = await resolveIn(host.root, base);
	const found = new Set<string>();
	for (const pattern of patterns) {
		for (const path of walk(real, staticPart(pattern)))
			if (!isGlob(pattern) || matches(path, [pattern])) found.add(path);
	}
	return [...found].sort();
};

/** Size and times of files. Costs an lstat each. */
export const quickDigest = async (host: Reader, base: string, files: readonly string[]): Promise<string> => {
	const real = await resolveIn(host.root, base);
	return sha256(
		files
			.map(path => {
				const stat = lstatSync(join(real, path), {throwIfNoEntry: false});
				return stat === undefined
					? `${path}\0-`
					: `${path}\0${stat.size}\0${stat.mtimeMs}\0${stat.ctimeMs}\0${stat.mode}`;
			})
			.join('\n'),
	);
};

/** The sha256 of one file's bytes (for a link: of where it points); undefined when there is none. */
export const fileDigest = async (
	host: Reader,
	path: string,
	algorithm: 'sha256' | 'sha512' = 'sha256',
): Promise<string | undefined> => {
	const real = await resolveIn(host.root, path, {last: false});
	const stat = lstatSync(real, {throwIfNoEntry: false});
	if (stat === undefined) return undefined;
	const hash = createHash(algorithm);
	if (stat.isSymbolicLink()) return hash.update(`-> ${readlinkSync(real)}`).digest('hex');
	if (!stat.isFile()) return undefined;
	const file = await open(real, 'r');
	try {
		for await (const chunk of file.createReadStream({autoClose: false, highWaterMark: 1024 * 1024}))
			hash.update(chunk as Buffer);
		return hash.digest('hex');
	} finally {
		await file.close();
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

const walk = (root: string, start: string): readonly string[] => {
	const stat = lstatSync(join(root, start), {throwIfNoEntry: false});
	if (stat === undefined) return [];
	if (!stat.isDirectory()) return [start];
	return readdirSync(join(root, start), {withFileTypes: true}).flatMap(entry => {
		if (noise.has(entry.name)) return [];
		const path = start === '' ? entry.name : `${start}/${entry.name}`;
		return entry.isDirectory() ? walk(root, path) : entry.isFile() || entry.isSymbolicLink() ? [path] : [];
	});
};
