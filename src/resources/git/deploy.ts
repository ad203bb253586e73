/** Making a checkout and moving one to another commit, so that a kill in between leaves nothing half-made behind. */
import {basename, dirname, join} from 'node:path';
import {sha256} from '#host/files/stash.ts';
import {ownerOf} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear, clearIfEmpty} from '../shared/clear.ts';
import {carriedTo, fileAt, type LinesOfOthers} from './lines-of-others.ts';
import {fromPath, isLocal, runGit, type Source} from './program.ts';
import {commitAt, isFullCommit, noRef, resolveHere, type Target} from './ref.ts';

export type Place = Source & {readonly directory: string; readonly ref: string; readonly submodules?: boolean};

/** Clones beside the directory, checks out there, and renames only when all of it is there. `before` is told the commit just before the rename. */
export const cloneInto = async (host: Host, place: Place, before: (target: Target) => Promise<void>): Promise<void> => {
	const {directory, url, user, ref} = place;
	const draft = draftOf(directory);
	await clear(host, draft);
	await host.mkdir(draft, {mode: 0o755, owner: await ownerOf(host, user)});
	const drafted = (await host.stat(draft))?.id;
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
	await bringCommit(host, place, draft, target);
	await checkout(host, place, draft, target);
	await before(target);
	await clearIfEmpty(host, directory);
	await host.rename(draft, directory, {was: drafted});
};

/** Brings a clean checkout to a commit, fetching it first; files that are ours go back to HEAD, their edits run again afterwards. Returns where it is now. */
export const moveTo = async (
	host: Host,
	place: Place,
	target: Target,
	ours: readonly string[],
	options: {readonly fetch: boolean; readonly carry: readonly LinesOfOthers[]},
): Promise<Target> => {
	const {directory} = place;
	// Left by a git that was killed; only we run git here, and the run holds the path's lock.
	await clear(host, `${directory}/.git/index.lock`);
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
	const whole = {...target, commit: (await wholeCommit(host, place, directory, target)) ?? target.commit};
	await bringCommit(host, place, directory, whole);
	const carried: {readonly path: string; readonly text: string}[] = [];
	for (const one of options.carry) {
		const next = await fileAt(host, place, {directory, commit: whole.commit, path: one.path});
		carried.push({path: one.path, text: carriedTo(one, next, place)});
	}
	await putBack(host, place, ours);
	await checkout(host, place, directory, whole);
	for (const {path, text} of carried) {
		const at = join(directory, path);
		const [now, stat] = [await host.read(at), await host.stat(at)];
		await host.replace(at, [text], {was: now === undefined ? 'absent' : sha256(now), id: stat?.id});
		host.say(`what others wrote into ${at} is still there`);
	}
	return whole;
};

/** A commit that no branch or tag holds is no part of a clone: it is asked for by its name, which many servers answer. */
const bringCommit = async (host: Host, place: Place, directory: string, {kind, commit}: Target): Promise<void> => {
	if (kind !== 'commit' || (await commitAt(host, place, directory, commit)) !== undefined) return;
	if (!isFullCommit(commit)) throw noRef(place, commit);
	await runGit(host, place, ['-C', directory, 'fetch', '--quiet', ...fromPath(place), '--', place.url, commit]).catch(
		error => {
			if (error instanceof Fault && error.code === 'git.failed') throw noRef(place, commit);
			throw error;
		},
	);
};

/** A shortened one is known whole once it is fetched. */
const wholeCommit = (
	host: Host,
	place: Place,
	directory: string,
	{kind, commit}: Target,
): Promise<string | undefined> =>
	kind === 'commit' && !isFullCommit(commit) ? commitAt(host, place, directory, commit) : Promise.resolve(undefined);

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
