/** lstat of many files below one held directory: each directory on the way by its own descriptor, so that none can be swapped for a link meanwhile. */
import {closeSync, constants, lstatSync, openSync, type Stats} from 'node:fs';
import {byPath} from './held-directory.ts';

type Level = {readonly name: string; readonly fd: number};

/** In the order of `files` (relative to `inode`, a descriptor's name); undefined for what is not there, or behind a link. Cheapest where they are sorted. */
export const statsBelow = (inode: string, files: readonly string[]): readonly (Stats | undefined)[] => {
	const levels: Level[] = [];
	try {
		return files.map(path => {
			const names = path.split('/').filter(name => name !== '' && name !== '.');
			const last = names.pop() ?? '.';
			const top = enter(inode, levels, names);
			return top === undefined || last === '..' ? undefined : lstatSync(`${top}/${last}`, {throwIfNoEntry: false});
		});
	} finally {
		leaveTo(levels, 0);
	}
};

/** The name of the directory's descriptor. Those of the file before that it shares stay open. */
const enter = (inode: string, levels: Level[], names: readonly string[]): string | undefined => {
	const differs = names.findIndex((name, index) => levels[index]?.name !== name);
	leaveTo(levels, differs === -1 ? names.length : differs);
	for (const name of names.slice(levels.length)) {
		if (name === '..') return undefined;
		const fd = openIfThere(`${nameOf(inode, levels)}/${name}`);
		if (fd === undefined) return undefined;
		levels.push({name, fd});
	}
	return nameOf(inode, levels);
};

const nameOf = (inode: string, levels: readonly Level[]): string => {
	const fd = levels.at(-1)?.fd;
	return fd === undefined ? inode : `/proc/self/fd/${fd}`;
};

const openIfThere = (name: string): number | undefined => {
	try {
		return openSync(name, byPath | constants.O_DIRECTORY | constants.O_NOFOLLOW);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

const leaveTo = (levels: Level[], length: number): void => {
	for (const {fd} of levels.splice(length)) closeSync(fd);
};
