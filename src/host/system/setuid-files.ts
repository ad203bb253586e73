/**
 * Files that make whoever runs them root: setuid of root, or with capabilities. Looked for where programs lie and where users put things, two levels deep and
 * never through the whole disk: a copy of a shell that somebody left to come back by lies where it is found again.
 */
import {lstatSync, opendirSync, readFileSync, realpathSync, type Stats} from 'node:fs';
import {join} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {bytesThere} from '../owned/look.ts';
import {ifTold} from '../see.ts';

export type SetuidFile = {
	readonly path: string;
	/** A place where users put things: no program of the system is there. */
	readonly ofUsers: boolean;
	/** The shell or interpreter whose bytes it has, under whatever name. */
	readonly copyOf?: string;
};

/** `words`: `cap_setuid=ep`. */
export type CapableFile = {readonly path: string; readonly words: string; readonly copyOf?: string};

export type RootByFile = {
	readonly setuid: readonly SetuidFile[];
	/** Directories with more names than were looked at. */
	readonly cutOff: readonly string[];
	/** Undefined where nobody could tell. */
	readonly capable: readonly CapableFile[] | undefined;
};

export const rootByFile: Fact<RootByFile> = {
	id: 'root-by-file',
	async read(host) {
		const without = await withoutSetuid(host);
		const looking: Looking = {root: host.root, left: mostTogether, cutOff: []};
		const aside: Looking = {...looking, cutOff: []};
		const all = [
			...programs.flatMap(place => inPlace(looking, place, false, 1)),
			...['/opt', '/root'].flatMap(place => inPlace(looking, place, false, 2)),
			// Much of a package in one directory is no reason to know less of the places of users.
			...besides.flatMap(place => inPlace(aside, place, false, 2)),
			...(await placesOfUsers(host)).flatMap(place => inPlace(looking, place, true, 2)),
		].filter(({path}) => !without(path));
		return {
			cutOff: looking.cutOff,
			setuid: all.map(({path, ofUsers, stat}) => {
				const copyOf = shellLike(host.root, path, stat);
				return {path, ofUsers, ...(copyOf !== undefined && {copyOf})};
			}),
			capable: await ifTold(() => capable(host)),
		};
	},
};

/** /bin and /sbin are links to these by now, or places of their own on a host that was upgraded. */
const programs = [
	'/usr/bin',
	'/usr/sbin',
	'/bin',
	'/sbin',
	'/usr/local/bin',
	'/usr/local/sbin',
	'/usr/local/lib',
	'/usr/games',
];

/** Where programs of packages lie for each other, and what nobody looks through: a copy of a shell is not seen there. */
const besides = ['/usr/lib', '/usr/libexec', '/usr/share', '/etc', '/var/lib', '/var/backups'];

const placesOfUsers = async (host: Reader): Promise<readonly string[]> => {
	const homes = (await ifTold(() => host.list('/home'))) ?? [];
	const own = homes.slice(0, 100).flatMap(name => [`/home/${name}`, `/home/${name}/.local/bin`]);
	return ['/tmp', '/var/tmp', '/dev/shm', '/srv', '/var/www', ...own];
};

/** Names looked at in one directory, and in all: whoever makes more of them, in two levels a million at once, has none of our time for it. */
const most = 3000;
const mostTogether = 100_000;

type Seen = {readonly path: string; readonly ofUsers: boolean; readonly stat: Stats};
type Looking = {readonly root: string; left: number; readonly cutOff: string[]};

/** Without a call of its own for each: a thousand programs are looked at in a few milliseconds. */
const inPlace = (looking: Looking, place: string, ofUsers: boolean, depth: number): readonly Seen[] =>
	(isItself(looking.root, place) ? namesIn(looking, place) : []).flatMap((name): readonly Seen[] => {
		const path = `${place}/${name}`;
		const stat = lookAt(join(looking.root, path));
		if (stat?.isDirectory()) return depth > 1 ? inPlace(looking, path, ofUsers, depth - 1) : [];
		// What root alone may run makes nobody root.
		const isRoots =
			stat?.isFile() === true && stat.uid === 0 && (stat.mode & 0o4000) !== 0 && (stat.mode & 0o011) !== 0;
		return isRoots ? [{path, ofUsers, stat}] : [];
	});

/** Behind a link of a user lies what is looked at by its own name, or no business of ours. */
const isItself = (root: string, place: string): boolean => {
	try {
		return realpathSync(join(root, place)) === join(realpathSync(root), place);
	} catch {
		return false;
	}
};

/** One after the other: a directory of millions is not taken into memory to look at its first thousands. */
const namesIn = (looking: Looking, place: string): readonly string[] => {
	const names: string[] = [];
	try {
		const directory = opendirSync(join(looking.root, place), {bufferSize: 256});
		try {
			for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
				if (names.length === most || looking.left === 0) {
					looking.cutOff.push(place);
					break;
				}
				names.push(entry.name);
				looking.left -= 1;
			}
		} finally {
			directory.closeSync();
		}
	} catch {
		// Absent, or not for this user to see: the check says that only root sees all.
	}
	return names;
};

const lookAt = (path: string): Stats | undefined => {
	try {
		return lstatSync(path, {throwIfNoEntry: false});
	} catch {
		return undefined;
	}
};

const shells = [
	'bash',
	'dash',
	'zsh',
	'ksh93',
	'busybox',
	'python3.9',
	'python3.11',
	'python3.12',
	'python3.13',
	'perl',
	// They run what they are told, or write what they are told.
	...['find', 'env', 'mawk', 'gawk', 'tar', 'sed', 'vim.basic', 'vim.tiny', 'nsenter', 'setpriv', 'cp', 'dd', 'tee'],
];

const shellLike = (root: string, path: string, {size}: Stats): string | undefined =>
	shells.find(name => {
		const shell = join(root, '/usr/bin', name);
		const stat = lookAt(shell);
		if (stat?.isFile() !== true || stat.size !== size) return false;
		return bytesThere(join(root, path), size)?.equals(readFileSync(shell)) === true;
	});

/** Where the file system does not honour the bit, a file with it is only a file. */
const withoutSetuid = async (host: Reader): Promise<(path: string) => boolean> => {
	const text = host.root === '/' ? ((await ifTold(() => textOf(host, '/proc/self/mounts'))) ?? '') : '';
	const mounts = text.split('\n').flatMap(line => {
		const [, place, , options] = line.split(' ');
		return place === undefined ? [] : [{place, nosuid: (options ?? '').split(',').includes('nosuid')}];
	});
	return path => {
		const on = mounts
			.filter(({place}) => place === '/' || path.startsWith(`${place}/`))
			.toSorted((a, b) => b.place.length - a.place.length)[0];
		return on?.nosuid === true;
	};
};

/** `/usr/bin/ping cap_net_raw=ep`, in older releases `/usr/bin/ping = cap_net_raw+ep`. */
const capable = async (host: Reader): Promise<readonly CapableFile[]> => {
	const text = await host.query(['getcap', '-r', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'], {
		timeout: 3000,
		codes: [0, 1],
	});
	return [...text.matchAll(/^(\/\S+) (?:= )?(cap_\S+)$/gm)].map(([, path = '', words = '']) => {
		const stat = lookAt(join(host.root, path));
		const copyOf = stat?.isFile() === true ? shellLike(host.root, path, stat) : undefined;
		return {path, words, ...(copyOf !== undefined && {copyOf})};
	});
};
