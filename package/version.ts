/** What is built: the version of package.json, counted on by commits, so that a package of a later commit is an upgrade; and the time that all files are given, so that two builds are the same bytes. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';

const root = join(import.meta.dirname, '..');

export type Version = {
	/** `0.1.0+493.g1bd45ca`; with a tag of that version on the commit plainly `0.1.0`. */
	readonly version: string;
	readonly commit: string;
	/** Seconds since the epoch: the commit's. */
	readonly epoch: number;
	/** Whether files differ from the commit. */
	readonly changed: boolean;
};

/** Throws what git says where this is no checkout. */
export const versionOf = async (): Promise<Version> => {
	const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {readonly version: string};
	const [commit, count, epoch, tags, status] = await Promise.all([
		git('rev-parse', '--short=9', 'HEAD'),
		git('rev-list', '--count', 'HEAD'),
		git('log', '-1', '--format=%ct'),
		git('tag', '--points-at', 'HEAD'),
		git('status', '--porcelain', '--untracked-files=no'),
	]);
	return {
		version: tags.split('\n').includes(`v${version}`) ? version : `${version}+${count}.g${commit}`,
		commit,
		epoch: Number(epoch),
		changed: status !== '',
	};
};

const git = async (...words: readonly string[]): Promise<string> => (await execa('git', words, {cwd: root})).stdout;
