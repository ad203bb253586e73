/** Before data is dropped on purpose it is written to a file that outlives us. */
import type {Cluster} from '#host/postgres/clusters.ts';
import type {Host} from '#model/host.ts';
import {dumpFile} from '../shared/dumps.ts';

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
			'--',
			name,
		],
		{
			as: 'postgres',
		},
	);
	await host.exec(['mv', '--', draft, path]);
	await host.own(path, {mode: 0o600, owner: 'root:root'});
	return path;
};
