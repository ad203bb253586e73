/** What a cluster's files set, in the order in which the server reads them: postgresql.conf with what it includes, then what ALTER SYSTEM wrote. */
import type {Reader} from '#model/host.ts';
import {ifTold} from '../see.ts';
import type {Cluster} from './clusters.ts';
import {confLines, type PostgresLine} from './conf-lines.ts';

/** Every setting in force in the files; of several lines of one name the last counts. */
export const postgresConf = async (host: Reader, cluster: Cluster): Promise<ReadonlyMap<string, PostgresLine>> => {
	const lines = await confLines(host, `${cluster.directory}/postgresql.conf`);
	const data =
		lines.findLast(({name}) => name === 'data_directory')?.value ??
		`/var/lib/postgresql/${cluster.version}/${cluster.name}`;
	// Only root and postgres may look there; what it holds the server shows as well.
	const altered = (await ifTold(() => confLines(host, `${data}/postgresql.auto.conf`))) ?? [];
	return new Map([...lines, ...altered].map(line => [line.name, line]));
};
