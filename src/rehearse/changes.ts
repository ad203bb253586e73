/** What a throw-away host became: files, packages and open ports, compared with what it was made of. */
import {type Dirent, lstatSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {digestOf} from './digest.ts';
import type {Layer} from './machine/mounts.ts';
import {type Port, showPort} from './network/ports.ts';
import {type PackageChanges, packageFiles, packagesOf, statusPath} from './packages.ts';

export type FileChange = {
	readonly path: string;
	readonly change: 'added' | 'changed' | 'removed';
	/** For a new directory, which stands for all below it: how many files that is, counted to 100 000. */
	readonly files?: number;
	/** The package it belongs to, so that a report can leave out what a package brought. */
	readonly package?: string;
};
export type Changes = {
	/** Sorted by path. */
	readonly files: readonly FileChange[];
	readonly packages: PackageChanges;
	/** Listening sockets that were not there when it had booted first; empty when it is off. */
	readonly ports: readonly Port[];
};

/** `root` and the layers' upper directories are paths of this machine; `ports` those open now, `before` those it booted with. */
export const changesOf = (
	layers: readonly Layer[],
	root: string,
	ports: readonly Port[],
	before: readonly Port[],
): Changes => {
	const owners = packageFiles(root);
	const known = new Set(before.map(showPort));
	return {
		files: layers
			.flatMap(one => filesOf(one, root))
			.map(one => {
				const owner = owners.get(one.path);
				return owner === undefined ? one : {...one, package: owner};
			})
			.sort((a, b) => (a.path < b.path ? -1 : 1)),
		packages: packagesOf(firstOf(layers[0]?.lower ?? [], statusPath), join(root, statusPath)),
		ports: ports.filter(port => !known.has(showPort(port))),
	};
};

/** Logs, caches and what belongs to the throw-away host itself. */
export const isNoise = (path: string): boolean =>
	noise.some(prefix => path === prefix || path.startsWith(`${prefix}/`));

const noise = [
	'/var/log',
	'/var/cache',
	'/run',
	'/tmp',
	'/var/tmp',
	'/root/.cache',
	'/dev',
	'/proc',
	'/sys',
	'/etc/resolv.conf',
	'/etc/.updated',
	'/var/.updated',
	'/etc/.pwd.lock',
	'/var/lib/docker',
	'/var/lib/containers',
	'/var/lib/host-setup',
	'/opt/host-setup',
	'/var/lib/dpkg',
	'/var/lib/apt',
	'/var/lib/systemd',
	'/etc/ld.so.cache',
	'/usr/share/mime/mime.cache',
];

/**
 * Walks the upper directory only; the merged tree beside the lower ones says what it means, whiteouts and opaque directories included. What runs in the copy
 * goes on meanwhile, and may have made a tree to keep us busy: a directory too deep, or behind too many names, stands as changed for all that is in it.
 */
const filesOf = (one: Layer, root: string): readonly FileChange[] => {
	const found: FileChange[] = [];
	const todo: {readonly below: string; readonly depth: number}[] = [{below: '', depth: 0}];
	let looked = 0;
	const compared = {bytes: 0};
	for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
		const {below, depth} = next;
		const names = new Set(list(join(one.upper, below)));
		const merged = new Set(list(join(root, one.at, below)));
		for (const name of new Set([...names, ...one.lower.flatMap(directory => list(join(directory, below)))])) {
			const path = join(one.at, below, name);
			const inside = join(below, name);
			if (isNoise(path)) continue;
			looked += 1;
			const was = firstOf(one.lower, inside);
			const is = merged.has(name) ? join(root, path) : undefined;
			const stat = is === undefined ? undefined : lstatSync(is, {throwIfNoEntry: false});
			if (is === undefined || stat === undefined) {
				if (was !== undefined) found.push({path, change: 'removed'});
			} else if (names.has(name)) {
				const isDirectory = stat.isDirectory();
				const goesOn =
					was !== undefined && isDirectory && lstatSync(was, {throwIfNoEntry: false})?.isDirectory() === true;
				const tooMuch = goesOn && (depth >= deepest || looked > mostNames);
				if (was === undefined) found.push({path, change: 'added', ...(isDirectory && {files: count(is)})});
				else if (tooMuch || !isSame(was, is, compared)) found.push({path, change: 'changed'});
				if (goesOn && !tooMuch) todo.push({below: inside, depth: depth + 1});
			}
		}
	}
	return found;
};

const deepest = 64;
const mostNames = 1_000_000;
/** Bytes of a file that is compared byte by byte. */
const largest = 64 * 1024 * 1024;
/** And of all of them: a sparse file takes nothing of the disk, and there may be any number. */
const mostBytes = 4 * 1024 * 1024 * 1024;

/** Of a larger file its size and time tell, and of all past the bound. What goes while it is looked at is another thing. */
const isSame = (was: string, is: string, compared: {bytes: number}): boolean => {
	const [a, b] = [lstatSync(was, {throwIfNoEntry: false}), lstatSync(is, {throwIfNoEntry: false})];
	if (a === undefined || b === undefined) return false;
	if (!a.isFile() || !b.isFile()) return digestOf(was) === digestOf(is);
	if (a.size === b.size && a.size <= largest && compared.bytes <= mostBytes) {
		compared.bytes += a.size;
		return digestOf(was) === digestOf(is);
	}
	return a.size === b.size && a.mtimeMs === b.mtimeMs && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
};

/** The lower file that would be seen: whiteouts of a frozen layer hide those below it. */
const firstOf = (lower: readonly string[], below: string): string | undefined => {
	for (const directory of lower) {
		const path = join(directory, below);
		const stat = lstatSync(path, {throwIfNoEntry: false});
		if (stat) return stat.isCharacterDevice() && stat.rdev === 0 ? undefined : path;
	}
	return undefined;
};

/** The files below, in a loop, for it may be as deep as its owner likes; no more than it takes to say that they are many. */
const count = (directory: string): number => {
	let files = 0;
	const todo = [{at: directory, depth: 0}];
	for (let next = todo.pop(); next !== undefined && files < mostCounted; next = todo.pop())
		for (const entry of entriesOf(next.at))
			if (!entry.isDirectory()) files += 1;
			else if (next.depth < deepest) todo.push({at: join(next.at, entry.name), depth: next.depth + 1});
	return Math.min(files, mostCounted);
};

const mostCounted = 100_000;

const entriesOf = (directory: string): readonly Dirent[] => {
	try {
		return readdirSync(directory, {withFileTypes: true});
	} catch {
		return [];
	}
};

const list = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};
