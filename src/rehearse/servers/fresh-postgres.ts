/** The clusters of Debian's PostgreSQL, each to be made anew by initdb of its own version. */
import {textOf} from '#host/files/text-of.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresConf} from '#host/postgres/conf.ts';
import type {Reader} from '#model/host.ts';
import type {Fill, FreshServer} from './fresh-server.ts';

/** One for each cluster; what ALTER SYSTEM wrote is configuration, and comes along. */
export const postgresServers = async (host: Reader): Promise<readonly FreshServer[]> =>
	Promise.all((await host.fact(postgresClusters)).map(cluster => serverOf(host, cluster)));

const serverOf = async (host: Reader, cluster: Cluster): Promise<FreshServer> => {
	const conf = await postgresConf(host, cluster);
	const data = conf.get('data_directory')?.value ?? `/var/lib/postgresql/${cluster.version}/${cluster.name}`;
	const locale = conf.get('lc_messages')?.value || 'C.UTF-8';
	const altered = await textOf(host, `${data}/postgresql.auto.conf`);
	const initdb = [
		`${cluster.programs}/initdb`,
		'-D',
		data,
		'--encoding=UTF8',
		`--locale=${locale}`,
		'--auth-local=peer',
		'--auth-host=scram-sha-256',
		'--no-sync',
	];
	const alter: readonly Fill[] =
		altered === undefined
			? []
			: [
					{
						argv: ['tee', `${data}/postgresql.auto.conf`],
						as: owner,
						stdin: altered.replace(/^data_directory.*$/gm, ''),
					},
				];
	return {
		name: `PostgreSQL ${cluster.version}/${cluster.name}`,
		directories: [data],
		units: /^postgresql(@.*)?\.service$/,
		fill: [{argv: initdb, as: owner}, ...alter],
	};
};

const owner = 'postgres';
