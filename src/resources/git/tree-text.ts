/**
 * What a file of the application's source says: from the checkout, and before there is one from the repository, where that is on this host.
 * So a plan for a fresh host can compare answers with the source. Read with the rights of who will own the checkout.
 */
import {join} from 'node:path';
import {filesIn} from '#host/files/digest.ts';
import {matches} from '#host/files/glob.ts';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {readAs} from '../shared/read-as.ts';
import {askGit, isLocal, localPath, type Source} from './program.ts';
import {commitAt} from './ref.ts';

export type SourceTree = {
	/** Where the checkout is, or will be. */
	readonly directory: string;
	readonly user: string;
	/** Where it comes from, as far as the step knows. */
	readonly from?: {readonly url: string; readonly ref: string} | undefined;
};

/** The text of a file, by its path from the top; undefined where the tree has none. Throws Blocked until there is a tree to read. */
export const treeText = async (host: Reader, tree: SourceTree, path: string): Promise<string | undefined> => {
	if ((await host.stat(tree.directory)) !== undefined) return readAs(host, tree.user, join(tree.directory, path));
	const {ask, commit} = await repositoryOf(host, tree);
	return (await ask(['ls-tree', '-z', commit, '--', path])).startsWith('100')
		? ask(['cat-file', 'blob', `${commit}:${path}`])
		: undefined;
};

/** Paths from the top that one of the globs names, sorted. Throws Blocked until there is a tree to read. */
export const treeFiles = async (
	host: Reader,
	tree: SourceTree,
	globs: readonly string[],
): Promise<readonly string[]> => {
	if ((await host.stat(tree.directory)) !== undefined) return filesIn(host, tree.directory, globs);
	const {ask, commit} = await repositoryOf(host, tree);
	return (await ask(['ls-tree', '-r', '-z', '--name-only', commit]))
		.split('\0')
		.filter(path => path !== '' && matches(path, globs))
		.sort();
};

/** Who reads in somebody's name before there is that user: nobody, who may read what everybody may. */
export const readerOf = async (host: Reader, user: string): Promise<string> =>
	(await host.fact(accounts)).users.has(user) ? user : 'nobody';

const repositoryOf = async (
	host: Reader,
	{directory, user, from}: SourceTree,
): Promise<{readonly commit: string; readonly ask: (args: readonly string[]) => Promise<string>}> => {
	const later = new Blocked({because: 'until', thing: `path:${directory}`});
	if (from === undefined || !isLocal(from.url) || host.root !== '/') throw later;
	const place = localPath(from.url);
	const source: Source = {url: from.url, user: await readerOf(host, user)};
	const commit = await commitAt(host, source, place, from.ref);
	if (commit === undefined) throw later;
	const inside = (await host.stat(`${place}/.git`)) === undefined ? place : `${place}/.git`;
	return {
		commit,
		ask: args =>
			askGit(host, source, [`--git-dir=${inside}`, ...args], {timeout: 10_000}).catch(error => {
				throw error instanceof Fault ? later : error;
			}),
	};
};
