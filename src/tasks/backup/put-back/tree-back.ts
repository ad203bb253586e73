/**
 * A tree out of a snapshot: it is made in a folder of root's inside the directory it belongs to, held by its descriptor, so that who owns the directory reaches nothing
 * of it before it is whole. Set-user-ID bits of others do not come back; what belonged to an account of this host belongs to it by its name.
 */

import {statThrough} from '#host/files/stat-through.ts';
import type {Repository} from '#host/restic/repository.ts';
import {tellRestic} from '#host/restic/restic.ts';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '#resources/shared/clear.ts';
import type {Places} from '../places.ts';
import {notThere} from '../save/postgres.ts';
import {asPattern} from '../save/trees.ts';
import type {Manifest, SavedThing} from '../snapshot-manifest.ts';
import type {EntriesSwap} from './begun-restore.ts';
import {movesFor, ours, ownFolder} from './entries-back.ts';

export type Source = {
	readonly repository: Repository;
	/** Its whole name. */
	readonly snapshot: string;
	readonly manifest: Manifest;
	readonly places: Places;
	/** Of each tree the files in the snapshot, where they were counted. */
	readonly files: Readonly<Record<string, number>>;
};

/** Makes it beside what is there. Throws Fault restore.counts where it is not what was saved. */
export const makeTree = async (
	host: Host,
	thing: SavedThing,
	path: string,
	{repository, snapshot, manifest, places, files}: Source,
): Promise<EntriesSwap> => {
	const {path: root, stat} = await statThrough(host, path);
	if (stat?.kind !== 'directory') throw notThere(`the directory ${path}`);
	const [fresh, aside] = [`${root}/${ours}fresh-${thing.word}`, `${root}/${ours}before-${thing.word}`];
	const id = await ownFolder(host, fresh);
	const at = `${places.view}/${thing.word}`;
	let count = 0;
	await host.held(
		fresh,
		async name => {
			await tellRestic(host, repository, [
				'restore',
				snapshot,
				'--target',
				name,
				'--include',
				asPattern(at),
				'--verify',
			]);
			const inside = `${name}${at}`;
			await host.exec([
				'/usr/bin/find',
				inside,
				'-type',
				'f',
				'-perm',
				'/6000',
				'-exec',
				'/usr/bin/chmod',
				'ug-s',
				'{}',
				'+',
			]);
			for (const one of await otherNumbers(host, manifest))
				await host.exec([
					'/usr/bin/find',
					inside,
					`-${one.kind}`,
					one.was,
					'-exec',
					`/usr/bin/${one.by}`,
					'-h',
					one.is,
					'{}',
					'+',
				]);
			const {stdout} = await host.probe(['/usr/bin/find', inside, '-mindepth', '1', '-printf', '.'], {
				timeout: 600_000,
			});
			count = stdout.length;
		},
		{was: id},
	);
	const wanted = files[thing.id];
	if (wanted !== undefined && wanted !== count)
		throw new Fault(
			'restore.counts',
			`${thing.id} came back with ${count} files, and ${wanted} were saved`,
			'What is there was not touched. Try another snapshot: setup backup list.',
		);
	await ownFolder(host, aside);
	const from = `${fresh}${at}`;
	const stays = thing.leaveOut.map(one => one.slice(path.length));
	return {kind: 'entries', id: thing.id, root, fresh, from, aside, moves: await movesFor(host, {root, from, stays})};
};

/** Takes away what was made for it, and what was kept of before. */
export const clearEntries = async (host: Host, {fresh, aside}: EntriesSwap): Promise<void> => {
	await clear(host, fresh);
	await clear(host, aside);
};

type Other = {readonly kind: 'uid' | 'gid'; readonly was: string; readonly by: 'chown' | 'chgrp'; readonly is: string};

/** Accounts and groups that have another number here. Throws Fault restore.numbers where they went round in a circle. */
const otherNumbers = async (host: Host, {users, groups}: Manifest): Promise<readonly Other[]> => {
	const known = await host.fact(accounts);
	const uids = changed(users, name => known.users.get(name)?.uid).map(
		one => ({...one, kind: 'uid', by: 'chown'}) as const,
	);
	const gids = changed(groups, name => known.groups.get(name)?.gid).map(
		one => ({...one, kind: 'gid', by: 'chgrp'}) as const,
	);
	return [...uids, ...gids];
};

/** Exported for its test. */
export const changed = (
	saved: Readonly<Record<string, string>>,
	here: (name: string) => number | undefined,
): readonly {readonly was: string; readonly is: string}[] => {
	const all = Object.entries(saved).flatMap(([was, name]) => {
		const is = here(name);
		return is === undefined || String(is) === was ? [] : [{was, is: String(is)}];
	});
	const circle = all.find(({is}) => Object.hasOwn(saved, is));
	if (circle === undefined) return all;
	throw new Fault(
		'restore.numbers',
		`the number ${circle.is} is another account's in the snapshot than here`,
		'Give the accounts of this host the numbers that they had there (usermod -u), then run it again.',
	);
};
