/** A PostgreSQL series lives five years; the distribution keeps its own as long as the release. */

import {release} from '#host/apt/release.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {ifTold, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type FoundOf, findings} from '#model/finding.ts';
import {supportedFinding, supportKinds} from '../shared/supported.ts';

const kinds = supportKinds({
	sentence: 'Install the series of this release and move the data with pg_upgradecluster (with a dump before).',
});

export const check = defineCheck({
	id: 'postgres.version',
	title: 'PostgreSQL is a supported version',
	why: 'A version without security fixes stays open to everything that is found from then on. After an upgrade of the release the old cluster runs on until it is moved.',
	reads: [
		'/etc/postgresql: the clusters and their series',
		'server_version_num',
		'the dates that its makers and the distribution announced',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'postgresql.org, versioning policy; the release cycles of Debian and Ubuntu',
	verify: 'pg_lsclusters; the page of its makers about supported versions',
	facts: {clusters: postgresClusters, release},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts, now}) {
		const all = await Promise.all(
			facts.clusters.map(async (cluster: Cluster): Promise<FoundOf<typeof kinds>> => {
				const version = await ifTold(async () => (await host.fact(postgresHealth(cluster))).version);
				const runtime = await see(async () => ({
					value: (await host.fact(postgresHealth(cluster))).version,
					where: 'server_version_num',
				}));
				const file = {value: cluster.version, where: cluster.directory};
				return {
					item: `${cluster.version}/${cluster.name}`,
					...supportedFinding({
						name: 'PostgreSQL',
						product: 'postgresql',
						series: cluster.version,
						codename: facts.release.codename,
						now,
						file,
						runtime,
						runs:
							version === undefined ? undefined : version >= 100000 ? String(Math.floor(version / 10000)) : undefined,
					}),
				};
			}),
		);
		return findings(all);
	},
});
