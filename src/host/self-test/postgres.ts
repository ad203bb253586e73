/** `postgres -C` with the words of the running cluster, and what the cluster itself says of pg_hba.conf: with a line that it cannot read it does not start. */
import type {Reader} from '#model/host.ts';
import {askPostgres} from '../postgres/client.ts';
import {postgresClusters} from '../postgres/clusters.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import type {Starts} from './starts.ts';

export const postgresTest = async ({unit, running}: Starts, host: Reader): Promise<Outcome> => {
	const [program, ...words] = running;
	if (program === undefined || !program.startsWith('/')) return 'fine';
	const ran = await host.probe([program, '-C', 'port', ...words], {as: 'postgres'});
	if (ran.code !== 0) return outcomeOf(ran, /line \d+|invalid value|unrecognized/);
	const cluster = (await host.fact(postgresClusters)).find(one => one.unit === unit);
	if (cluster === undefined) return 'fine';
	const server = {kind: 'local', cluster: `${cluster.version}/${cluster.name}`} as const;
	const wrong = await askPostgres(host, server, [
		`SELECT current_setting('hba_file') || ':' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL`,
	]);
	return wrong === undefined || wrong === '' ? 'fine' : {refuses: wrong.split('\n')};
};
