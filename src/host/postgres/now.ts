/** Everything asked of a PostgreSQL server in one pass: roles, databases and settings in one answer of one psql (13 ms). */
import type {Fact, Reader} from '#model/host.ts';
import {askPostgres, type PostgresServer, serverName} from './client.ts';

export type PostgresRole = {
	readonly login: boolean;
	readonly superuser: boolean;
	readonly createdb: boolean;
	readonly createrole: boolean;
	readonly replication: boolean;
	readonly bypassrls: boolean;
	/** Not expired, or since when: the time as PostgreSQL writes it. */
	readonly expired: string | null;
	/** The stored verifier: not for printing. 'hidden' where the account may not see it (RDS). */
	readonly verifier: {readonly stored: string | null} | 'hidden';
};

export type PostgresDatabase = {readonly owner: string; readonly encoding: string; readonly open: boolean};

export type PostgresSettingNow = {
	readonly value: string;
	readonly unit: string | null;
	readonly type: string;
	/** 'postmaster' wants a restart. */
	readonly context: string;
	readonly pendingRestart: boolean;
	readonly source: string;
	readonly file: string | null;
};

export type PostgresFacts = {
	readonly version: number;
	/** Encoding of template0, from which databases are made. */
	readonly encoding: string;
	readonly roles: ReadonlyMap<string, PostgresRole>;
	readonly databases: ReadonlyMap<string, PostgresDatabase>;
	readonly settings: ReadonlyMap<string, PostgresSettingNow>;
};

/** The fact of one server; 'absent' while this host has no cluster. */
export const postgresFacts = (server: PostgresServer): Fact<PostgresFacts | 'absent'> => ({
	id:
		server.kind === 'local'
			? `postgres:${server.cluster ?? ''}`
			: `postgres:${server.user}@${serverName(server)}/${server.database ?? ''}`,
	read: async host => {
		const answer = await questions(host, server);
		return answer === undefined ? 'absent' : parse(answer);
	},
});

/** Not every account may see pg_authid (a managed server's "superuser" may not), and asking for it there is an error. */
const questions = async (host: Reader, server: PostgresServer): Promise<string | undefined> => {
	if (server.kind === 'local') return askPostgres(host, server, [question('pg_authid')]);
	const may = await askPostgres(host, server, ["SELECT has_table_privilege('pg_authid', 'SELECT')"]);
	return askPostgres(host, server, [question(may === 'true' || may === 't' ? 'pg_authid' : 'pg_roles')]);
};

const question = (from: 'pg_authid' | 'pg_roles'): string => `
SELECT json_build_object(
	'version', current_setting('server_version_num')::int,
	'encoding', (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template0'),
	'hidden', ${from === 'pg_roles'},
	'roles', (SELECT json_agg(json_build_array(rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, CASE WHEN rolvaliduntil < now() THEN rolvaliduntil::text END, rolpassword)) FROM ${from} WHERE rolname !~ '^pg_'),
	'databases', (SELECT json_agg(json_build_array(datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datallowconn)) FROM pg_database),
	'settings', (SELECT json_agg(json_build_array(name, setting, unit, vartype, context, pending_restart, source, sourcefile)) FROM pg_settings)
);`;

type Raw = {
	readonly version: number;
	readonly encoding: string;
	readonly hidden: boolean;
	readonly roles: readonly (readonly [
		string,
		boolean,
		boolean,
		boolean,
		boolean,
		boolean,
		boolean,
		string | null,
		string | null,
	])[];
	readonly databases: readonly (readonly [string, string, string, boolean])[];
	readonly settings: readonly (readonly [
		string,
		string,
		string | null,
		string,
		string,
		boolean,
		string,
		string | null,
	])[];
};

const parse = (answer: string): PostgresFacts => {
	const raw = JSON.parse(answer) as Raw;
	return {
		version: raw.version,
		encoding: raw.encoding,
		roles: new Map(
			raw.roles.map(([name, login, superuser, createdb, createrole, replication, bypassrls, expired, stored]) => [
				name,
				{
					login,
					superuser,
					createdb,
					createrole,
					replication,
					bypassrls,
					expired,
					verifier: raw.hidden ? 'hidden' : {stored},
				},
			]),
		),
		databases: new Map(raw.databases.map(([name, owner, encoding, open]) => [name, {owner, encoding, open}])),
		settings: new Map(
			raw.settings.map(([name, value, unit, type, context, pendingRestart, source, file]) => [
				name,
				{value, unit, type, context, pendingRestart, source, file},
			]),
		),
	};
};
