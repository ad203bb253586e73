/** The proof that the database is usable: a login over TCP, as the application does it. Nothing is changed by it. */
import {setTimeout as pause} from 'node:timers/promises';
import {openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type PostgresLoginSpec = PostgresAddress & {readonly database: string};
type State = {readonly works: true} | {readonly works: false; readonly why: string};

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

export const postgresLoginType: ResourceType<PostgresLoginSpec, State> = {
	name: 'postgres-login',
	inspect: tryLogin,
	diff: (spec, state) =>
		state !== 'absent' && state.works
			? []
			: [
					{
						what: `login of ${spec.user} to ${spec.database} at ${spec.host}:${spec.port}`,
						from: state === 'absent' ? null : state.why,
						to: 'works',
					},
				],
	undoOf: () => ({can: true, record: null}),
	async apply(spec, _state, _changes, host) {
		const deadline = performance.now() + 15_000;
		for (;;) {
			const now = await tryLogin(spec, host);
			if (now.works) return;
			if (performance.now() > deadline)
				throw new Fault(
					'postgres.login',
					`${spec.user} cannot log in to the database ${spec.database} at ${spec.host}:${spec.port}: ${now.why}`,
					'See pg_hba.conf (a line "host all all 127.0.0.1/32 scram-sha-256"), listen_addresses and the server\'s log.',
				);
			await pause(500);
		}
	},
	undo: async () => ({outcome: 'already'}),
};

async function tryLogin(spec: PostgresLoginSpec, host: Reader): Promise<State> {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a login needs the running server'});
	const opened = await openPostgres(host, spec).catch((error: unknown) => {
		if (error instanceof Blocked && error.why.because === 'unsafe') return {ok: false, why: error.why.need} as const;
		throw error;
	});
	if (!opened.ok) return {works: false, why: opened.why};
	await opened.close();
	return {works: true};
}
