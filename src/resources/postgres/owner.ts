/**
 * A database on a server of somebody else's (RDS), handed to the application's role by the server's administrator, who need be no superuser: the role,
 * the ownership of database and schema, Django's session defaults. A look logs in as the application alone, so that the administrator's password is
 * needed once, is kept nowhere, and a run with nothing to do asks nobody for it.
 */
import {sessionStart, sqlName, sqlSecret, sqlText} from '#host/postgres/sql.ts';
import {type Opened, openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {newSalt, verifierText} from '#host/secrets/scram.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {postgresEdges} from './edges.ts';

export type PostgresOwnerSpec = {
	/** `tls` and `ca` hold for both accounts. */
	readonly server: Pick<PostgresAddress, 'host' | 'port' | 'tls' | 'ca'>;
	/** Who makes it; `database` is where that account logs in, default `postgres`. */
	readonly administrator: {readonly user: string; readonly password: Text; readonly database?: string};
	readonly role: string;
	readonly password: Text;
	readonly database: string;
	/** May it make databases of its own, as Django's test runner does? */
	readonly createDatabases: boolean;
	/** Settings of the role in this database, such as `timezone`; names in small letters. */
	readonly defaults: Readonly<Record<string, string>>;
};

/** What the role itself sees after its login; or why it gets none. */
export type PostgresOwnerState =
	| {readonly login: false; readonly why: string}
	| {
			readonly login: true;
			readonly owner: string;
			readonly schemaOwner: string;
			readonly encoding: string;
			readonly superuser: boolean;
			readonly createDatabases: boolean;
			readonly defaults: Readonly<Record<string, string>>;
	  };

/** A role that owns its database on another server. Provides both; undo leaves them there. */
export const postgresOwner = (spec: PostgresOwnerSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresOwnerType,
		postgresEdges(
			{kind: 'remote', mayChange: true, ...spec.server, ...spec.administrator},
			{
				id: `postgres-owner:${spec.database}@${spec.server.host}:${spec.server.port}`,
				provides: [`role:${spec.role}`, `database:${spec.database}`],
				holdsData: true,
				title: `${spec.role} owns ${spec.database} on ${spec.server.host}`,
			},
			edges,
		),
		spec,
	);

export const postgresOwnerType: ResourceType<PostgresOwnerSpec, PostgresOwnerState> = {
	name: 'postgres-owner',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: `${spec.server.host} must be asked from the running host`});
		const opened = await open(host, spec, spec.role, spec.password, spec.database);
		if (!opened.ok) {
			if (notTheAccount.test(opened.code)) return {login: false, why: opened.why};
			throw new Blocked({because: 'remote', need: `${spec.server.host}:${spec.server.port}: ${opened.why}`});
		}
		try {
			return {login: true, ...(JSON.parse(await opened.ask([sessionStart, question(spec)])) as Seen)};
		} finally {
			await opened.close();
		}
	},
	diff(spec, state) {
		const {role, database} = spec;
		if (state === 'absent' || !state.login)
			return [
				{what: `role ${role}`, from: state === 'absent' ? null : state.why, to: 'logs in, owns no more than it needs'},
				{what: `owner of ${database} and of its schema public`, from: null, to: role},
				...Object.entries(spec.defaults).map(([name, value]): Change => ({what: name, from: null, to: value})),
			];
		if (state.encoding !== 'UTF8')
			throw new Fault(
				'postgres.encoding',
				`the database ${database} on ${spec.server.host} is there with the encoding ${state.encoding}, not UTF8`,
				'An encoding cannot be changed in place: have it made anew, or answer another name.',
			);
		if (state.superuser)
			throw new Fault(
				'postgres.superuser',
				`the role ${role} on ${spec.server.host} is a superuser`,
				'An application must not be one: answer another role, or have the attribute taken away there.',
			);
		return [
			...(state.owner === role ? [] : [{what: `owner of ${database}`, from: state.owner, to: role}]),
			...(state.schemaOwner === role ? [] : [{what: 'owner of its schema public', from: state.schemaOwner, to: role}]),
			...(state.createDatabases === spec.createDatabases
				? []
				: [{what: 'may make databases', from: state.createDatabases, to: spec.createDatabases}]),
			...Object.entries(spec.defaults)
				.filter(([name, value]) => state.defaults[name] !== value)
				.map(([name, value]): Change => ({what: name, from: state.defaults[name] ?? null, to: value})),
		];
	},
	unsaved: ({server, database}) => [`the database ${database} on ${server.host}`],
	undoOf: ({server, role, database}) => ({
		can: false,
		why: `the role ${role} and the database ${database} stay on ${server.host}: its administrator takes them away, whose password setup does not keep`,
	}),
	async apply(spec, _state, _changes, host) {
		await host.act(`make ${spec.role} the owner of ${spec.database} on ${spec.server.host}`, () => hand(spec, host));
	},
	undo: async () => ({outcome: 'kept', why: 'it is on another server, whose administrator takes it away'}),
};

