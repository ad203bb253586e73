/**
 * Who other than root can make root read or run something else at a path: by writing it, or by replacing a directory or a link on the way to it.
 * Every component and every link is followed by hand, so that nothing is left out and an offline root is never left.
 */
import {lstatSync, readlinkSync, type Stats} from 'node:fs';
import {basename, dirname, isAbsolute, join} from 'node:path';
import type {Fact} from '#model/host.ts';
import {type AccountNames, accountNames} from './account-names.ts';
import {type Who, writersOf} from './writers.ts';

export type Writer = Who & {
	/** What they may write: the file itself, a link, or a directory in which they can put another in its place. */
	readonly path: string;
};

export type Trust = {
	readonly path: string;
	readonly writers: readonly Writer[];
	/** What stands at the end of all links. */
	readonly end: 'file' | 'directory' | 'other' | 'absent' | 'unresolved';
	/** Where that is; of what is absent, where it would be; of what is unresolved, where it stopped. */
	readonly real: string;
};

/** Answers for one look at a host; what it has seen it does not look at again. */
export type Trusting = (path: string) => Trust;

/** The same for all of a pass, on a live host or below an offline root. */
export const trust: Fact<Trusting> = {id: 'trust', read: async host => createTrusting(host.root)};

/** Only root can change what is there: it is there, and nobody else may write it or anything above. */
export const isRoots = ({writers, end}: Trust): boolean =>
	writers.length === 0 && end !== 'absent' && end !== 'unresolved';

/** `path` is absolute, as the host sees it. Throws nothing: what cannot be followed is 'unresolved', and is not to be trusted. */
export const createTrusting = (root = '/'): Trusting => {
	const known = new Map<string, Trust>();
	const looks = new Map<string, Look>();
	let names: AccountNames | undefined;
	const look = (at: string): Look => {
		const seen = looks.get(at) ?? lookAt(join(root, at));
		looks.set(at, seen);
		return seen;
	};
	const writers = new Map<string, readonly Who[]>();
	const who = (at: string, stat: Stats): readonly Who[] => {
		if (stat.uid === 0 && (stat.isSymbolicLink() || (stat.mode & 0o022) === 0)) return nobody;
		names ??= accountNames(root);
		const some = writers.get(at) ?? writersOf(join(root, at), stat, names);
		writers.set(at, some);
		return some;
	};
	/** Directories without links and writers on the way to them: there a further path begins. */
	const clean = new Set<string>();
	return path => {
		const before = known.get(path);
		if (before !== undefined) return before;
		const above = dirname(path);
		const name = basename(path);
		const plain = clean.has(above) && name !== '..' && path === `${above === '/' ? '' : above}/${name}`;
		const quick = plain ? rootsOwn(path, join(root, path)) : undefined;
		if (quick !== undefined) {
			known.set(path, quick);
			return quick;
		}
		const trusted = follow(path, plain ? {at: above, todo: [name]} : {at: '/', todo: partsOf(path)}, look, who);
		if (trusted.writers.length === 0 && trusted.real === path && trusted.end !== 'unresolved') {
			const place = look(above);
			// A sticky one has writers, who may not touch what is there.
			if (typeof place !== 'string' && !forAll(place.stat) && who(above, place.stat).length === 0) clean.add(above);
		}
		known.set(path, trusted);
		return trusted;
	};
};

const nobody: readonly Who[] = [];

/** The most frequent answer, at once: in a clean directory, root's, and nobody else may write it. A directory that is sticky has to be looked at. */
const rootsOwn = (path: string, place: string): Trust | undefined => {
	try {
		const stat = lstatSync(path === place ? path : place, {throwIfNoEntry: false});
		if (stat === undefined || stat.uid !== 0 || (stat.mode & 0o022) !== 0 || !stat.isFile()) return undefined;
		return {path, writers: [], end: 'file', real: path};
	} catch {
		return undefined;
	}
};

type Look = {readonly stat: Stats; readonly target?: string} | 'absent' | 'unresolved';

const mostLinks = 40;

const follow = (
	path: string,
	start: {readonly at: string; readonly todo: string[]},
	look: (at: string) => Look,
	who: (at: string, stat: Stats) => readonly Who[],
): Trust => {
	const writers = new Map<string, Writer>();
	const note = (at: string, some: readonly Who[]): void => {
		for (const one of some) writers.set(`${at}\0${one.words}`, {...one, path: at});
	};
	const done = (end: Trust['end'], real: string): Trust => ({path, writers: [...writers.values()], end, real});
	if (!isAbsolute(path) || path.includes('\0')) return done('unresolved', path);
	const {todo} = start;
	let {at} = start;
	let links = 0;
	for (;;) {
		const here = look(at);
		if (typeof here === 'string') return done(here, at);
		const name = todo.shift();
		if (name === undefined) {
			// Where a masked unit points: everybody writes there, and nobody reads what.
			if (at !== '/dev/null') note(at, who(at, here.stat));
			return done(here.stat.isFile() ? 'file' : here.stat.isDirectory() ? 'directory' : 'other', at);
		}
		// A file in the place of a directory.
		if (!here.stat.isDirectory()) {
			note(at, who(at, here.stat));
			return done('absent', join(at, name, ...todo));
		}
		if (name === '..') {
			at = dirname(at);
			continue;
		}
		const next = join(at, name);
		const there = look(next);
		note(at, replacers(at, here.stat, there, who));
		if (there === 'absent') return done('absent', join(next, ...todo));
		if (there === 'unresolved') return done('unresolved', next);
		if (there.target === undefined) {
			at = next;
			continue;
		}
		note(next, who(next, there.stat));
		links += 1;
		if (links > mostLinks) return done('unresolved', next);
		if (isAbsolute(there.target)) at = '/';
		todo.unshift(...partsOf(there.target));
	}
};

/** In a sticky directory only its owner, and an entry's own, may take an entry's place; what is mounted there may say of itself what it likes. */
const replacers = (
	at: string,
	directory: Stats,
	entry: Look,
	who: (at: string, stat: Stats) => readonly Who[],
): readonly Who[] => {
	const sticky = (directory.mode & 0o1000) !== 0 && typeof entry !== 'string' && entry.stat.dev === directory.dev;
	// Of root's own then nobody, whatever mode and access list say: they are not asked.
	if (sticky && directory.uid === 0) return nobody;
	const may = who(at, directory);
	return sticky ? may.filter(({kind}) => kind === 'owner') : may;
};

const forAll = ({mode}: Stats): boolean => (mode & 0o002) !== 0;

const partsOf = (path: string): string[] => path.split('/').filter(part => part !== '' && part !== '.');

const lookAt = (path: string): Look => {
	try {
		const stat = lstatSync(path, {throwIfNoEntry: false});
		if (stat === undefined) return 'absent';
		return {stat, ...(stat.isSymbolicLink() && {target: readlinkSync(path)})};
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'unresolved';
	}
};
