/** Who besides its owner can read a file: by its mode, its group and its access list, as far as the directories above let them through. A key is as private as that. */
import {dirname, join} from 'node:path';
import type {Reader, Stat} from '#model/host.ts';
import {batched} from '../batch.ts';
import type {Accounts} from '../system/accounts.ts';
import {type Acl, aclReaders} from './acl.ts';

/** Accounts that hold keys on a Debian host. */
export const isKeeper = (owner: string | undefined): boolean =>
	owner !== undefined && ['root', 'postfix', 'openldap', 'postgres'].includes(owner);

/**
 * In words, empty where only its owner and keepers of keys read it. Debian's group ssl-cert is there to read keys, and is for services; root's own group has nobody else in it as Debian comes. A closed directory
 * above closes the key.
 */
export const readersOf = async (
	path: string,
	stat: Stat,
	known: Accounts,
	host: Reader,
): Promise<readonly string[]> => {
	const above = await Promise.all(directoriesAbove(path).map(directory => host.stat(directory)));
	const owner = [...known.users.values()].find(({uid}) => uid === stat.uid)?.name ?? String(stat.uid);
	const reached = (bits: number): boolean => above.every(one => one === undefined || (one.mode & bits) !== 0);
	// With an access list the bits of the group are its mask.
	const list = stat.mode & 0o040 && reached(0o011) ? await aclAt(join(host.root, path), host) : [];
	return [
		...(stat.mode & 0o004 && reached(0o001) ? ['everybody'] : []),
		...(list === 'none' || list === undefined
			? groupReaders(stat.gid, known)
			: list.flatMap(({kind, id}) => {
					if (kind === 'owning-group') return groupReaders(stat.gid, known);
					if (kind === 'group') return groupReaders(id, known).map(one => `${one} (access list)`);
					const name = [...known.users.values()].find(({uid}) => uid === id)?.name ?? String(id);
					return isKeeper(name) ? [] : [`the user ${name} (access list)`];
				})),
		...(isKeeper(owner) ? [] : [`the user ${owner}`]),
	];
};

/** The program that reads one is started once for all that are asked about in one turn. */
const aclAt = batched<string, Acl>('acl-readers', async paths => aclReaders(paths));

const groupReaders = (gid: number, {users, groups}: Accounts): readonly string[] => {
	const group = [...groups.values()].find(one => one.gid === gid);
	if (gid !== 0 && group?.name !== 'ssl-cert') return [`the group ${group?.name ?? gid}`];
	const people = [
		...(group?.members ?? []).filter(name => (users.get(name)?.uid ?? 0) >= 1000),
		...[...users.values()].filter(one => one.gid === gid && one.uid >= 1000).map(({name}) => name),
	].filter(name => name !== 'nobody');
	return people.map(name => `the user ${name}, in the group ${group?.name ?? gid},`);
};

/** The nearest first. */
export const directoriesAbove = (path: string): readonly string[] =>
	dirname(path) === path ? [] : [dirname(path), ...directoriesAbove(dirname(path))];
