/** Making a checkout and moving one to another commit, so that a kill in between leaves nothing half-made behind. */
import {basename, dirname, join} from 'node:path';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {fromPath, isLocal, runGit, type Source} from './program.ts';
import {noRef, resolveHere, type Target} from './ref.ts';

export type Place = Source & {readonly directory: string; readonly ref: string; readonly submodules?: boolean};

/** Clones beside the directory, checks out there, and renames only when all of it is there. `before` is told the commit just before the rename. */
export const cloneInto = async (host: Host, place: Place, before: (target: Target) => Promise<void>): Promise<void> => {
	const {directory, url, user, ref} = place;
	const draft = draftOf(directory);
	if ((await host.stat(draft)) !== undefined) await host.removeTree(draft);
	await host.mkdir(draft, {mode: 0o755, owner: await ownerOf(host, user)});
	await runGit(host, place, [
		'clone',
		'--progress',
		'--no-checkout',
		...(isLocal(url) ? ['--no-local'] : []),
		...fromPath(place),
		'--',
		url,
		draft,
	]);
	const target = await resolveHere(host, place, draft, ref);
	if (target === undefined) throw noRef(place, ref);
	await checkout(host, place, draft, target);
	await before(target);
	if ((await host.list(directory))?.length === 0) await host.remove(directory);
	await host.rename(draft, directory);
};

/** Brings a clean checkout to a commit, fetching it first; files that are ours go back to HEAD, their edits run again afterwards. */
export const moveTo = async (
	host: Host,
	place: Place,
	target: Target,
	ours: readonly string[],
	options: {readonly fetch: boolean},
): Promise<void> => {
	const {directory} = place;
	// Left by a git that was killed; only we run git here, and the run holds the path's lock.
	await host.remove(`${directory}/.git/index.lock`);
	if (options.fetch) {
		await runGit(host, place, ['-C', directory, 'remote', 'set-url', 'origin', place.url]);
		await runGit(host, place, [
			'-C',
			directory,
			'fetch',
			'--progress',
			'--tags',
			'--force',
			...fromPath(place),
			'--',
			'origin',
			'+refs/heads/*:refs/remotes/origin/*',
		]);
	}
	await putBack(host, place, ours);
	await checkout(host, place, directory, target);
};

/** Tracked files as HEAD has them. */
export const putBack = async (host: Host, place: Place, files: readonly string[]): Promise<void> => {
	if (files.length > 0)
		await runGit(host, place, [
			'-C',
			place.directory,
			'--literal-pathspecs',
			'checkout',
			'--quiet',
			'--force',
			'HEAD',
			'--',
			...files,
		]);
};

/** The commit on a branch of its name, or detached for a tag or a commit. */
const checkout = async (host: Host, place: Place, directory: string, {kind, name, commit}: Target): Promise<void> => {
	const how = kind === 'branch' ? ['-B', name, commit] : ['--detach', commit];
	await runGit(host, place, ['-C', directory, 'checkout', '--quiet', '--force', ...how, '--']).catch(error => {
		if (
			error instanceof Fault &&
			error.code === 'git.failed' &&
			/not a tree|unable to read tree|is not a commit|reference is not/i.test(error.details.join('\n'))
		) {
			throw new Fault(
				'git.no-ref',
				`${place.url} has no commit ${commit}`,
				'Check the commit: it must be reachable from a branch or a tag.',
				{
					details: error.details,
				},
			);
		}
		throw error;
	});
	if (kind === 'branch')
		await runGit(host, place, ['-C', directory, 'branch', '--quiet', `--set-upstream-to=origin/${name}`, name]);
	if (place.submodules ?? (await host.stat(join(directory, '.gitmodules'))) !== undefined)
		await runGit(host, place, ['-C', directory, 'submodule', '--quiet', 'update', '--init', '--recursive', '--force']);
};

/** Where a clone grows until it is whole. */
export const draftOf = (directory: string): string =>
	join(dirname(directory), `.${basename(directory)}.host-setup.clone~`);

/** The user and its own group. */
const ownerOf = async (host: Reader, user: string): Promise<string> => {
	const account = (await host.fact(accounts)).users.get(user);
	if (account === undefined) throw new Blocked({because: 'until', thing: `user:${user}`});
	return `${account.uid}:${account.gid}`;
};