type Seen = Omit<Extract<PostgresOwnerState, {login: true}>, 'login'>;

/** Wrong password, no such role, no such database, no right to connect: what an administrator mends. Everything else is the network's or pg_hba's. */
const notTheAccount = /^(28P01|28000|3D000|42501)$/;

const open = (
	host: Reader,
	{server}: PostgresOwnerSpec,
	user: string,
	password: Text,
	database: string,
): Promise<Opened> => openPostgres(host, {...server, user, password, database});

const question = ({defaults}: PostgresOwnerSpec): string => `
SELECT json_build_object(
	'owner', pg_get_userbyid(d.datdba),
	'schemaOwner', (SELECT CASE WHEN pg_get_userbyid(nspowner) = 'pg_database_owner' THEN pg_get_userbyid(d.datdba) ELSE pg_get_userbyid(nspowner) END FROM pg_namespace WHERE nspname = 'public'),
	'encoding', pg_encoding_to_char(d.encoding),
	'superuser', r.rolsuper,
	'createDatabases', r.rolcreatedb,
	'defaults', COALESCE((SELECT json_object_agg(lower(split_part(word, '=', 1)), substr(word, strpos(word, '=') + 1)) FROM pg_db_role_setting s, unnest(s.setconfig) word WHERE s.setdatabase = d.oid AND s.setrole = r.oid AND lower(split_part(word, '=', 1)) IN (${Object.keys(defaults).map(sqlText).join(', ') || "''"})), '{}'::json)
) FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`;

/** As the administrator; each statement may be run again. */
const hand = async (spec: PostgresOwnerSpec, host: Reader): Promise<void> => {
	const {administrator: admin, role, database} = spec;
	const power = spec.createDatabases ? 'CREATEDB' : 'NOCREATEDB';
	const password = sqlSecret(verifierText(spec.password, newSalt()));
	await withAdministrator(spec, host, admin.database ?? 'postgres', async ask => {
		const there = (await ask(`SELECT 1 FROM pg_roles WHERE rolname = ${sqlText(role)}`)) !== '';
		await ask(`${there ? 'ALTER' : 'CREATE'} ROLE ${sqlName(role)} WITH LOGIN ${power} PASSWORD `, ...password);
		// To give something to a role, an administrator who is no superuser must be a member of it; a superuser may be told that it is one.
		const superuser = (await ask('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')) === 'true';
		if (!superuser) await ask(`GRANT ${sqlName(role)} TO CURRENT_USER`);
		const made = (await ask(`SELECT 1 FROM pg_database WHERE datname = ${sqlText(database)}`)) !== '';
		if (!made)
			await ask(`CREATE DATABASE ${sqlName(database)} OWNER ${sqlName(role)} TEMPLATE template0 ENCODING 'UTF8'`);
	});
	await withAdministrator(spec, host, database, async ask => {
		// The schema first: before PostgreSQL 15 it belongs to whoever made the database, after that to whoever owns it.
		await ask(`ALTER SCHEMA public OWNER TO ${sqlName(role)}`);
		await ask(`ALTER DATABASE ${sqlName(database)} OWNER TO ${sqlName(role)}`);
		for (const [name, value] of Object.entries(spec.defaults))
			await ask(
				`ALTER ROLE ${sqlName(role)} IN DATABASE ${sqlName(database)} SET ${sqlName(name)} TO ${sqlText(value)}`,
			);
	});
};

const withAdministrator = async (
	spec: PostgresOwnerSpec,
	host: Reader,
	database: string,
	use: (ask: (...sql: Text) => Promise<string>) => Promise<void>,
): Promise<void> => {
	const {user, password} = spec.administrator;
	const opened = await open(host, spec, user, password, database);
	if (!opened.ok)
		throw new Fault(
			'postgres.administrator',
			`${user} cannot log in to ${database} at ${spec.server.host}:${spec.server.port}: ${opened.why}`,
			'Answer the account that administers that server, and its password; it is used once and kept nowhere.',
		);
	try {
		await opened.ask([sessionStart]);
		await use((...sql) => opened.ask(sql));
	} finally {
		await opened.close();
	}
};
