/** What Django wrote into PostgreSQL, asked as its superuser without running anything that the tables' owner may have put there. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {askPostgres, type PostgresServer} from '../postgres/client.ts';
import {sqlText} from '../postgres/sql.ts';
import type {DjangoProject} from './project.ts';

export type Row = Readonly<Record<string, string | boolean | null>>;
export type Rows = {
	readonly applied: readonly (readonly [string, string])[];
	readonly tables: readonly string[];
	readonly accounts: readonly Row[];
	readonly use?: Use;
};

/** What the login that asked may do with the tables; only PostgreSQL and MariaDB are asked. */
export type Use = {
	/** Why nothing can be written, in the server's words: `transaction_read_only is on`. */
	readonly readOnly: string | null;
	/** Tables that are there and that the login does not find without naming their schema. */
	readonly hidden: readonly string[];
	/** Tables that it may not read and write, as `name (of owner)`. */
	readonly barred: readonly (readonly [name: string, owner: string])[];
};

export type AccountTable = {readonly table: string; readonly username: string};

/** Applied migrations, tables, and the accounts that are superusers or have this name; undefined while there is no server or database, or where Django's tables are in no plain place. One psql. */
export const djangoRows = async (
	host: Reader,
	{server, name, role}: NonNullable<DjangoProject['database']>,
	accounts?: AccountTable,
	username?: string,
): Promise<Rows | undefined> => {
	try {
		const answer = await askPostgres(host, server, [question(userOf(server, role), accounts, username)], name);
		if (answer === undefined || answer === '') return undefined;
		const [tables, elsewhere, applied, found, path, barred, readOnly] = JSON.parse(answer) as [
			readonly string[] | null,
			boolean,
			string | null,
			string | null,
			string | null,
			Use['barred'] | null,
			string,
		];
		if (elsewhere) return undefined;
		return {
			tables: tables ?? [],
			applied: rowsOf(applied).map(row => [String(row['app']), String(row['name'])] as const),
			accounts: rowsOf(found),
			use: {
				readOnly: readOnly === 'on' ? 'transaction_read_only is on' : null,
				hidden: findsPublic(path) ? [] : (tables ?? []),
				barred: barred ?? [],
			},
		};
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'until') return undefined;
		throw error;
	}
};

/** Of the path with which a session of that login begins: ours has another. */
const findsPublic = (path: string | null): boolean =>
	path === null || path.split(',').some(name => name.trim().replaceAll('"', '') === 'public');

/**
 * A table is read only when it is one (a view, a rule or a policy could run code of its owner as the superuser), and only its
 * columns of built-in types. The order of conditions is PostgreSQL's own, but in CASE: has_sequence_privilege throws on what is none. query_to_xml is how SQL reads a table whose existence it has to ask for first.
 */
const question = (user: User, accounts: AccountTable | undefined, username: string | undefined): string => `
SET row_security = off;
WITH ours AS (
	SELECT c.oid, c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'public' AND c.relkind = 'r'
), named AS (
	SELECT c.oid, c.relname, c.relkind, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
), columns AS (
	SELECT a.attrelid, string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) AS list, array_agg(a.attname::text) AS names FROM pg_attribute a
	WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid < 16384 AND a.attgenerated <> 'v' GROUP BY a.attrelid
)
SELECT json_build_array(
	(SELECT json_agg(relname) FROM named),
	EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'django_migrations' AND (n.nspname <> 'public' OR c.relkind <> 'r')),
	(SELECT query_to_xml(format('SELECT app, name FROM ONLY %I.%I', nspname, relname), true, false, '')::text FROM ours JOIN columns ON attrelid = oid
		WHERE relname = 'django_migrations' AND ARRAY['app', 'name'] <@ names),
	${accounts === undefined ? 'NULL' : accountsQuestion(accounts, username)},
	${user.path},
	(SELECT json_agg(json_build_array(relname, pg_get_userbyid(relowner))) FROM named WHERE relkind IN ('r', 'p') AND (
		NOT (has_table_privilege(${user.oid}, oid, 'SELECT') AND has_table_privilege(${user.oid}, oid, 'INSERT') AND has_table_privilege(${user.oid}, oid, 'UPDATE') AND has_table_privilege(${user.oid}, oid, 'DELETE'))
		OR EXISTS (SELECT FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
			WHERE d.refobjid = named.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
			AND CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(${user.oid}, s.oid, 'USAGE') ELSE false END))),
	${user.readOnly}
)::text;`;

