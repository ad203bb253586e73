/** A superuser reads every database and starts programs as postgres: an application's role must not be one. */
import {postgresClusters} from '#host/postgres/clusters.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	superuser: {
		state: 'fail',
		example: {role: 'app'},
		says: ({role}) => `${role} is a superuser`,
		remedy: ({role}) => ({
			sentence: `Give the role the rights it needs (CREATEDB, CREATEROLE, ownership of its database), then as postgres: ALTER ROLE "${role.replaceAll('"', '""')}" NOSUPERUSER.`,
		}),
	},
});

export const check = defineCheck({
	id: 'postgres.superusers',
	title: 'Only postgres is a superuser',
	why: 'A role with SUPERUSER may read and change every database, and run programs as the user postgres. The OpenSlides guide gives it to the role of an application, which needs CREATEDB and CREATEROLE only.',
	reads: ['pg_authid: rolsuper, rolcanlogin'],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['postgres.running'],
	source:
		'PostgreSQL manual, "Role Attributes"; OpenSlides guide, "Configure PostgreSQL" (ALTER USER … WITH SUPERUSER)',
	verify: 'runuser -u postgres -- psql -c "\\du"',
	facts: {clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(
			facts.clusters.map(async (cluster): Promise<readonly FoundOf<typeof kinds>[]> => {
				const name = `${cluster.version}/${cluster.name}`;
				let others: readonly string[] = [];
				const runtime = await see(async () => {
					const {roles} = await host.fact(postgresHealth(cluster));
					const supers = [...roles].filter(([, {superuser}]) => superuser).map(([role]) => role);
					others = supers.filter(role => role !== 'postgres');
					return {value: supers, where: 'pg_authid'};
				});
				if (others.length === 0) return [{item: name, is: 'ok', expected: ['postgres'], layers: {runtime}}];
				return others.map(role => ({
					item: `${name} ${role}`,
					is: 'superuser',
					data: {role},
					expected: 'no superuser',
					layers: {runtime},
				}));
			}),
		);
		return findings(all.flat());
	},
});
