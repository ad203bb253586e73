/** Before data is dropped on purpose it is written to a file that outlives us. */
import {asSuperuser} from '#host/postgres/client.ts';
import type {Cluster} from '#host/postgres/clusters.ts';
import type {Host} from '#model/host.ts';
import {dumpFile, takeDraft} from '../shared/dumps.ts';

/** Milliseconds: a session that holds a table for itself would be waited for until it ends. */
export const lockPatience = 20_000;

/** pg_dump's custom format, 0600 root, in /var/lib/host-setup/dumps; gives the path. */
export const dumpDatabase = async (host: Host, cluster: Cluster, name: string): Promise<string> => {
	const path = await dumpFile(host, `${safe(name)}.dump`);
	await dumpDatabaseTo(host, cluster, name, path);
	return path;
};

const safe = (name: string): string => name.replaceAll(/[^\w.-]/g, '_');

/** The same to a name in a directory of root. The server's own account may not enter there, so it writes beside its data first. `more`: options of pg_dump. */
export const dumpDatabaseTo = async (
	host: Host,
	cluster: Cluster,
	name: string,
	path: string,
	more: readonly string[] = [],
): Promise<void> => {
	const draft = `/var/lib/postgresql/.host-setup-${safe(name)}-${process.pid}.dump`;
	await host.exec(
		[
			`${cluster.programs}/pg_dump`,
			'-w',
			'-Fc',
			...more,
			'-h',
			cluster.socket,
			'-p',
			String(cluster.port),
			'-U',
			'postgres',
			'-f',
			draft,
			`--lock-wait-timeout=${lockPatience}`,
			`--dbname=${asSuperuser(name)}`,
		],
		{
			as: 'postgres',
		},
	);
	await takeDraft(host, draft, path);
};
