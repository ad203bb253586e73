/** A local account for a service: made, corrected, and removed again only when nothing of it lives on. */
import {type Account, type Accounts, accounts, groupsOf} from '#host/system/accounts.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {removeUser} from './remove-user.ts';

export type UserSpec = {
	readonly name: string;
	/** Default true: a number under 1000 and no ageing. */
	readonly system?: boolean;
	/** Not created: that is a `directory`, which can then belong to the user. */
	readonly home: string;
	/** Default /usr/sbin/nologin. */
	readonly shell?: string;
	readonly gecos?: string;
	/** Primary group; default one of the same name, made with the user. */
	readonly group?: string;
	/** Further groups; memberships that others gave are left. */
	readonly groups?: readonly string[];
};

/** `ownGroup`: a group of the user's name is there already, so it is not ours. */
export type UserState =
	| {readonly there: false; readonly ownGroup: boolean}
	| {
			readonly there: true;
			readonly home: string;
			readonly shell: string;
			readonly gecos: string;
			readonly group: string;
			readonly groups: readonly string[];
	  };

/** A system user. Provides the user, and its own group where it has one; needs the groups it joins. */
export const user = (spec: UserSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		userType,
		{
			...edges,
			id: edges.id ?? `user:${spec.name}`,
			needs: [
				...new Set<Thing>([
					...(spec.group === undefined ? [] : [`group:${spec.group}` as const]),
					...(spec.groups ?? []).map(name => `group:${name}` as const),
					...(edges.needs ?? []),
				]),
			],
			provides: [
				`user:${spec.name}`,
				...(spec.group === undefined ? [`group:${spec.name}` as const] : []),
				...(edges.provides ?? []),
			],
			locks: ['nss', ...(edges.locks ?? [])],
		},
		spec,
	);

export const userType: ResourceType<UserSpec, UserState> = {
	name: 'user',
	async inspect({name}, host) {
		const known = await host.fact(accounts);
		const found = known.users.get(name);
		return found === undefined
			? {there: false, ownGroup: known.groups.has(name)}
			: {there: true, ...stateOf(found, known)};
	},
	diff(spec, seen) {
		const state = seen === 'absent' || !seen.there ? undefined : seen;
		const wanted = {
			home: spec.home,
			shell: spec.shell ?? nologin,
			...(spec.gecos !== undefined && {gecos: spec.gecos}),
			...(spec.group !== undefined && {group: spec.group}),
		};
		const missing = (spec.groups ?? []).filter(name => !state?.groups.includes(name));
		return [
			...(state === undefined ? [{what: 'user', from: null, to: spec.name}] : []),
			...Object.entries(wanted)
				.filter(([key, value]) => state?.[key as keyof typeof wanted] !== value)
				.map(([key, value]): Change => ({what: key, from: state?.[key as keyof typeof wanted] ?? null, to: value})),
			...missing.map((name): Change => ({key: 'member', what: 'member of', from: null, to: name})),
		];
	},
	holds: ({name}) => [{thing: `user:${name}`}],
	undoOf(spec, state) {
		if (!state.there)
			return {can: true, record: {name: spec.name, home: spec.home, was: 'absent', ownGroup: state.ownGroup}};
		const {home, shell, gecos, group, groups} = state;
		const was = {home, shell, gecos, group};
		return {
			can: true,
			record: {
				name: spec.name,
				home: spec.home,
				was,
				became: {
					home: spec.home,
					shell: spec.shell ?? nologin,
					gecos: spec.gecos ?? was.gecos,
					group: spec.group ?? was.group,
				},
				joined: (spec.groups ?? []).filter(name => !groups.includes(name)),
			},
		};
	},
	async apply(spec, state, changes, host) {
		const system = spec.system !== false;
		const groups = changes.filter(({key}) => key === 'member').map(change => String(change.to));
		const to = new Map(changes.map(change => [change.what, String(change.to)]));
		const options = (
			[
				['home', '--home'],
				['shell', '--shell'],
				['gecos', '--comment'],
				['group', '--gid'],
			] as const
		).flatMap(([what, option]) => (to.has(what) ? [option, to.get(what)!] : []));
		if (state.there)
			return void (await host.exec([
				'usermod',
				...options,
				...(groups.length > 0 ? ['--append', '--groups', groups.join(',')] : []),
				spec.name,
			]));
		const own = spec.group !== undefined ? [] : state.ownGroup ? ['--gid', spec.name] : ['--user-group'];
		await host.exec([
			'useradd',
			...(system ? ['--system'] : []),
			'--no-create-home',
			...own,
			...options,
			...(groups.length > 0 ? ['--groups', groups.join(',')] : []),
			spec.name,
		]);
	},
	async undo(record, host, {gone}) {
		const {name, home, was, became, joined, ownGroup} = record as UserRecord;
		const known = await host.fact(accounts);
		const found = known.users.get(name);
		if (found === undefined)
			return was === 'absent' ? {outcome: 'already'} : {outcome: 'conflict', why: `the user ${name} was removed since`};
		return was === 'absent'
			? removeUser(host, found, home, {keepGroup: ownGroup === true, gone})
			: restoreUser(host, stateOf(found, known), name, was, became ?? was, joined ?? []);
	},
};

const nologin = '/usr/sbin/nologin';

type Fields = {readonly home: string; readonly shell: string; readonly gecos: string; readonly group: string};
type UserRecord = {
	readonly name: string;
	readonly home: string;
	readonly was: 'absent' | Fields;
	readonly became?: Fields;
	readonly joined?: readonly string[];
	readonly ownGroup?: boolean;
} & {readonly [key: string]: Json};

const stateOf = (found: Account, known: Accounts) => ({
	home: found.home,
	shell: found.shell,
	gecos: found.gecos,
	group: [...known.groups.values()].find(one => one.gid === found.gid)?.name ?? String(found.gid),
	groups: groupsOf(known, found.name).map(one => one.name),
});

const restoreUser = async (
	host: Host,
	now: Fields & {readonly groups: readonly string[]},
	name: string,
	was: Fields,
	became: Fields,
	joined: readonly string[],
): Promise<Undone> => {
	const keys = ['home', 'shell', 'gecos', 'group'] as const;
	const moved = keys.filter(key => now[key] !== became[key] && now[key] !== was[key]);
	if (moved.length > 0) return {outcome: 'conflict', why: `${moved.join(', ')} of the user ${name} was changed since`};
	const flags = {home: '--home', shell: '--shell', gecos: '--comment', group: '--gid'};
	const options = keys.filter(key => now[key] !== was[key]).flatMap(key => [flags[key], was[key]]);
	if (options.length > 0) await host.exec(['usermod', ...options, name]);
	for (const group of joined.filter(one => now.groups.includes(one)))
		await host.exec(['gpasswd', '--delete', name, group]);
	return {outcome: 'undone'};
};
