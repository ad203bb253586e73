/** What every PostgreSQL resource has in common: the server it waits for, the lock it holds, and whether it reaches another host. */
import {localPostgres, type PostgresServer} from '#host/postgres/client.ts';
import type {Edges} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {withEdges} from '../shared/edges.ts';

/** A database or a role by its server: of one name there may be one on each. Of this host's it is the name alone. */
export const onServer = (
	{server = localPostgres, name}: {readonly server?: PostgresServer; readonly name: string},
	kind: 'database' | 'role',
): Thing => (server.kind === 'local' ? `${kind}:${name}` : `${kind}:${server.host}:${server.port}/${name}`);

/** Edges of a resource on a server: a local one needs the running unit; a remote one is looked at, never changed, in a rehearsal. */
export const postgresEdges = (server: PostgresServer = localPostgres, own: Edges, more: Partial<Edges>): Edges =>
	withEdges(
		{
			...own,
			...(server.kind === 'remote'
				? {reach: 'remote' as const}
				: {needs: ['unit:postgresql.service', ...(own.needs ?? [])]}),
			locks: ['postgres', ...(own.locks ?? [])],
		},
		more,
	);
