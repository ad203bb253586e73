/**
 * The user of an application, as whom alone its program may be asked anything: whom its unit or supervisor starts it as, else who the running process is. What
 * the application's own file says of its user counts for nothing, for the application may write that file.
 */
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {accounts} from '../system/accounts.ts';
import {isRoots, trust} from '../trust/who-may-write.ts';
import type {AppServer} from './app-server.ts';

/** Its name, or why it is not asked: nobody is known, or it would run as root. */
export const applicationUser = async (server: AppServer, host: Reader): Promise<string | Unknown> => {
	const {users} = await host.fact(accounts);
	const trusting = await host.fact(trust);
	const started = isRoots(trusting(server.where.replace(/:\d+$/, ''))) ? server.startedAs : undefined;
	const uid = (server.running?.children[0] ?? server.running?.main)?.uid;
	const name = started ?? [...users.values()].find(one => one.uid === uid)?.name;
	if (name === undefined)
		return {
			because: 'unsafe',
			need: `nothing of root's says as whom ${server.item} runs, and it does not run as an account of this host: set User= in what starts it`,
		};
	if (name === 'root' || users.get(name)?.uid === 0 || uid === 0)
		return {because: 'unsafe', need: `${server.item} would run as root: give it a user of its own (appserver.user)`};
	return name;
};
