/**
 * What somebody's file names is read for them, and no more than they could read themselves: else a line of a file that is root's alone comes out in a report, or
 * decides a verdict, because a configuration of theirs says `include`.
 */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {accounts} from '../system/accounts.ts';
import {rightsOf} from './rights.ts';
import {isRoots, trust} from './who-may-write.ts';

/** Returns where root alone may write `by`, or its owner may read `path`, or nothing is there. Throws Blocked 'unsafe' otherwise. */
export const refuseBeyondRights = async (host: Reader, path: string, by: string): Promise<void> => {
	if (host.root !== '/' || isRoots((await host.fact(trust))(by))) return;
	const naming = await host.stat(by, {follow: true});
	if (naming === undefined) return;
	// Root's own file in a directory of others can be theirs by now.
	const uid = naming.uid === 0 ? undefined : naming.uid;
	if (await mayRead(host, path, uid)) return;
	const {users} = await host.fact(accounts);
	const user = [...users.values()].find(one => one.uid === uid);
	throw new Blocked({
		because: 'unsafe',
		need: `${by} names ${path}, which ${user?.name ?? 'not everybody'} may${user ? ' not' : ''} read: it is not read as root`,
	});
};

/** By owner and mode of the file and of every directory above it, as that account with its groups; as anybody where there is no such account. What is not there may be read. */
export const mayRead = async (host: Reader, path: string, uid: number | undefined): Promise<boolean> => {
	const user = [...(await host.fact(accounts)).users.values()].find(one => one.uid === uid);
	return (await rightsOf(host, path, uid === undefined ? undefined : user))?.read ?? true;
};
