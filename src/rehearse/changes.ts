/** What a throw-away host became: files, packages and open ports, compared with what it was made of. */
import {existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {digestOf} from './digest.ts';
import type {Layer} from './mounts.ts';

export type FileChange = {
	readonly path: string;
	readonly change: 'added' | 'changed' | 'removed';
	/** For a new directory, which stands for all below it: how many files that is. */
	readonly files?: number;
	/** The package it belongs to, so that a report can leave out what a package brought. */
	readonly package?: string;
};
export type Port = {readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number};
export type Changes = {
	/** Sorted by path. */
	readonly files: readonly FileChange[];
	/** `name version`, sorted. */
	readonly packages: {readonly added: readonly string[]; readonly changed: readonly string[]; readonly removed: readonly string[]};
	/** Listening sockets that were not there when it had booted first; empty when it is off. */
	readonly ports: readonly Port[];
};

/** `root` and the layers' upper directories are paths of this machine; `ports` those open now, `before` those it booted with. */
export const changesOf = (layers: readonly Layer[], root: string, ports: readonly Port[], before: readonly Port[]): Changes => {
	const owners = packageFiles(root);
	const known = new Set(before.map(showPort));
	return {
		files: layers.flatMap(one => filesOf(one, root)).map(one => {
			const owner = owners.get(one.path);
			return owner === undefined ? one : {...one, package: owner};
		}).sort((a, b) => a.path < b.path ? -1 : 1),
		packages: packagesOf(layers[0]?.lower ?? [], root),
		ports: ports.filter(port => !known.has(showPort(port))),
	};
};

/** `tcp 0.0.0.0:80` */
export const showPort = (port: Port): string => `${port.protocol} ${port.address.includes(':') ? `[${port.address}]` : port.address}:${port.port}`;

/** Logs, caches and what belongs to the throw-away host itself. */
export const isNoise = (path: string): boolean => noise.some(prefix => path === prefix || path.startsWith(`${prefix}/`));

const noise = [
	'/var/log', '/var/cache', '/run', '/tmp', '/var/tmp', '/root/.cache', '/dev', '/proc', '/sys', '/etc/resolv.conf', '/etc/.updated', '/var/.updated', '/etc/.pwd.lock',
	'/var/lib/docker', '/var/lib/containers', '/var/lib/host-setup', '/opt/host-setup', '/var/lib/dpkg', '/var/lib/apt', '/var/lib/systemd', '/etc/ld.so.cache', '/usr/share/mime/mime.cache',
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
				if (was === undefined) found.push({path, change: 'added', ...(isDirectory && {files: count(join(root, path))})});
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

const count = (directory: string): number => readdirSync(directory, {recursive: true, withFileTypes: true}).filter(one => !one.isDirectory()).length;

const list = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};

const packagesOf = (lower: readonly string[], root: string): Changes['packages'] => {
	const was = packagesIn(firstOf(lower, 'var/lib/dpkg/status'));
	const is = packagesIn(join(root, 'var/lib/dpkg/status'));
	const names = [...new Set([...was.keys(), ...is.keys()])].sort();
	return {
		added: names.flatMap(name => !was.has(name) ? [`${name} ${is.get(name)}`] : []),
		changed: names.flatMap(name => was.has(name) && is.has(name) && was.get(name) !== is.get(name) ? [`${name} ${was.get(name)} -> ${is.get(name)}`] : []),
		removed: names.flatMap(name => !is.has(name) ? [`${name} ${was.get(name)}`] : []),
	};
};

const packagesIn = (status: string | undefined): ReadonlyMap<string, string> => new Map((status !== undefined && existsSync(status) ? readFileSync(status, 'utf8') : '').split('\n\n').flatMap(stanza => {
	const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
	const name = field('Package');
	return name !== undefined && field('Status')?.endsWith(' installed') ? [[name, field('Version') ?? ''] as const] : [];
}));

/** Path to package, from dpkg's own lists. A merged /usr has two names for one file. */
const packageFiles = (root: string): ReadonlyMap<string, string> => {
	const info = join(root, 'var/lib/dpkg/info');
	const found = new Map<string, string>();
	for (const name of list(info).filter(one => one.endsWith('.list'))) {
		const owner = name.slice(0, -'.list'.length).replace(/:.*/, '');
		for (const path of readFileSync(join(info, name), 'utf8').split('\n')) found.set(path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'), owner);
	}
	return found;
};

/** The listening sockets in the network namespace of a process. */
export const portsOf = (leader: number): readonly Port[] => {
	const found = (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap(table => rows(`/proc/${leader}/net/${table}`).flatMap((fields): readonly Port[] => {
		const [address = '', port = '0'] = (fields[1] ?? '').split(':');
		const listening = table.startsWith('tcp') ? fields[3] === '0A' : fields[3] === '07';
		return listening ? [{protocol: table.startsWith('tcp') ? 'tcp' : 'udp', address: showAddress(address), port: Number.parseInt(port, 16)}] : [];
	}));
	return found.sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
};

const rows = (path: string): readonly (readonly string[])[] => existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(1).filter(line => line !== '').map(line => line.trim().split(/\s+/)) : [];

/** The kernel prints addresses as 32-bit words in the machine's byte order. */
const showAddress = (hex: string): string => {
	const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => (word.match(/../g) ?? []).reverse());
	if (bytes.length === 4) return bytes.map(byte => Number.parseInt(byte, 16)).join('.');
	if (bytes.every(byte => byte === '00')) return '::';
	if (/^(00){15}01$/.test(bytes.join(''))) return '::1';
	return (bytes.join('').match(/.{4}/g) ?? []).join(':');
};
