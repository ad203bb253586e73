/**
 * A place in the tree of a throw-away host, held by a descriptor while something is mounted on it. By its name it could be another one by then: who owns a
 * directory above swaps it for a link, which leads out of the tree, and the mount would cover what root runs.
 */
import {closeSync, constants, fstatSync, mkdirSync, openSync, readlinkSync} from 'node:fs';
import {byPath} from '#host/owned/held-directory.ts';
import {Fault} from '#model/fault.ts';

export type HeldPlace = {
	/** The place itself, for another process: good until it is closed. */
	readonly path: string;
	/** What is mounted on it by now. */
	top(): string;
	close(): void;
};

/** Walks below `root` (a path of this machine) as a system there would. Links are followed in directories that only root may write. Throws Fault 'rehearse.mount'. */
export const holdPlace = (root: string, at: string, make: 'directory' | 'file' | 'there'): HeldPlace => {
	const opened: number[] = [openSync(root, flags | constants.O_DIRECTORY)];
	const take = (fd: number): number => {
		opened.push(fd);
		return fd;
	};
	const close = (): void => {
		for (const fd of opened.splice(0)) closeSync(fd);
	};
	try {
		// The directories above the place, the root first; a word of a link may lead up again, and never above it.
		const above = [opened[0]!];
		let name = '.';
		let links = 0;
		const words = wordsOf(at);
		for (let word = words.shift(); word !== undefined; word = words.shift()) {
			const directory = above.at(-1)!;
			if (word === '..') {
				if (above.length > 1) above.pop();
				continue;
			}
			const found = take(openIn(directory, word, words.length > 0 ? 'directory' : make));
			if (fstatSync(found).isSymbolicLink()) {
				links += 1;
				if (links > 40 || !isRoots(directory)) throw moved(at);
				const target = readlinkSync(`/proc/self/fd/${directory}/${word}`);
				if (target.startsWith('/')) above.splice(1);
				words.unshift(...wordsOf(target));
				continue;
			}
			name = word;
			above.push(found);
		}
		const [parent, place] = [above.at(-2) ?? above[0]!, above.at(-1)!];
		return {
			path: outside(place),
			top: () => outside(take(openSync(`/proc/self/fd/${parent}/${above.length > 1 ? name : '.'}`, flags))),
			close,
		};
	} catch (error) {
		close();
		throw error;
	}
};

const flags = byPath | constants.O_NOFOLLOW;

const openIn = (directory: number, name: string, make: 'directory' | 'file' | 'there'): number => {
	const path = `/proc/self/fd/${directory}/${name}`;
	try {
		return openSync(path, flags);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || make === 'there') throw error;
		if (make === 'directory') mkdirSync(path, {mode: 0o755});
		else closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644));
		return openSync(path, flags);
	}
};

const isRoots = (directory: number): boolean => {
	const {uid, mode} = fstatSync(directory);
	return uid === 0 && (mode & 0o022) === 0;
};

const outside = (fd: number): string => `/proc/${process.pid}/fd/${fd}`;

const wordsOf = (path: string): string[] => path.split('/').filter(word => word !== '' && word !== '.');

const moved = (at: string): Fault =>
	new Fault(
		'rehearse.mount',
		`${at} is behind a link that others than root can have put there`,
		'See who owns the directories above it; run it again when nobody changes them.',
	);
