/** What one account may do with one path, by owner, group and mode of it and of every directory above: the question that a server asks when it starts. */
import type {Reader, Stat} from '#model/host.ts';
import {type Account, accounts, gidsOf} from '../system/accounts.ts';
import {directoriesAbove} from './who-may-read.ts';

export type Rights = {
	readonly read: boolean;
	readonly write: boolean;
	/** By name, else its number. */
	readonly owner: string;
};

/** Of `path`, links followed, as that account with its groups, or as anybody; undefined where nothing is there. A directory is only as good as its x bit. Access lists are not looked at: their mask shows as the group's bits. */
export const rightsOf = async (host: Reader, path: string, user: Account | undefined): Promise<Rights | undefined> => {
	const known = await host.fact(accounts);
	const at = await host.stat(path, {follow: true});
	if (at === undefined) return undefined;
	const gids = user === undefined ? new Set<number>() : gidsOf(known, user);
	const may = (stat: Stat, bits: number): boolean => modeLets(stat, bits, user, gids);
	const above = directoriesAbove(at.at ?? path).filter(one => one !== '/');
	const stats = await Promise.all(above.map(one => host.stat(one)));
	const reached = user?.uid === 0 || stats.every(stat => stat !== undefined && may(stat, 1));
	const enter = at.kind === 'directory' ? 1 : 0;
	return {
		read: reached && may(at, 4 | enter),
		write: reached && may(at, 2 | enter),
		owner: [...known.users.values()].find(({uid}) => uid === at.uid)?.name ?? String(at.uid),
	};
};

/** All these bits (4 to read, 2 to write, 1 to enter), by mode alone: an owner has those of the owner, also where others have more. Root may whatever the mode says. */
export const modeLets = (
	{mode, uid, gid}: Pick<Stat, 'mode' | 'uid' | 'gid'>,
	bits: number,
	user: Pick<Account, 'uid'> | undefined,
	gids: ReadonlySet<number>,
): boolean => user?.uid === 0 || ((mode >> (user?.uid === uid ? 6 : gids.has(gid) ? 3 : 0)) & bits) === bits;
