/** A superuser reads every database and starts programs as postgres: an application's role must not be one. */
import {postgresClusters} from '#host/postgres/clusters.ts';
import {postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	becomes: {
		state: 'fail',
		example: {role: 'app', superuser: 'postgres'},
		says: ({role, superuser}) => `${role} is a member of ${superuser}, and may act as that superuser`,
		remedy: ({role, superuser}) => ({
			sentence: `Give the role the rights it needs, then as postgres: REVOKE "${superuser.replaceAll('"', '""')}" FROM "${role.replaceAll('"', '""')}".`,
		}),
	},
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
	reads: ['pg_authid: rolsuper, rolcanlogin; pg_has_role: whose member each is'],
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
				let members: readonly (readonly [string, string])[] = [];
				const runtime = await see(async () => {
					const {roles} = await host.fact(postgresHealth(cluster));
					const supers = [...roles].filter(([, {superuser}]) => superuser).map(([role]) => role);
					members = [...roles].flatMap(([role, {becomes}]) => (becomes === null ? [] : [[role, becomes] as const]));
					others = supers.filter(role => role !== 'postgres');
					return {value: supers, where: 'pg_authid'};
				});
				if (others.length + members.length === 0)
					return [{item: name, is: 'ok', expected: ['postgres'], layers: {runtime}}];
				const sight = (role: string) => ({item: `${name} ${role}`, expected: 'no superuser', layers: {runtime}});
				return [
					...others.map(role => ({...sight(role), is: 'superuser' as const, data: {role}})),
					...members.map(([role, superuser]) => ({
						...sight(role),
						is: 'becomes' as const,
						data: {role, superuser},
					})),
				];
			}),
		);
		return findings(all.flat());
	},
});
