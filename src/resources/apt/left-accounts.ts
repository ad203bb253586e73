/**
 * Users and groups that packages made for themselves. Their purge leaves them, because a file somewhere may be theirs and would be the next account's:
 * so those go that were not there before our transactions, that the scripts of what goes name, and that own nothing on this host any more.
 */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {accounts} from '#host/system/accounts.ts';
import type {Host, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {clearIfEmpty} from '../shared/clear.ts';

export type AccountNames = {readonly users: readonly string[]; readonly groups: readonly string[]};

/** All that there are. */
export const accountNames = async (host: Reader): Promise<AccountNames> => {
	const {users, groups} = await host.fact(accounts);
	return {users: [...users.keys()], groups: [...groups.keys()]};
};

/** What was there before the first of several transactions; undefined where one of them did not write it down. Pure. */
export const beforeAll = (then: readonly (AccountNames | undefined)[]): AccountNames | undefined => {
	const known = then.filter(one => one !== undefined);
	if (known.length === 0 || known.length < then.length) return undefined;
	const inAll = (of: keyof AccountNames): readonly string[] =>
		(known[0]?.[of] ?? []).filter(name => known.every(one => one[of].includes(name)));
	return {users: inAll('users'), groups: inAll('groups')};
};

/** Those of the packages, asked before they go. */
export const madeBy = async (goes: readonly string[], before: AccountNames, host: Reader): Promise<AccountNames> => {
	const now = await accountNames(host);
	const {users, groups} = await host.fact(accounts);
	// Those of people are nobody's script's.
	const ofSystem = (of: keyof AccountNames, name: string): boolean => {
		const id = of === 'users' ? users.get(name)?.uid : groups.get(name)?.gid;
		return id !== undefined && id > 0 && id < 1000;
	};
	const fresh = (of: keyof AccountNames): readonly string[] =>
		now[of].filter(name => !before[of].includes(name) && ofSystem(of, name));
	if (fresh('users').length + fresh('groups').length === 0) return {users: [], groups: []};
	const text = (await Promise.all(goes.map(name => scriptsOf(name, host)))).join('\n');
	const named = (name: string): boolean => new RegExp(`(?<![\\w.-])${RegExp.escape(name)}(?![\\w.-])`).test(text);
	return {users: fresh('users').filter(named), groups: fresh('groups').filter(named)};
};

/** Gives a sentence for each that stays. */
export const removeAccounts = async (
	made: AccountNames,
	goes: readonly string[],
	host: Host,
): Promise<readonly string[]> => {
	if (made.users.length + made.groups.length === 0) return [];
	host.forget();
	const {all} = await host.fact(packages);
	// Of a plan nothing has gone yet: what is theirs now says nothing.
	const planned = goes.some(name => isInstalled(all.get(name)));
	const owned = planned ? new Map<string, string>() : await ownedBy(made, host);
	// userdel takes the group of the same name along. 6: there is none. 8: something of it runs.
	for (const name of made.users)
		if (!owned.has(`user ${name}`) && !owned.has(`group ${name}`))
			await host.exec(['userdel', name], {codes: [0, 6, 8]});
	host.forget();
	const left = await host.fact(accounts);
	for (const name of made.groups) {
		const group = left.groups.get(name);
		const used =
			group === undefined || group.members.length > 0 || [...left.users.values()].some(({gid}) => gid === group.gid);
		if (planned || !(used || owned.has(`group ${name}`))) await host.exec(['groupdel', name], {codes: [0, 6, 8]});
	}
	return [...owned].map(([who, path]) => `the ${who} stays: ${path} belongs to it`);
};

/** With a file of each. What could not be looked through in time counts as theirs; a directory that is empty by now goes with them. */
const ownedBy = async (made: AccountNames, host: Host): Promise<Map<string, string>> => {
	const {users, groups} = await host.fact(accounts);
	const uids = new Map(made.users.map(name => [users.get(name)?.uid, name]));
	const gids = new Map(made.groups.map(name => [groups.get(name)?.gid, name]));
	const owned = new Map<string, string>();
	const wanted = [...[...uids.keys()].map(id => ['-uid', id]), ...[...gids.keys()].map(id => ['-gid', id])]
		.filter(([, id]) => id !== undefined)
		.map(([test, id]) => [`${test}`, `${id}`]);
	if (wanted.length === 0) return owned;
	const theirs = wanted.flatMap((words, at) => [...(at === 0 ? [] : ['-o']), ...words]);
	const argv = ['find', '/', '-ignore_readdir_race', ...elsewhere, '(', ...theirs, ')', '-printf', '%y %U %G %p\\0'];
	try {
		const {stdout} = await host.probe(argv, {timeout: 300_000});
		// The deepest first.
		for (const {kind, uid, gid, path} of foundIn(stdout).toReversed()) {
			if (kind === 'd' && (await clearIfEmpty(host, path))) continue;
			const [user, group] = [uids.get(uid), gids.get(gid)];
			if (user !== undefined) owned.set(`user ${user}`, path);
			if (group !== undefined) owned.set(`group ${group}`, path);
		}
	} catch (error) {
		if (!(error instanceof Blocked)) throw error;
		for (const name of made.users) owned.set(`user ${name}`, 'what could not be looked at');
		for (const name of made.groups) owned.set(`group ${name}`, 'what could not be looked at');
	}
	return owned;
};

/** What find printed. A name may hold the end of a line, and after it what looks like another path: each ends with a zero byte. Pure. */
export const foundIn = (text: string) =>
	text.split('\0').flatMap(record => {
		const [, kind, uid, gid, path] = /^(\S) (\d+) (\d+) (.*)$/s.exec(record) ?? [];
		return kind === undefined || path === undefined ? [] : [{kind, uid: Number(uid), gid: Number(gid), path}];
	});

/** What lives no longer than the machine runs, and what other machines have. */
const elsewhere = [
	'(',
	...['/proc', '/sys', '/dev', '/run'].flatMap(path => ['-path', path, '-o']),
	...['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'ceph', 'fuse.sshfs'].flatMap((type, at) => [
		...(at === 0 ? [] : ['-o']),
		'-fstype',
		type,
	]),
	')',
	'-prune',
	'-o',
];

const scriptsOf = async (name: string, host: Reader): Promise<string> => {
	const {all} = await host.fact(packages);
	const stem = [name, `${name}:${all.get(name)?.architecture ?? ''}`].map(one => `/var/lib/dpkg/info/${one}`);
	const read = async (path: string): Promise<string> => Buffer.from((await host.read(path)) ?? '').toString('utf8');
	const lists = await Promise.all(stem.map(one => read(`${one}.list`)));
	const users = lists
		.join('\n')
		.split('\n')
		.filter(path => /^\/usr\/lib\/sysusers\.d\/[^/]+\.conf$/.test(path));
	return (await Promise.all([...stem.flatMap(one => [`${one}.preinst`, `${one}.postinst`]), ...users].map(read))).join(
		'\n',
	);
};
