/** The files behind a pattern of an `include`, in the order web servers take them: by name, hidden ones only when asked for. */
import {resolve} from 'node:path';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

/** Files that one configuration may be made of. */
const most = 5000;

export type Included = {readonly files: string[]; readonly directories: Set<string>};

const hasPattern = (path: string): boolean => /[*?[]/.test(path);

/** A plain name stands for itself; a pattern may match nothing. Directories that were looked through are noted. */
export const filesBehind = async (host: Reader, pattern: string, seen: Included): Promise<readonly string[]> => {
	if (seen.files.length > most)
		throw new Blocked({because: 'unreadable', need: `more than ${most} files are included, the last by ${pattern}`});
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
		}
		places = found;
	}
	if (places.length + seen.files.length > most)
		throw new Blocked({
			because: 'unreadable',
			need: `${pattern} and what else is included are more than ${most} files`,
		});
	const there = await Promise.all(places.map(path => isFile(host, path)));
	return places.filter((_path, at) => there[at]);
};

const toRegExp = (part: string): RegExp =>
	new RegExp(
		`^${part
			.replace(/[.+^${}()|\\]/g, '\\$&')
			.replaceAll('*', '[^/]*')
			.replaceAll('?', '[^/]')}$`,
		'u',
	);

/** One that may not be read is there; a link into nowhere is not. */
const isFile = async (host: Reader, path: string): Promise<boolean> => {
	try {
		return (await host.read(path)) !== undefined;
	} catch (error) {
		return error instanceof Blocked;
	}
};
