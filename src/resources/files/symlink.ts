/** A symbolic link and where it points, as written. */
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {pathEdges} from './at-path.ts';

export type SymlinkSpec = {readonly path: string; readonly target: string};
export type SymlinkState = 'absent' | {readonly target: string; readonly id: string | undefined};

/** A symbolic link. Another link at that place is replaced; anything else is a fault. */
export const symlink = (spec: SymlinkSpec, edges: Partial<Edges> = {}): Resource =>
	resource(symlinkType, pathEdges('symlink', spec.path, undefined, edges), spec);

export const symlinkType: ResourceType<SymlinkSpec, SymlinkState> = {
	name: 'symlink',
	async inspect({path}, host) {
		const stat = await host.stat(path);
		if (stat === undefined) return 'absent';
		if (stat.kind !== 'symlink')
			throw new Fault(
				'symlink.in-the-way',
				`${path} is there and is no symbolic link`,
				'Move it away, or name another path.',
			);
		return {target: stat.target ?? '', id: stat.id};
	},
	diff: ({target}, state) =>
		state !== 'absent' && state.target === target
			? []
			: [{what: 'target', from: state === 'absent' ? null : state.target, to: target}],
	holds: ({path, target}) => [{thing: `link:${path}`, ...asWanted(target)}],
	undoOf: ({path, target}, state) => ({
		can: true,
		record: {path, became: target, was: state === 'absent' ? null : state.target},
	}),
	apply: ({path, target}, state, _changes, host) =>
		host.symlink(path, target, {was: state === 'absent' ? 'absent' : state.id}),
	async undo(record, host) {
		const {path, became, was} = record as SymlinkRecord;
		const stat = await host.stat(path);
		if (stat === undefined && was === null) return {outcome: 'already'};
		if (stat?.kind === 'symlink' && stat.target === was) return {outcome: 'already'};
		if (stat?.kind !== 'symlink' || stat.target !== became)
			return {outcome: 'conflict', why: stat === undefined ? `${path} was removed since` : `${path} was changed since`};
		await (was === null ? host.remove(path, {was: stat.id}) : host.symlink(path, was, {was: stat.id}));
		return {outcome: 'undone'};
	},
};

type SymlinkRecord = {readonly path: string; readonly became: string; readonly was: string | null} & {
	readonly [key: string]: Json;
};
