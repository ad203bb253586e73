/** Local users and groups, from the files alone: NSS may ask a directory that is down or not there yet. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

export type Account = {
	readonly name: string;
	readonly uid: number;
	readonly gid: number;
	readonly gecos: string;
	readonly home: string;
	readonly shell: string;
};
export type Group = {readonly name: string; readonly gid: number; readonly members: readonly string[]};
export type Accounts = {readonly users: ReadonlyMap<string, Account>; readonly groups: ReadonlyMap<string, Group>};
export type Owner = {readonly uid: number; readonly gid: number};

/** /etc/passwd and /etc/group. On a host without them: empty. */
export const accounts: Fact<Accounts> = {
	id: 'accounts',
	async read(host) {
		const [passwd, group] = await Promise.all([lines(host, '/etc/passwd'), lines(host, '/etc/group')]);
		return {
			users: new Map(
				passwd.map(([name = '', , uid, gid, gecos = '', home = '', shell = '']) => [
					name,
					{name, uid: Number(uid), gid: Number(gid), gecos, home, shell},
				]),
			),
			groups: new Map(
				group.map(([name = '', , gid, members = '']) => [
					name,
					{name, gid: Number(gid), members: members.split(',').filter(one => one !== '')},
				]),
			),
		};
	},
};

/** The user of that name. Throws Blocked 'until' while there is none. */
export const accountOf = async (host: Reader, name: string): Promise<Account> => {
	const account = (await host.fact(accounts)).users.get(name);
	if (account === undefined) throw new Blocked({because: 'until', thing: `user:${name}`});
	return account;
};

/** The groups whose rights that user has: its own, and those that name it. */
export const groupsOf = ({users, groups}: Accounts, name: string): readonly Group[] =>
	[...groups.values()].filter(({gid, members}) => gid === users.get(name)?.gid || members.includes(name));

/** Their numbers; its own is among them also where no group of this host has it. */
export const gidsOf = (known: Accounts, user: Pick<Account, 'name' | 'gid'>): ReadonlySet<number> =>
	new Set([user.gid, ...groupsOf(known, user.name).map(({gid}) => gid)]);

/** That user and its own group, as `1000:1000`. Throws Blocked 'until' while there is none. */
export const ownerOf = async (host: Reader, name: string): Promise<string> => {
	const {uid, gid} = await accountOf(host, name);
	return `${uid}:${gid}`;
};

/** The numbers of `user:group`; undefined while one of them is not on the host. Numbers stand for themselves. */
export const ownerIds = ({users, groups}: Accounts, owner: string): Owner | undefined => {
	const [user = '', group = user] = owner.split(':');
	const uid = /^\d+$/.test(user) ? Number(user) : users.get(user)?.uid;
	const gid = /^\d+$/.test(group) ? Number(group) : groups.get(group)?.gid;
	return uid === undefined || gid === undefined ? undefined : {uid, gid};
};

/** `user:group` by name where the host knows one, else by number. */
export const ownerName = ({users, groups}: Accounts, {uid, gid}: Owner): string => {
	const user = [...users.values()].find(one => one.uid === uid)?.name ?? String(uid);
	const group = [...groups.values()].find(one => one.gid === gid)?.name ?? String(gid);
	return `${user}:${group}`;
};

const lines = async (host: Reader, path: string): Promise<readonly (readonly string[])[]> =>
	Buffer.from((await host.read(path)) ?? '')
		.toString('utf8')
		.split('\n')
		.filter(line => line.includes(':'))
		.map(line => line.split(':'));
