/** A setting that wants a restart is only true after one; a cluster that does not come back gets its old settings, and comes back with them. */
import {setTimeout as pause} from 'node:timers/promises';
import {askPostgres, tellPostgres} from '#host/postgres/client.ts';
import type {Cluster} from '#host/postgres/clusters.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';

/** Tells the postmaster to reread its files and waits until it has: it does so a moment later. */
export const reloadCluster = async (cluster: Cluster, host: Host): Promise<void> => {
	const server = {kind: 'local', cluster: `${cluster.version}/${cluster.name}`} as const;
	const loaded = (): Promise<string | undefined> => askPostgres(host, server, ['SELECT pg_conf_load_time()']);
	const before = await loaded();
	await tellPostgres(host, server, ['DO $$ BEGIN PERFORM pg_reload_conf(); END $$;']);
	for (const deadline = performance.now() + 3000; performance.now() < deadline && (await loaded()) === before; )
		await pause(50);
};

/** Restarts one cluster. When it fails, `takeBack` puts the old settings back, it is started again, and the fault is thrown. */
export const restartCluster = async (cluster: Cluster, host: Host, takeBack: () => Promise<void>): Promise<void> => {
	host.say(`restarting PostgreSQL ${cluster.version}/${cluster.name}: a setting wants it`);
	try {
		await host.serve('restart', cluster.unit);
	} catch (error) {
		await takeBack();
		// Where the test refuses its files it was never stopped.
		if (error instanceof Fault && error.code === 'unit.would-fail') throw error;
		await host.serve('start', cluster.unit);
		throw new Fault(
			'postgres.restart',
			`PostgreSQL ${cluster.version}/${cluster.name} does not start with the new settings`,
			`The old ones are back and it runs again. journalctl -u ${cluster.unit} says why.`,
			{details: faultData(error).details},
		);
	}
};