/** Who uses the tables, in SQL: an oid, and the settings with which a session of that role begins. */
type User = {readonly oid: string; readonly path: string; readonly readOnly: string};

/** Over TCP who asks is who uses them. The superuser's connection brings settings of its own, and may do everything: what is kept for the role decides there. */
const userOf = (server: PostgresServer, role: string | undefined): User => {
	if (server.kind === 'remote')
		return {
			oid: '(SELECT oid FROM pg_roles WHERE rolname = current_user)',
			path: "(SELECT reset_val FROM pg_settings WHERE name = 'search_path')",
			readOnly: "current_setting('transaction_read_only')",
		};
	const oid =
		role === undefined
			? "(SELECT relowner FROM named WHERE relname = 'django_migrations' LIMIT 1)"
			: `(SELECT oid FROM pg_roles WHERE rolname = ${sqlText(role)})`;
	const kept = (
		name: string,
	) => `(SELECT substr(one, ${name.length + 2}) FROM pg_db_role_setting, unnest(setconfig) AS one
		WHERE left(one, ${name.length + 1}) = '${name}='
		AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AND setrole IN (0, ${oid})
		ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC LIMIT 1)`;
	return {
		oid,
		path: kept('search_path'),
		readOnly: `CASE WHEN COALESCE(${kept('default_transaction_read_only')},
			(SELECT setting FROM pg_file_settings WHERE name = 'default_transaction_read_only' AND applied LIMIT 1), 'off')::boolean
			OR pg_is_in_recovery() THEN 'on' ELSE 'off' END`,
	};
};

const accountsQuestion = ({table, username: column}: AccountTable, username: string | undefined): string => `
	(SELECT query_to_xml(format('SELECT %s FROM ONLY %I.%I WHERE %s', list, nspname, relname,
		concat_ws(' OR ', CASE WHEN 'is_superuser' = ANY (names) THEN 'is_superuser' END, ${username === undefined ? 'NULL' : `format('%I = %L', ${sqlText(column)}, ${sqlText(username)})`}, 'false')), true, false, '')::text
		FROM ours JOIN columns ON attrelid = oid WHERE relname = ${sqlText(table)} AND ${sqlText(column)} = ANY (names))`;

/** PostgreSQL's own XML of a table: `<row><name>…</name><other xsi:nil="true"/></row>`, flat and without attributes of others. */
const rowsOf = (xml: string | null): readonly Row[] =>
	[...(xml ?? '').matchAll(/<row>([\s\S]*?)<\/row>/g)].map(([, row = '']) =>
		Object.fromEntries(
			[...row.matchAll(/<([^\s/>]+)(?:\s+xsi:nil="true"\s*\/>|\s*\/>|>([^<]*)<\/\1>)/g)].map(
				([whole, column = '', value]) => [
					nameOf(column),
					whole.includes('xsi:nil="true"')
						? null
						: value === 'true'
							? true
							: value === 'false'
								? false
								: plain(value ?? ''),
				],
			),
		),
	);

const plain = (text: string): string =>
	text.replace(
		/&(lt|gt|amp|quot|apos|#x([0-9a-fA-F]+)|#(\d+));/g,
		(_whole, name: string, hex?: string, decimal?: string) =>
			hex
				? String.fromCodePoint(Number.parseInt(hex, 16))
				: decimal
					? String.fromCodePoint(Number(decimal))
					: (entities[name] ?? ''),
	);

const entities: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"};

/** SQL/XML writes characters that no element name may have as _xHHHH_. */
const nameOf = (element: string): string =>
	element.replace(/_x([0-9A-F]{4,6})_/g, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
