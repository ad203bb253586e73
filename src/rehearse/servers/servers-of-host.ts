/** Every database server of this host that holds data: which directories that is, and how it gets fresh ones in a copy. */
import {faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {mongoServers} from './fresh-mongodb.ts';
import {mysqlServers} from './fresh-mysql.ts';
import {postgresServers} from './fresh-postgres.ts';
import {redisServers} from './fresh-redis.ts';
import type {FreshServer} from './fresh-server.ts';
import {slapdServers} from './fresh-slapd.ts';

/** `unread` says of which kinds it could not be told: they stay off in a copy. */
export type ServersOfHost = {readonly servers: readonly FreshServer[]; readonly unread: readonly string[]};

/** Reads configuration only; no server is asked, and no data are opened. */
export const serversOfHost = async (host: Reader): Promise<ServersOfHost> => {
	const servers: FreshServer[] = [];
	const unread: string[] = [];
	for (const read of [postgresServers, mysqlServers, slapdServers, redisServers, mongoServers]) {
		try {
			for (const server of await read(host)) if (await holdsData(host, server)) servers.push(server);
		} catch (error) {
			unread.push(faultData(error).sentence);
		}
	}
	return {servers, unread};
};

/** A directory that is not there is made by the first start, as on this host. */
const holdsData = async (host: Reader, {directories}: FreshServer): Promise<boolean> =>
	((await host.list(directories[0] ?? '')) ?? []).length > 0;
