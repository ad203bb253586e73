/** What a checkout is right now: its commit, and which of its files differ from it, ours told from foreign. */
import {matches} from '#host/files/glob.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {askGit, type Source} from './program.ts';

export type Tree = {
	readonly head: string;
	/** undefined when detached. */
	readonly branch: string | undefined;
	readonly origin: string;
	/** Changed, added or untracked files that no resource of ours makes. */
	readonly foreign: readonly string[];
	/** Those of them that git tracks. */
	readonly edited: readonly string[];
	/** Tracked files that are gone and are not ours. */
	readonly missing: readonly string[];
	/** Tracked files that are ours and differ from HEAD. */
	readonly ours: readonly string[];
};

/** One git for all of it. With `ignored`, files that .gitignore names count as well. Throws Fault git.* when it is no repository git can read. */
export const lookAtTree = async (
	host: Reader,
	directory: string,
	source: Source,
	ours: readonly string[],
	options: {readonly ignored?: boolean} = {},
): Promise<Tree> => {
	const [text, config] = await Promise.all([
		askGit(
			host,
			source,
			[
				'-C',
				directory,
				'status',
				'--porcelain=v2',
				'--branch',
				'-z',
				'--no-renames',
				'--untracked-files=all',
				...(options.ignored ? ['--ignored=matching'] : []),
			],
			{timeout: 120_000},
		),
		host.read(`${directory}/.git/config`),
	]);
	const status = parseStatus(text);
	if (status.head === undefined) throw new Blocked({because: 'unreadable', need: `${directory} has no commit yet`});
	const mine = (path: string): boolean => matches(path, ours) || isNoise(path);
	return {
		head: status.head,
		branch: status.branch,
		origin: originOf(Buffer.from(config ?? '').toString('utf8')),
		foreign: status.files.filter(file => !mine(file.path) && file.kind !== 'missing').map(file => file.path),
		edited: status.files.filter(file => !mine(file.path) && file.kind === 'changed').map(file => file.path),
		missing: status.files.filter(file => !mine(file.path) && file.kind === 'missing').map(file => file.path),
		ours: status.files.filter(file => mine(file.path) && file.kind !== 'untracked').map(file => file.path),
	};
};

export type StatusFile = {readonly path: string; readonly kind: 'changed' | 'missing' | 'untracked'};

/** `git status --porcelain=v2 --branch -z` as data. */
export const parseStatus = (
	text: string,
): {readonly head: string | undefined; readonly branch: string | undefined; readonly files: readonly StatusFile[]} => {
	const lines = text.split('\0').filter(line => line !== '');
	const header = (name: string): string | undefined =>
		lines.find(line => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
	const [head, branch] = [header('oid'), header('head')];
	return {
		head: head === '(initial)' ? undefined : head,
		branch: branch === '(detached)' ? undefined : branch,
		files: lines.flatMap((line): StatusFile[] => {
			const [mark, state = ''] = line.split(' ');
			if (mark === '1')
				return [{path: line.split(' ').slice(8).join(' '), kind: state === '.D' ? 'missing' : 'changed'}];
			if (mark === 'u') return [{path: line.split(' ').slice(10).join(' '), kind: 'changed'}];
			return mark === '?' || mark === '!' ? [{path: line.slice(2), kind: 'untracked'}] : [];
		}),
	};
};

/** Byte code is made by running the application. */
const isNoise = (path: string): boolean => /(^|\/)__pycache__\/|\.py[co]$/.test(path);

/** The url of `[remote "origin"]`. Its password, if somebody put one there, is left out. */
const originOf = (config: string): string => {
	const lines = config.split('\n').map(line => line.trim());
	const start = lines.findIndex(line => line.startsWith('[remote "origin"]'));
	const section = start < 0 ? [] : lines.slice(start + 1);
	const end = section.findIndex(line => line.startsWith('['));
	const url = section.slice(0, end < 0 ? undefined : end).find(line => /^url\s*=/.test(line)) ?? '';
	return url.replace(/^url\s*=\s*/, '').replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1@');
};
