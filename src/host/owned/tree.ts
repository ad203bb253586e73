/** All names below a directory, by descriptors and in a loop: no link is followed, however its owner moves things about, and a tree without end is a fault. */
import {closeSync, constants, openSync, readdirSync} from 'node:fs';
import {Fault} from '#model/fault.ts';
import {byPath, holding} from './held-directory.ts';
import {pinned} from './pinned.ts';

export type Below = {
	/** Relative to the top, without `./`. */
	readonly path: string;
	readonly kind: 'file' | 'directory' | 'symlink' | 'other';
};

/** `path` is relative to the top. */
type Leave = (name: string, path: string) => boolean;

const deepest = 256;
/** As many as a look takes in (files/bounds.ts): of each of these the bytes may be read. */
const most = 100_000;

/**
 * Parents before what is in them, sorted in each directory; nothing where there is no directory. `leave` keeps out a name (and its path) with all below.
 * Links on the way to the top are followed as everywhere. Throws Fault tree.too-much, path.leads-out.
 */
export const treeBelow = (top: string, leave: Leave = () => false): Promise<readonly Below[]> =>
	holding(top, {follow: true}, spot =>
		pinned(spot, entry => (entry?.stat.isDirectory() ? namesBelow(entry.inode, top, leave) : [])),
	).catch(error => {
		if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
		throw error;
	});

const namesBelow = (inode: string, top: string, leave: Leave): readonly Below[] => {
	const found: Below[] = [];
	const levels: Level[] = [levelOf(inode, '', leave, 0)];
	try {
		for (;;) {
			const here = levels.at(-1)!;
			const next = here.todo.pop();
			if (next === undefined) {
				levels.pop();
				closeSync(here.fd);
				if (levels.length === 0) return found;
				continue;
			}
			found.push(next);
			if (found.length > most || levels.length > deepest) throw tooMuch(top);
			if (next.kind !== 'directory') continue;
			const name = next.path.slice(next.path.lastIndexOf('/') + 1);
			const level = levelIfThere(`/proc/self/fd/${here.fd}/${name}`, next.path, leave);
			if (level !== undefined) levels.push(level);
		}
	} finally {
		for (const {fd} of levels) closeSync(fd);
	}
};

type Level = {readonly fd: number; readonly todo: Below[]};

const levelOf = (inode: string, path: string, leave: Leave, noFollow: number): Level => {
	const fd = openSync(inode, byPath | constants.O_DIRECTORY | noFollow);
	try {
		const entries = readdirSync(`/proc/self/fd/${fd}`, {withFileTypes: true});
		const todo = entries
			.filter(({name}) => !leave(name, path === '' ? name : `${path}/${name}`))
			.sort((a, b) => (a.name < b.name ? 1 : -1))
			.map(
				(entry): Below => ({
					path: path === '' ? entry.name : `${path}/${entry.name}`,
					kind: entry.isFile()
						? 'file'
						: entry.isDirectory()
							? 'directory'
							: entry.isSymbolicLink()
								? 'symlink'
								: 'other',
				}),
			);
		return {fd, todo};
	} catch (error) {
		closeSync(fd);
		throw error;
	}
};

/** What was a directory a moment ago may be gone, or a link. */
const levelIfThere = (inode: string, path: string, leave: Leave): Level | undefined => {
	try {
		return levelOf(inode, path, leave, constants.O_NOFOLLOW);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

const tooMuch = (path: string): Fault =>
	new Fault(
		'tree.too-much',
		`${path} holds more than ${most} names, or directories more than ${deepest} deep`,
		'Look at what fills it; nothing was done there.',
	);
