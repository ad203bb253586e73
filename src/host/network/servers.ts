/** Redis and the clusters of PostgreSQL that are told to listen on an address beyond this host's loopback. */

import type {Fact, Reader} from '#model/host.ts';
import {postgresClusters} from '../postgres/clusters.ts';
import {postgresConf} from '../postgres/conf.ts';
import {redisFile, redisLine} from '../redis/file.ts';
import {ifTold} from '../see.ts';

export type NetworkServer = {
	readonly name: string;
	readonly unit: string;
	readonly port: number;
	readonly addresses: readonly string[];
	readonly where: string;
};

/** Those with such an address. Throws Blocked where the file of Redis may not be read. */
export const networkServers: Fact<readonly NetworkServer[]> = {
	id: 'network-servers',
	async read(host) {
		const all = [
			await redisServer(host),
			...(await Promise.all((await host.fact(postgresClusters)).map(cluster => postgresServer(host, cluster)))),
		];
		return all.filter(one => one !== undefined && one.addresses.length > 0) as readonly NetworkServer[];
	},
};

const redisServer = async (host: Reader): Promise<NetworkServer | undefined> => {
	const file = await host.fact(redisFile);
	if (file === 'absent') return undefined;
	const line = redisLine(file, 'bind');
	const addresses = (line?.words ?? []).map(word => word.replace(/^-/, '')).filter(isFar);
	return {
		name: 'Redis',
		unit: 'redis-server.service',
		port: Number(redisLine(file, 'port')?.words[0] ?? 6379),
		addresses,
		where: line?.where ?? file.path,
	};
};

type Cluster = Parameters<typeof postgresConf>[1];

const postgresServer = async (host: Reader, cluster: Cluster): Promise<NetworkServer | undefined> => {
	const line = (await ifTold(() => postgresConf(host, cluster)))?.get('listen_addresses');
	if (line === undefined) return undefined;
	const addresses = line.value
		.split(',')
		.map(word => word.trim())
		.filter(isFar);
	return {
		name: `PostgreSQL ${cluster.version}/${cluster.name}`,
		unit: cluster.unit,
		port: cluster.port,
		addresses,
		where: line.where,
	};
};

/** An address of its own, which must be there first: no name, no wildcard, no loopback. */
const isFar = (word: string): boolean =>
	/^[\d.]+$|^[0-9a-f:]*:[0-9a-f:]*$/i.test(word) && !/^127\.|^::1?$|^0\.0\.0\.0$/.test(word);
