/** A database and who owns it. It holds data: undo drops it only while there is nothing in it but what our own steps put there. */
import {
	askPostgres,
	localPostgres,
	type PostgresServer,
	refuseUnlessAllowed,
	serverFrom,
	serverKeep,
	serverName,
	serverRecord,
	tellPostgres,
} from '#host/postgres/client.ts';
import {theCluster} from '#host/postgres/clusters.ts';
import {postgresFacts} from '#host/postgres/now.ts';
import {sqlName, sqlText} from '#host/postgres/sql.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import {dumpDatabase} from './dump.ts';
import {onServer, postgresEdges} from './edges.ts';

export type PostgresDatabaseSpec = {
	readonly server?: PostgresServer;
	readonly name: string;
	readonly owner: string;
	/** Default UTF8, made from template0. */
	readonly encoding?: string;
	/** Default: the cluster's own, or C.UTF-8 where that is no UTF-8. */
	readonly locale?: string;
	/** Tables whose rows are no data of anybody: an undo may drop the database with them. See `djangoTables`. */
	readonly disposable?: readonly string[];
};
type State = {readonly owner: string; readonly open: boolean} | {readonly owner: null; readonly template: string};
type Journaled = {
	readonly server: Json;
	readonly name: string;
	readonly created: boolean;
	readonly was: string | null;
	readonly put: string;
	readonly disposable: readonly string[];
};

/** What Django's own `migrate` writes; the rows say nothing about anybody. */
export const djangoTables = ['django_migrations', 'django_content_type', 'auth_permission', 'django_site'] as const;

/** A database with its owner and encoding. */
export const postgresDatabase = (spec: PostgresDatabaseSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresDatabaseType,
		postgresEdges(
			spec.server,
			{
				id: `postgres-database:${spec.name}`,
				provides: [...new Set([`database:${spec.name}` as const, onServer(spec, 'database')])],
				needs: [`role:${spec.owner}`],
				holdsData: true,
			},
			edges,
		),
		spec,
	);

export const postgresDatabaseType: ResourceType<PostgresDatabaseSpec, State> = {
	name: 'postgres-database',

	async inspect({server = localPostgres, name, owner, encoding = 'UTF8'}, host) {
		sqlName(name);
		sqlName(owner);
		const facts = await host.fact(postgresFacts(server));
		const found = facts === 'absent' ? undefined : facts.databases.get(name);
		if (facts === 'absent' || found === undefined)
			return {owner: null, template: facts === 'absent' ? '' : facts.encoding};
		if (found.encoding !== encoding)
			throw new Fault(
				'postgres.encoding',
				`the database ${name} on ${serverName(server)} is there with the encoding ${found.encoding}, not ${encoding}`,
				'An encoding cannot be changed in place: dump it, drop it and restore it into a new one, or answer another name.',
			);
		return {owner: found.owner, open: found.open};
	},

	diff(spec, state) {
		const {server = localPostgres, name, owner, encoding = 'UTF8'} = spec;
		if (state === 'absent' || state.owner === null) {
			if (state !== 'absent') refuseUnlessAllowed(server, `the database ${name}`);
			return [
				{what: `database ${name}`, from: null, to: encoding},
				{what: 'owner', from: null, to: owner},
			];
		}
		const changes = [
			...(state.owner === owner ? [] : [{key: 'owner', what: 'owner', from: state.owner, to: owner}]),
			...(state.open ? [] : [{key: 'connections', what: 'connections', from: 'refused', to: 'allowed'}]),
		];
		if (changes.length > 0)
			refuseUnlessAllowed(server, `the database ${name} (${changes.map(change => change.what).join(', ')})`);
		return changes;
	},

	holds: spec => [{thing: onServer(spec, 'database')}],

	// One on another host is saved there.
	keeps: ({server = localPostgres, name, owner}) =>
		server.kind === 'local'
			? [{kind: 'postgres', name, owner, ...(server.cluster !== undefined && {cluster: server.cluster})}]
			: [],

	unsaved: ({server = localPostgres, name}) =>
		server.kind === 'local' ? [] : [`the database ${name} on ${server.host}`],

	undoOf({server = localPostgres, name, owner, disposable = []}, state) {
		const record: Journaled = {
			server: serverRecord(server),
			name,
			created: state.owner === null,
			was: state.owner,
			put: owner,
			disposable,
		};
		return {can: true, record, keep: serverKeep(server)};
	},

	async apply({server = localPostgres, name, owner, encoding = 'UTF8', locale}, state, changes, host) {
		if (state.owner === null) {
			// A cluster initialised under C or Latin-1 refuses UTF8 with its own locale.
			const sorting = locale ?? (state.template === encoding || encoding !== 'UTF8' ? undefined : 'C.UTF-8');
			const words = sorting === undefined ? '' : ` LC_COLLATE ${sqlText(sorting)} LC_CTYPE ${sqlText(sorting)}`;
			if (server.kind === 'remote')
				await tellPostgres(host, server, [`GRANT ${sqlName(owner)} TO CURRENT_USER;`]).catch(ignoreMembership);
			await tellPostgres(host, server, [
				`CREATE DATABASE ${sqlName(name)} OWNER ${sqlName(owner)} TEMPLATE template0 ENCODING ${sqlText(encoding)}${words};`,
			]);
			return;
		}
		const has = (key: string): boolean => changes.some(change => change.key === key);
		await tellPostgres(host, server, [
			has('owner') ? `ALTER DATABASE ${sqlName(name)} OWNER TO ${sqlName(owner)};\n` : '',
			has('connections') ? `ALTER DATABASE ${sqlName(name)} WITH ALLOW_CONNECTIONS true;\n` : '',
		]);
	},

	async undo(raw, host, {kept, purgeData, gone}) {
		const record = raw as unknown as Journaled;
		const server = serverFrom(record.server, kept);
		const facts = await host.fact(postgresFacts(server));
		const found = facts === 'absent' ? undefined : facts.databases.get(record.name);
		if (found === undefined) return {outcome: 'already'};
		if (record.created) {
			const dropped = await dropDatabase(record, server, host, purgeData);
			if (dropped.outcome === 'undone') gone?.add(`database:${record.name}`);
			return dropped;
		}
		if (record.was === null || record.was === found.owner) return {outcome: 'already'};
		if (found.owner !== record.put)
			return {outcome: 'conflict', why: `the database ${record.name} belongs to ${found.owner} by now`};
		await tellPostgres(host, server, [`ALTER DATABASE ${sqlName(record.name)} OWNER TO ${sqlName(record.was)};`]);
		return {outcome: 'undone'};
	},
};

