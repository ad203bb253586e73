/** Something that must not be there: the stock site of a package, a link in sites-enabled. Undo puts it back as it was. */

import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';

export type AbsentSpec = {readonly path: string};
export type AbsentState =
	| 'absent'
	| {readonly kind: 'symlink'; readonly target: string; readonly id: string | undefined}
	| {
			readonly kind: 'file';
			readonly bytes: Uint8Array;
			readonly mode: number;
			readonly owner: string;
			readonly id: string | undefined;
	  };

/** No file and no link at that path. A directory there is a fault. */
export const absent = (spec: AbsentSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		absentType,
		{
			...edges,
			id: edges.id ?? `absent:${spec.path}`,
			locks: [`path:${spec.path}`, ...(edges.locks ?? [])],
		},
		spec,
	);

export const absentType: ResourceType<AbsentSpec, AbsentState> = {
	name: 'absent',
	async inspect({path}, host) {
		const stat = await host.stat(path);
		if (stat === undefined) return 'absent';
		if (stat.kind === 'symlink') return {kind: 'symlink', target: stat.target ?? '', id: stat.id};
		if (stat.kind !== 'file')
			throw new Fault(
				'absent.no-file',
				`${path} should not be there, and is neither a file nor a link`,
				'Move it away by hand.',
			);
		return {
			kind: 'file',
			bytes: (await host.read(path)) ?? new Uint8Array(),
			mode: stat.mode,
			owner: `${stat.uid}:${stat.gid}`,
			id: stat.id,
		};
	},
	diff: (_spec, state) =>
		state === 'absent'
			? []
			: [
					{
						what: state.kind === 'symlink' ? 'link' : 'file',
						from: state.kind === 'symlink' ? state.target : 'present',
						to: null,
					},
				],
	holds: ({path}) => [{thing: `absent:${path}`}],
	undoOf({path}, state) {
		if (state === 'absent') return {can: true, record: {path, was: null}};
		if (state.kind === 'symlink') return {can: true, record: {path, was: {kind: 'symlink', target: state.target}}};
		return {
			can: true,
			record: {path, was: {kind: 'file', mode: state.mode, owner: state.owner, sha256: sha256(state.bytes)}},
			keep: [state.bytes],
		};
	},
	async apply({path}, state, _changes, host) {
		const now = await host.stat(path);
		if (now !== undefined && state !== 'absent' && now.kind !== state.kind)
			throw new Fault(
				'file.moved',
				`${path} was changed by somebody else since it was looked at`,
				'Run the plan again: it shows what is there now.',
			);
		await host.remove(path, {was: state === 'absent' ? undefined : state.id});
	},
	async undo(record, host, {kept: [old]}) {
		const {path, was} = record as AbsentRecord;
		const now = await host.stat(path);
		if (was === null) return {outcome: 'already'};
		if (was.kind === 'symlink') {
			if (now !== undefined)
				return now.kind === 'symlink' && now.target === was.target
					? {outcome: 'already'}
					: {outcome: 'conflict', why: `there is something at ${path} again`};
			await host.symlink(path, was.target, {was: 'absent'});
			return {outcome: 'undone'};
		}
		if (now !== undefined)
			return now.kind === 'file' && sha256((await host.read(path)) ?? '') === was.sha256
				? {outcome: 'already'}
				: {outcome: 'conflict', why: `there is something at ${path} again`};
		if (old === undefined) return {outcome: 'conflict', why: `the previous ${path} is not in the stash any more`};
		await host.replace(path, old, {was: 'absent', mode: was.mode, owner: was.owner});
		return {outcome: 'undone'};
	},
};

type AbsentRecord = {
	readonly path: string;
	readonly was:
		| null
		| {readonly kind: 'symlink'; readonly target: string}
		| {readonly kind: 'file'; readonly mode: number; readonly owner: string; readonly sha256: string};
} & {readonly [key: string]: Json};
