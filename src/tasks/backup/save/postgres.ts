/** A PostgreSQL database on its way into the store: dumped whole by its superuser, uncompressed, so that the store keeps only what changed since yesterday. */
import {askPostgres, type PostgresServer} from '#host/postgres/client.ts';
import {type Cluster, theCluster} from '#host/postgres/clusters.ts';
import {rowCounts} from '#host/postgres/counts.ts';
import {sqlText} from '#host/postgres/sql.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Keep} from '#model/kept-thing.ts';
import {dumpDatabaseTo} from '#resources/postgres/dump.ts';
import type {Counts} from '../snapshot-manifest.ts';

type Database = Extract<Keep, {kind: 'postgres'}>;

/** Where it is asked. */
export const serverOf = ({cluster}: {readonly cluster?: string | undefined}): PostgresServer => ({
	kind: 'local',
	...(cluster !== undefined && {cluster}),
});

/** Bytes that it takes in the cluster; its dump is seldom larger. Throws Fault backup.not-there. */
export const sizeOfDatabase = async (host: Reader, keep: Database): Promise<number> => {
	const size = await askPostgres(host, serverOf(keep), [
		`SELECT pg_database_size(oid) FROM pg_database WHERE datname = ${sqlText(keep.name)}`,
	]);
	if (size === undefined || size === '') throw notThere(`the database ${keep.name}`);
	return Number(size);
};

/** Dumps it to `path`, and gives how many rows each table had before and after: what is in the dump lies between. */
export const saveDatabase = async (host: Host, keep: Database, path: string): Promise<Counts> => {
	const before = await rowCounts(host, serverOf(keep), keep.name);
	await dumpDatabaseTo(host, await clusterOf(host, keep), keep.name, path, ['-Z0']);
	const after = await rowCounts(host, serverOf(keep), keep.name);
	if (before === undefined || after === undefined) return {};
	return Object.fromEntries(
		Object.entries(before).flatMap(([table, count]) => {
			const later = after[table];
			return later === undefined ? [] : [[table, [Math.min(count, later), Math.max(count, later)] as const]];
		}),
	) as Counts;
};

/** Throws Fault backup.not-there. */
export const clusterOf = async (host: Reader, {cluster}: {readonly cluster?: string | undefined}): Promise<Cluster> => {
	const found = await theCluster(host, cluster);
	if (found === undefined) throw notThere('a cluster of PostgreSQL');
	return found;
};

export const notThere = (what: string): Fault =>
	new Fault(
		'backup.not-there',
		`${what} is not there, and the stack should have it`,
		'setup doctor and setup plan say what is wrong with the stack. Nothing was saved: a backup without it would pass for a whole one.',
	);
