/** Trees of files as they are saved: which directory it is that is shown to restic, what of it is left out, and how much it holds. */
import {join} from 'node:path';
import {statThrough} from '#host/files/stat-through.ts';
import {type Shown, withView} from '#host/restic/tree-view.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Places} from '../places.ts';
import type {Kept} from '../things.ts';
import {notThere} from './postgres.ts';

export type ShownTree = Shown & {readonly thing: Kept; readonly without: readonly string[]};

/** The directory where it really is, under a name of ours. Throws Fault backup.not-there. */
export const showTree = async (host: Host, thing: Kept, path: string, {view}: Places): Promise<ShownTree> => {
	const {path: real, stat} = await statThrough(host, path);
	if (stat?.kind !== 'directory' || stat.id === undefined) throw notThere(`the directory ${path}`);
	const at = join(view, thing.word);
	await host.mkdir(at, {mode: 0o700, owner: 'root:root'});
	return {
		thing,
		at,
		path: real,
		id: stat.id,
		without: thing.leaveOut.map(one => `${at}${one.slice(path.length)}`),
	};
};

/** How many files of whatever kind are in it, by the numbers of their owners as well. */
export type TreeCount = {readonly files: number; readonly users: readonly string[]; readonly groups: readonly string[]};

/** Throws Fault backup.no-view and program.failed. */
export const countTree = async (host: Reader, tree: ShownTree): Promise<TreeCount> => {
	const argv = [...findIn(tree.at, tree.without), '-printf', '%U:%G\\n'];
	const ran = await host.probe(withView([tree], argv), {timeout: 600_000});
	if (ran.code === 125)
		throw new Fault(
			'backup.no-view',
			`${tree.path} could not be shown to restic without following links`,
			'A kernel from 5.10 on is needed, or the tree was swapped while setup looked; the last line says which.',
			{details: [ran.stderr.trim().slice(0, 500)]},
		);
	return countOf(ran.stdout);
};

/** Of `find -printf '%U:%G\n'`. Exported for its test. */
export const countOf = (text: string): TreeCount => {
	let files = 0;
	const [users, groups] = [new Set<string>(), new Set<string>()];
	for (const [, user = '', group = ''] of text.matchAll(/^(\d+):(\d+)$/gm)) {
		files += 1;
		users.add(user);
		groups.add(group);
	}
	return {files, users: [...users], groups: [...groups]};
};

/** All below a directory but what is left out. */
export const findIn = (directory: string, without: readonly string[]): readonly string[] => [
	'/usr/bin/find',
	directory,
	'-mindepth',
	'1',
	...without.flatMap(path => ['-path', asPattern(path), '-prune', '-o']),
];

/** A name as find and restic take it for itself, whatever is in it. Exported for its test. */
export const asPattern = (path: string): string => path.replaceAll(/[\\*?[\]]/g, '\\$&');
