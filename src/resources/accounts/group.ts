/** A local group. */
import {accounts} from '#host/system/accounts.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';

export type GroupSpec = {readonly name: string; readonly system?: boolean};
export type GroupState = 'absent' | {readonly gid: number};

/** A local group; a system group unless `system: false`. */
export const group = (spec: GroupSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		groupType,
		{
			...edges,
			id: edges.id ?? `group:${spec.name}`,
			provides: [`group:${spec.name}`, ...(edges.provides ?? [])],
			locks: ['nss', ...(edges.locks ?? [])],
		},
		spec,
	);

export const groupType: ResourceType<GroupSpec, GroupState> = {
	name: 'group',
	async inspect({name}, host) {
		const found = (await host.fact(accounts)).groups.get(name);
		return found === undefined ? 'absent' : {gid: found.gid};
	},
	diff: ({name}, state) => (state === 'absent' ? [{what: 'group', from: null, to: name}] : []),
	holds: ({name}) => [{thing: `group:${name}`}],
	undoOf: ({name}) => ({can: true, record: {name}}),
	apply: ({name, system}, _state, _changes, host) =>
		host.exec(['groupadd', ...(system === false ? [] : ['--system']), name]),
	async undo(record, host) {
		const {name} = record as {readonly name: string} & Json;
		const {users, groups} = await host.fact(accounts);
		const found = groups.get(name);
		if (found === undefined) return {outcome: 'already'};
		const users_ = [...found.members, ...[...users.values()].filter(one => one.gid === found.gid).map(one => one.name)];
		if (users_.length > 0) return {outcome: 'kept', why: `the group ${name} is used by ${users_.join(', ')}`};
		await host.exec(['groupdel', name]);
		return {outcome: 'undone'};
	},
};
