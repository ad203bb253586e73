/** What a throw-away host became: files, packages and open ports, compared with what it was made of. */
import {lstatSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {digestOf} from './digest.ts';
import type {Layer} from './machine/mounts.ts';
import {type Port, showPort} from './network/ports.ts';
import {type PackageChanges, packageFiles, packagesOf, statusPath} from './packages.ts';

export type FileChange = {
	readonly path: string;
	readonly change: 'added' | 'changed' | 'removed';
	/** For a new directory, which stands for all below it: how many files that is. */
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

/** Walks the upper directory only; the merged tree beside the lower ones says what it means, whiteouts and opaque directories included. */
const filesOf = (one: Layer, root: string): readonly FileChange[] => {
	const found: FileChange[] = [];
	const walk = (below: string): void => {
		const names = new Set(list(join(one.upper, below)));
		const merged = new Set(list(join(root, one.at, below)));
		for (const name of new Set([...names, ...one.lower.flatMap(directory => list(join(directory, below)))])) {
			const path = join(one.at, below, name);
			const inside = join(below, name);
			if (isNoise(path)) continue;
			const was = firstOf(one.lower, inside);
			if (!merged.has(name)) {
				if (was !== undefined) found.push({path, change: 'removed'});
			} else if (names.has(name)) {
				const isDirectory = lstatSync(join(root, path)).isDirectory();
				if (was === undefined)
					found.push({path, change: 'added', ...(isDirectory && {files: count(join(root, path))})});
				else if (digestOf(was) !== digestOf(join(root, path))) found.push({path, change: 'changed'});
				if (was !== undefined && isDirectory && lstatSync(was).isDirectory()) walk(inside);
			}
		}
	};
	walk('');
	return found;
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

const count = (directory: string): number =>
	readdirSync(directory, {recursive: true, withFileTypes: true}).filter(one => !one.isDirectory()).length;

const list = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};
