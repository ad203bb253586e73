/**
 * An account for somebody who logs in: a home from /etc/skel, no password, a key elsewhere (`authorized_keys`). Who is there already keeps home, shell,
 * password and groups, and only joins what is missing: an account of people is never corrected, so nobody loses their way in.
 */
import {type Account, accounts, groupsOf} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {
	type Change,
	type Edges,
	type Resource,
	type ResourceType,
	resource,
	type Undone,
	type UndoOptions,
} from '#model/resource.ts';
import {packAway} from '../shared/pack-away.ts';
import {removeUser} from './remove-user.ts';

export type PersonSpec = {
	readonly name: string;
	/** Further groups; memberships that others gave are left. */
	readonly groups?: readonly string[];
};

export type PersonState = {readonly there: false} | {readonly there: true; readonly groups: readonly string[]};

/** Where the home of a person whom setup makes lies. */
export const homeOf = (name: string): string => `/home/${name}`;

/** A person's account. Provides the user, its group and, for a new one, the home; needs the groups it joins. */
export const person = (spec: PersonSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		personType,
		{
			...edges,
			id: edges.id ?? `person:${spec.name}`,
			needs: [...(spec.groups ?? []).map(name => `group:${name}` as const), ...(edges.needs ?? [])],
			provides: [`user:${spec.name}`, `group:${spec.name}`, `path:${homeOf(spec.name)}`, ...(edges.provides ?? [])],
			locks: ['nss', ...(edges.locks ?? [])],
		},
		spec,
	);

export const personType: ResourceType<PersonSpec, PersonState> = {
	name: 'person',
	async inspect({name}, host) {
		const known = await host.fact(accounts);
		if (known.users.has(name)) return {there: true, groups: groupsOf(known, name).map(one => one.name)};
		if ((await host.stat(homeOf(name))) !== undefined)
			throw new Fault(
				'person.home-there',
				`there is no account ${name}, but its home ${homeOf(name)} is there`,
				'It is somebody’s data: move it away, or make the account by hand.',
			);
		return {there: false};
	},
	diff({name, groups = []}, state) {
		const there = state !== 'absent' && state.there;
		const has = there ? state.groups : [];
		return [
			...(there
				? []
				: [
						{key: 'account', what: 'account', from: null, to: name},
						{what: 'home', from: null, to: homeOf(name)},
						{what: 'password', from: null, to: 'none, logs in by key'},
					]),
			...groups
				.filter(group => !has.includes(group))
				.map((group): Change => ({key: 'member', what: 'member of', from: null, to: group})),
		];
	},
	holds: ({name}) => [{thing: `user:${name}`}],
	undoOf: ({name, groups = []}, state) => ({
		can: true,
		record: state.there
			? {name, made: false, joined: groups.filter(group => !state.groups.includes(group))}
			: {name, made: true, joined: []},
	}),
	async apply({name}, state, changes, host) {
		const joins = changes.filter(({key}) => key === 'member').map(change => String(change.to));
		const groups = joins.length > 0 ? ['--groups', joins.join(',')] : [];
		if (state.there) return host.exec(['usermod', '--append', ...groups, name]);
		// '*' can never be typed; a '!' would count as locked where sshd does not go through PAM.
		await host.exec([
			'useradd',
			'--create-home',
			'--home-dir',
			homeOf(name),
			'--key',
			'HOME_MODE=0750',
			'--user-group',
			'--shell',
			'/bin/bash',
			'--password',
			'*',
			...groups,
			name,
		]);
	},
	async undo(record, host, {purgeData, gone}) {
		const {name, made, joined} = record as PersonRecord;
		const {users, groups} = await host.fact(accounts);
		const found = users.get(name);
		if (found === undefined)
			return made ? {outcome: 'already'} : {outcome: 'conflict', why: `the account ${name} was removed since`};
		if (made) return removePerson(host, found, purgeData, gone);
		const still = joined.filter(group => groups.get(group)?.members.includes(name));
		for (const group of still) await host.exec(['gpasswd', '--delete', name, group]);
		return {outcome: still.length > 0 ? 'undone' : 'already'};
	},
};

type PersonRecord = {readonly name: string; readonly made: boolean; readonly joined: readonly string[]} & {
	readonly [key: string]: Json;
};

/** The home goes with the account where nothing but /etc/skel is in it, or packed away when data may go. */
const removePerson = async (
	host: Host,
	who: Account,
	purgeData: boolean,
	gone: UndoOptions['gone'],
): Promise<Undone> => {
	const home = await host.stat(who.home);
	const names = home?.kind === 'directory' && home.uid === who.uid ? ((await host.list(who.home)) ?? []) : [];
	const own = await ownFiles(host, who.home, names);
	if (own.length > 0 && !purgeData)
		return {outcome: 'kept', why: `the home ${who.home} of ${who.name} holds ${own.slice(0, 3).join(', ')}`};
	const kept = await removeUser(host, who, '/nonexistent', {keepGroup: false, gone});
	if (kept.outcome !== 'undone' || home === undefined || home.uid !== who.uid) return kept;
	if (own.length > 0) await packAway(host, who.home, who.home, home.id);
	else await host.removeTree(who.home, {was: home.id});
	return kept;
};

/** Names in a home that did not come from /etc/skel as they are. */
const ownFiles = async (host: Host, home: string, names: readonly string[]): Promise<readonly string[]> => {
	const own: string[] = [];
	for (const name of names) {
		const [is, was] = [await host.stat(`${home}/${name}`), await host.stat(`/etc/skel/${name}`)];
		const same =
			is?.kind === 'file' &&
			was?.kind === 'file' &&
			is.size === was.size &&
			Buffer.from((await host.read(`${home}/${name}`, {most: 1 << 20})) ?? '').equals(
				Buffer.from((await host.read(`/etc/skel/${name}`, {most: 1 << 20})) ?? ''),
			);
		if (!same) own.push(name);
	}
	return own;
};
