/** Before data is dropped on purpose it is written to a file that outlives us. */
import {asSuperuser} from '#host/postgres/client.ts';
import type {Cluster} from '#host/postgres/clusters.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {dumpFile} from '../shared/dumps.ts';

/** Milliseconds: a session that holds a table for itself would be waited for until it ends. */
export const lockPatience = 20_000;

/** pg_dump's custom format, 0600 root, in /var/lib/host-setup/dumps; gives the path. The server's own account may not enter there, so it writes beside its data first. */
export const dumpDatabase = async (host: Host, cluster: Cluster, name: string): Promise<string> => {
	const safe = name.replaceAll(/[^\w.-]/g, '_');
	const draft = `/var/lib/postgresql/.host-setup-${safe}-${process.pid}.dump`;
	const path = await dumpFile(host, `${safe}.dump`);
	await host.exec(
		[
			`${cluster.programs}/pg_dump`,
			'-w',
			'-Fc',
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
	// By a descriptor, and as root's new file: the server's account may put anything at that name.
	await host.act(`keep ${draft} as ${path}`, async () => {
		await fetchFile({from: draft, to: path, limit: Number.MAX_SAFE_INTEGER, progress: () => undefined});
	});
	await clear(host, draft);
	return path;
};