/** A managed server's administrator must be a member of a role to give it a database; a real superuser need not, and may be told so. */
const ignoreMembership = (error: unknown): void => {
	if (!(error instanceof Fault)) throw error;
};

const dropDatabase = async (
	{name, disposable}: Journaled,
	server: PostgresServer,
	host: Host,
	purgeData: boolean,
): Promise<Undone> => {
	const filled = await filledTables(name, disposable, server, host);
	if (filled.length > 0 && !purgeData)
		return {
			outcome: 'kept',
			why: `the database ${name} has rows in ${filled.slice(0, 5).join(', ')}${filled.length > 5 ? ` and ${filled.length - 5} more` : ''}`,
		};
	const users = await askPostgres(host, server, [
		`SELECT count(*) FROM pg_stat_activity WHERE datname = ${sqlText(name)}`,
	]);
	if (users !== '0' && !purgeData)
		return {outcome: 'kept', why: `${users} programs are connected to the database ${name}`};
	if (filled.length > 0) {
		const cluster = server.kind === 'local' ? await theCluster(host, server.cluster) : undefined;
		if (cluster === undefined)
			return {outcome: 'kept', why: `the database ${name} is on another host: dump and drop it there`};
		await dumpDatabase(host, cluster, name);
	}
	await tellPostgres(host, server, [`DROP DATABASE IF EXISTS ${sqlName(name)}${purgeData ? ' WITH (FORCE)' : ''};`]);
	return {outcome: 'undone'};
};

/**
 * Tables with at least one row, asked without running anything that the database's owner may have put there (no view, no type of theirs). A name is looked up
 * again when its table is asked, and may be a view of theirs by then, whose functions would run as the superuser: no view is asked in that session, and where
 * PostgreSQL is too old to be told so (before August 2024), how much room a table takes tells, which counts rows that were deleted.
 */
const filledTables = async (
	name: string,
	disposable: readonly string[],
	server: PostgresServer,
	host: Host,
): Promise<readonly string[]> => {
	const ignored = disposable.map(sqlText).join(', ') || "''";
	const answer = await askPostgres(
		host,
		server,
		[
			`
SELECT left(set_config(name, 'view, foreign-table', false), 0) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind';
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT (n.nspname = 'public' AND c.relname IN (${ignored}))
AND (c.relkind <> 'r' OR CASE WHEN current_setting('restrict_nonsystem_relation_kind', true) = 'view, foreign-table' THEN (xpath('/row/c/text()', query_to_xml(format('SELECT EXISTS (SELECT FROM ONLY %I.%I) AS c', n.nspname, c.relname), false, true, '')))[1]::text = 'true' ELSE pg_relation_size(c.oid) > 0 END)
UNION ALL SELECT 'large objects' WHERE EXISTS (SELECT FROM pg_largeobject_metadata);`,
		],
		name,
	);
	return (answer ?? '').split('\n').filter(line => line !== '');
};
