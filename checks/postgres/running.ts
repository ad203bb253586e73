/** A cluster is a unit of its own; postgresql.service says "active" while all of them are down. */

import {postgresClusters} from '#host/postgres/clusters.ts';
import {runningFindings} from '#host/units/running.ts';
import {defineCheck} from '#model/check.ts';
import {findings} from '#model/finding.ts';
import {serviceKinds} from '../shared/service.ts';

export const check = defineCheck({
	id: 'postgres.running',
	title: 'PostgreSQL runs, and starts at boot',
	why: 'An application without its database shows errors only. postgresql.service itself is but a name for all clusters: it is active even when none of them runs.',
	reads: [
		'/etc/postgresql: the clusters of this host',
		'systemctl show postgresql@VERSION-NAME.service, postgresql.service',
	],
	severity: 'fail',
	layers: ['runtime', 'file'],
	source: 'ipynbsrv guide, "Postgres Container"; OpenSlides guide, "Configure PostgreSQL"',
	verify: 'pg_lsclusters',
	facts: {clusters: postgresClusters},
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(
			facts.clusters.map(({version, name, unit}) =>
				runningFindings(unit, host, {atBoot: 'postgresql.service', prefix: `${version}/${name} `}),
			),
		);
		return findings(all.flat());
	},
	kinds: serviceKinds('PostgreSQL'),
});
