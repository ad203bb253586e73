/** The proof that the database is usable: a login over TCP, as the application does it. Nothing is changed by it. */
import {openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';
import {type LoginState, loginType} from '../shared/login.ts';

export type PostgresLoginSpec = PostgresAddress & {readonly database: string};

/** The role logs in to the database, over TCP, with its password. */
export const postgresLogin = (spec: PostgresLoginSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresLoginType,
		withEdges(
			{
				id: `postgres-login:${spec.user}@${spec.host}:${spec.port}/${spec.database}`,
				provides: ['done:postgres-login'],
				title: `${spec.user} logs in to ${spec.database}`,
			},
			edges,
		),
		spec,
	);

export const postgresLoginType: ResourceType<PostgresLoginSpec, LoginState> = loginType<PostgresLoginSpec>({
	name: 'postgres-login',
	patience: 15_000,
	async attempt(spec, host) {
		const opened = await openPostgres(host, spec);
		if (!opened.ok) return {works: false, why: opened.why};
		await opened.close();
		return {works: true};
	},
	fault: says =>
		new Fault(
			'postgres.login',
			says,
			'See pg_hba.conf (a line "host all all 127.0.0.1/32 scram-sha-256"), listen_addresses and the server\'s log.',
		),
});
