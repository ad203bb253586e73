/**
 * Files that a configuration includes: those behind a pattern, in the order web servers take them (by name, hidden ones only when asked for), and what all of
 * them may be together. A file that includes another twice, and so on ten files deep, is a thousand of them, by whoever may write it.
 */
import {resolve} from 'node:path';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {refuseBeyondRights} from '../trust/beyond-rights.ts';
import {largestText} from './bounds.ts';

/** Files that one configuration may be made of, and their bytes together. */
const mostFiles = 5000;
const mostBytes = largestText;
/** Directories that a pattern leads through on its way. */
const mostPlaces = 20_000;

/** What was read so far; `taken` are bytes, and `most` how many they may be. */
export type Included = {
	readonly files: string[];
	readonly directories: Set<string>;
	readonly most?: number;
	taken?: number;
};

/** For one reading of a configuration of a server or a tool, which is small: ten times the longest that Debian ships. Of web servers' sites there may be thousands. */
export const noneIncluded = (most = 1024 * 1024): Included => ({files: [], directories: new Set(), most});

/**
 * The text of one of its files, noted in `seen`; undefined where there is none. `by` is the file that names it: what its owner may not read is not read for them.
 * Throws Blocked past the bounds, and for such a file.
 */
export const readIncluded = async (
	host: Reader,
	path: string,
	seen: Included,
	by?: string,
): Promise<string | undefined> => {
	if (seen.files.length >= mostFiles)
		throw new Blocked({
			because: 'unreadable',
			need: `more than ${mostFiles} files are included, the last is ${path}`,
		});
	seen.files.push(path);
	if (by !== undefined) await refuseBeyondRights(host, path, by);
	const most = seen.most ?? mostBytes;
	const bytes = await host.read(path, {most});
	seen.taken = (seen.taken ?? 0) + (bytes?.length ?? 0);
	if (seen.taken > most)
		throw new Blocked({
			because: 'unreadable',
			need: `what is included up to ${path} is more than ${most / 1024 / 1024} MB`,
		});
	return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
};

const hasPattern = (path: string): boolean => /[*?[]/.test(path);

/** A plain name stands for itself; a pattern may match nothing. Directories that were looked through are noted. */
export const filesBehind = async (host: Reader, pattern: string, seen: Included): Promise<readonly string[]> => {
	if (seen.files.length > mostFiles)
		throw new Blocked({
			because: 'unreadable',
			need: `more than ${mostFiles} files are included, the last by ${pattern}`,
		});
	if (!hasPattern(pattern)) return [pattern];
	let places: readonly string[] = ['/'];
	for (const part of pattern.split('/').filter(name => name !== '')) {
		if (!hasPattern(part)) {
			places = places.map(place => resolve(place, part));
			continue;
		}
		const fits = toRegExp(part);
		const found: string[] = [];
		for (const place of places) {
			seen.directories.add(place);
			const names = (await host.list(place)) ?? [];
			found.push(
				...names
					.filter(name => fits.test(name) && (part.startsWith('.') || !name.startsWith('.')))
					.map(name => resolve(place, name)),
			);
			if (found.length > mostPlaces)
				throw new Blocked({because: 'unreadable', need: `${pattern} has more than ${mostPlaces} places to look at`});
		}
		places = found;
	}
	if (places.length + seen.files.length > mostFiles)
		throw new Blocked({
			because: 'unreadable',
			need: `${pattern} and what else is included are more than ${mostFiles} files`,
		});
	const there = await Promise.all(places.map(path => isFile(host, path)));
	return places.filter((_path, at) => there[at]);
};

/** As glob(7) reads it: a `[` that nothing closes is itself. */
const toRegExp = (part: string): RegExp => {
	const pattern = part.replace(
		/\[([!^]?)(\]?[^\]]*)\]|[^[]|\[/gsu,
		(token, not: string | undefined, set: string | undefined) => {
			if (set !== undefined && set !== '') return `[${not ? '^' : ''}${set.replace(/[\\\][&~|^]/g, '\\$&')}]`;
			if (token === '*') return '[^/]*';
			return token === '?' ? '[^/]' : RegExp.escape(token);
		},
	);
	try {
		return new RegExp(`^${pattern}$`, 'su');
	} catch {
		// A range that runs backwards fits nothing.
		return /(?!)/;
	}
};

/** One that may not be read is there; a link into nowhere is not. */
const isFile = async (host: Reader, path: string): Promise<boolean> => {
	try {
		return (await host.stat(path, {follow: true})) !== undefined;
	} catch (error) {
		return error instanceof Blocked;
	}
};
