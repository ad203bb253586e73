/** One directory with its mode and owner. Its content is the business of others: undo removes it only when it is empty. */

import {statThrough} from '#host/files/stat-through.ts';
import {accounts, ownerIds} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {packAway} from '../shared/pack-away.ts';
import {linkNow, newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from './path-resources.ts';

export type DirectorySpec = {
	readonly path: string;
	/** Default for a new one: 0o755; an existing one keeps its own unless given. */
	readonly mode?: number;
	/** `user:group`. Default for a new one: root:root; an existing one keeps its own. */
	readonly owner?: string;
};

export type DirectoryState = 'absent' | Ownership;

/** A directory. Needs its parent and its owner. With `holdsData` in the edges, `undo --purge-data` packs its content away and removes it. */
export const directory = (spec: DirectorySpec, edges: Partial<Edges> = {}): Resource =>
	resource(directoryType, pathEdges('directory', spec.path, spec.owner, edges), {
		...spec,
		data: edges.holdsData ?? false,
	});

export const directoryType: ResourceType<DirectorySpec & {readonly data?: boolean}, DirectoryState> = {
	name: 'directory',
	async inspect(spec, host) {
		const {stat} = await statThrough(host, spec.path);
		if (stat === undefined) return 'absent';
		if (stat.kind !== 'directory')
			throw new Fault(
				'directory.in-the-way',
				`${spec.path} is there and is no directory`,
				'Move it away, or name another path.',
			);
		return ownershipOf(host, stat, spec.owner);
	},
	diff: (spec, state) =>
		state === 'absent'
			? [{what: 'directory', from: null, to: 'present'}, ...newOwnership(spec)]
			: ownershipChanges(spec, state),
	holds: ({path, mode, owner}) => [{thing: `directory:${path}`, ...asWanted(mode, owner)}],
	keeps: ({path, data}) => (data ? [{kind: 'tree', path}] : []),
	undoOf: (spec, state) => ({
		can: true,
		record: {
			path: spec.path,
			data: spec.data ?? false,
			became: {mode: spec.mode ?? null, owner: spec.owner ?? null},
			was: state === 'absent' ? 'absent' : {mode: state.mode, owner: `${state.uid}:${state.gid}`},
			at: (state === 'absent' ? undefined : state.at) ?? spec.path,
		},
	}),
	async apply(spec, state, _changes, host) {
		if (state === 'absent') await host.mkdir(spec.path, {mode: spec.mode ?? 0o755, owner: spec.owner ?? 'root:root'});
		else
			await host.own(state.at ?? spec.path, {
				was: state.id,
				...(spec.mode !== undefined && {mode: spec.mode}),
				...(spec.owner !== undefined && {owner: spec.owner}),
			});
	},
	async undo(record, host, {purgeData}) {
		const {path, was, became, data, at = path} = record as DirectoryRecord;
		const link = was === 'absent' || at === path ? await linkNow(host, path) : undefined;
		if (link) return link;
		const {path: real, stat} = await statThrough(host, path);
		if (stat?.kind !== 'directory')
			return was === 'absent' ? {outcome: 'already'} : {outcome: 'conflict', why: `${path} was removed since`};
		if (real !== at) return {outcome: 'conflict', why: `${path} leads to ${real} by now, not to ${at}`};
		if (was === 'absent') {
			const names = (await host.list(real)) ?? [];
			if (names.length > 0 && !(data && purgeData))
				return {
					outcome: 'kept',
					why: `${path} is not empty: ${names.slice(0, 3).join(', ')}${names.length > 3 ? `, and ${names.length - 3} more` : ''}`,
				};
			if (names.length > 0) await packAway(host, path, real, stat.id);
			else await host.remove(real, {was: stat.id});
			return {outcome: 'undone'};
		}
		const wanted = became.owner === null ? undefined : ownerIds(await host.fact(accounts), became.owner);
		const [uid, gid] = was.owner.split(':').map(Number);
		const sameOwner =
			became.owner === null ||
			(stat.uid === uid && stat.gid === gid) ||
			(stat.uid === wanted?.uid && stat.gid === wanted.gid);
		const sameMode = became.mode === null || [became.mode, was.mode].includes(stat.mode);
		if (!sameOwner || !sameMode) return {outcome: 'conflict', why: `mode or owner of ${path} was changed since`};
		await host.own(real, {
			was: stat.id,
			...(became.mode !== null && {mode: was.mode}),
			...(became.owner !== null && {owner: was.owner}),
		});
		return {outcome: 'undone'};
	},
};

type DirectoryRecord = {
	readonly path: string;
	/** Where it was, through links of root; not in the records of older versions. */
	readonly at?: string;
	readonly data: boolean;
	readonly became: {readonly mode: number | null; readonly owner: string | null};
	readonly was: 'absent' | {readonly mode: number; readonly owner: string};
} & {readonly [key: string]: Json};
