/** One thing that root reads or runs, and how the files are read that name more of them: what all the readers beside this one share. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

export type RootRead = {
	readonly path: string;
	/** `cron`, `the process sshd (812)`, `nginx`. */
	readonly by: string;
};

export const all = (by: string, paths: readonly string[]): readonly RootRead[] => paths.map(path => ({path, by}));

/** The directory itself, for who may add to it, and what lies in it. */
export const inside = async (host: Reader, directory: string): Promise<readonly string[]> => {
	const names = await ifTold(() => host.list(directory));
	return names === undefined ? [] : [directory, ...names.map(name => `${directory}/${name}`)];
};

export const linesOf = async (host: Reader, path: string): Promise<readonly string[]> =>
	((await ifTold(() => textOf(host, path))) ?? '').split('\n');

/** Directories in which a shell that read this line looks for programs; nothing where it sets no PATH. */
export const searchedBy = (line: string): readonly string[] =>
	(/^\s*(?:export\s+)?PATH=(.*)$/.exec(line)?.[1] ?? '')
		.replaceAll(/["']/g, '')
		.replace(/\s.*$/, '')
		.split(':')
		.filter(path => path.startsWith('/') && !path.includes('$'));
