/**
 * Two ways to a PostgreSQL server: as its superuser through the local socket (peer, psql, SQL on stdin), or over TCP with
 * credentials (pg). Both take SQL and give the first column of its rows, so that resources need not know which it is.
 */
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {type Cluster, theCluster} from './clusters.ts';
import {sessionStart} from './sql.ts';
import {openPostgres, type PostgresAddress} from './tcp.ts';

export type PostgresServer =
	/** The cluster of this host; `cluster` ('15/main') only where there are several. */
	| {readonly kind: 'local'; readonly cluster?: string}
	/** A server that is there already: read only, unless an answer says that we may change it. */
	| (PostgresAddress & {readonly kind: 'remote'; readonly mayChange: boolean});

export const localPostgres: PostgresServer = {kind: 'local'};

/** Asks one question and gives the rows' first column, a line each; undefined while no cluster is there. Throws Blocked when it cannot be asked now. */
export const askPostgres = async (
	host: Reader,
	server: PostgresServer,
	sql: Text,
	database?: string,
): Promise<string | undefined> => {
	if (server.kind === 'remote') return askRemote(host, server, sql, database);
	const cluster = await theCluster(host, server.cluster);
	if (cluster === undefined) return undefined;
	const argv = psql(cluster, database);
	const ran = await host.probe(argv, {as: 'postgres', stdin: [sessionStart, ...sql, '\n']});
	if (ran.code === 0) return ran.stdout.replace(/\n$/, '');
	throw psqlFault(cluster, `${ran.stdout}\n${ran.stderr}`);
};

/** Changes something. Throws Fault 'postgres.refused' with the server's words. */
export const tellPostgres = async (host: Host, server: PostgresServer, sql: Text, database?: string): Promise<void> => {
	if (server.kind === 'remote')
		return host.act(
			`change the PostgreSQL server ${server.host}`,
			async () => void (await askRemote(host, server, sql, database)),
		);
	const cluster = await theCluster(host, server.cluster);
	if (cluster === undefined)
		throw new Fault(
			'postgres.missing',
			'no PostgreSQL cluster is on this host',
			'Install PostgreSQL first; on Debian its package makes one.',
		);
	await host.exec(psql(cluster, database), {as: 'postgres', stdin: [sessionStart, ...sql, '\n']});
};

/** What a journal may hold of a server; the password goes to the stash (`serverKeep`). */
export const serverRecord = (server: PostgresServer): Json =>
	server.kind === 'local'
		? {kind: 'local', ...(server.cluster !== undefined && {cluster: server.cluster})}
		: {
				kind: 'remote',
				host: server.host,
				port: server.port,
				user: server.user,
				mayChange: server.mayChange,
				...(server.database !== undefined && {database: server.database}),
				...(server.tls && {tls: server.tls}),
				...(server.ca !== undefined && {ca: server.ca}),
			};

/** The bytes that `serverFrom` needs first. */
export const serverKeep = (server: PostgresServer): readonly Text[] =>
	server.kind === 'remote' ? [server.password] : [];

/** A server from a journal and the first of the stashed bytes. */
export const serverFrom = (record: Json, kept: readonly Uint8Array[]): PostgresServer => {
	const server = record as unknown as PostgresServer;
	return server.kind === 'local'
		? server
		: {...server, password: [new Secret(`${server.user}@${server.host}`, Buffer.from(kept[0] ?? '').toString('utf8'))]};
};

/** How the server is called in a sentence. */
export const serverName = (server: PostgresServer): string =>
	server.kind === 'local' ? 'this host' : `${server.host}:${server.port}`;

/** An existing server is only read unless the operator allowed more. Throws Fault 'postgres.read-only'. */
export const refuseUnlessAllowed = (server: PostgresServer, what: string): void => {
	if (server.kind === 'remote' && !server.mayChange) {
		throw new Fault(
			'postgres.read-only',
			`${what} is not as wanted on ${serverName(server)}, which setup may only read`,
			'Have it changed there by whoever looks after that server, or answer that setup may change it.',
		);
	}
};

const psql = (cluster: Cluster, database = 'postgres'): readonly string[] => [
	`${cluster.programs}/psql`,
	'-X',
	'-q',
	'-A',
	'-t',
	'-w',
	'-v',
	'ON_ERROR_STOP=1',
	'-v',
	'VERBOSITY=terse',
	'-h',
	cluster.socket,
	'-p',
	String(cluster.port),
	'-U',
	'postgres',
	'-d',
	asSuperuser(database),
];

/**
 * How the superuser enters a database, for psql and for those that dump: a name with `=` or a URL in it would be read as a connection string. Whoever owns
 * a database may set what its sessions begin with (ALTER DATABASE … SET statement_timeout, role, search_path); what a connection brings goes before that. And
 * behind a socket in /tmp may be anybody, while the server is down. `postgres` is the superuser's own, where the server's settings are asked: what may be among them is not hidden there.
 */
export const asSuperuser = (database: string): string => {
	const settings = database === 'postgres' ? ownNames : [...ownNames, ...ownBounds];
	return `dbname=${quoted(database)} requirepeer='postgres' options=${quoted(settings.map(one => `-c ${one}`).join(' '))}`;
};

/** Who asks, and what its words mean. */
const ownNames = ['role=none', 'search_path=pg_catalog,pg_temp', 'standard_conforming_strings=on'] as const;

const ownBounds = [
	'statement_timeout=0',
	'idle_in_transaction_session_timeout=0',
	'default_transaction_read_only=off',
] as const;

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const psqlFault = (cluster: Cluster, words: string): Error => {
	if (/database "[^\n]*" does not exist/.test(words))
		return new Blocked({
			because: 'until',
			thing: `database:${/database "([^\n]*)" does not exist/.exec(words)?.[1] ?? ''}`,
		});
	if (
		/(No such file or directory|Connection refused|is starting up|is shutting down)/.test(words) &&
		/connection to server|could not connect/.test(words)
	)
		return new Blocked({because: 'until', thing: 'unit:postgresql.service'});
	const lines = lastLines(words, 6);
	if (/[Pp]eer authentication failed|no pg_hba\.conf entry/.test(words))
		return new Fault(
			'postgres.peer',
			`the PostgreSQL cluster ${cluster.version}/${cluster.name} does not let its own superuser in through the socket`,
			`Put the line "local all postgres peer" back to the top of ${cluster.directory}/pg_hba.conf, and reload it.`,
			{details: lines},
		);
	return new Fault(
		'postgres.refused',
		`PostgreSQL ${cluster.version}/${cluster.name} refused: ${lines.at(-1) ?? 'without a word'}`,
		'Its words are below.',
		{
			details: lines,
		},
	);
};

const askRemote = async (
	host: Reader,
	server: PostgresAddress,
	sql: Text,
	database: string | undefined,
): Promise<string> => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: `${server.host} must be asked from the running host`});
	const opened = await openPostgres(host, {...server, ...(database !== undefined && {database})});
	if (!opened.ok)
		throw new Blocked({because: 'remote', need: `${server.host}:${server.port} as ${server.user}: ${opened.why}`});
	try {
		return await opened.ask([sessionStart, ...sql]);
	} finally {
		await opened.close();
	}
};
