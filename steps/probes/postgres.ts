/** A PostgreSQL server that runs already: the role logs in as the application will, or the administrator as setup will. */
import {openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {isKnown} from '#model/secret.ts';
import type {Probe} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {connectionWords, failed, inTime, ok, patience, warn} from './in-time.ts';

/** Logs in over TCP, and asks whether tables may be made there (PostgreSQL 15 took that right from everybody). */
export const postgresLogin = (to: To, about: readonly string[]): Probe =>
	login(to, about, mayMakeTables, 'may not make tables in the schema public: GRANT CREATE ON SCHEMA public');

/** Logs in over TCP, and asks whether that account may make roles and databases. */
export const postgresAdministrator = (to: To, about: readonly string[]): Probe =>
	login(to, about, mayAdminister, 'may not make roles and databases: it must have CREATEROLE and CREATEDB');

type To = PostgresAddress & {readonly database: string};

const login = (to: To, about: readonly string[], may: string, lacks: string): Probe => ({
	id: 'login',
	about,
	title: `${to.user} logs in to ${to.database}`,
	run: reader =>
		inTime(reader, async () => {
			if (!isKnown(to.password)) throw new Blocked({because: 'unreadable', need: 'the password is not known yet'});
			const opened = await openPostgres(reader, {...to, patience});
			if (!opened.ok)
				return failed(
					words[opened.code] ??
						connectionWords(
							opened.code,
							/timeout/i.test(opened.why) ? 'no answer in time' : opened.why,
							`${to.host}:${to.port}`,
						),
				);
			try {
				const [version = '', has] = (await opened.ask([questionOf(may)])).split('|');
				const line = `login works, PostgreSQL ${version}`;
				return has === 'true' ? ok(line) : warn(`${line}, but ${to.user} ${lacks}`);
			} finally {
				await opened.close();
			}
		}),
});

const questionOf = (may: string): string =>
	`select split_part(current_setting('server_version'), ' ', 1) || '|' || (${may})`;

/** Also of a server that has no schema public. */
const mayMakeTables =
	"case when to_regnamespace('public') is null then true else has_schema_privilege('public', 'CREATE') end";

const mayAdminister =
	'select rolsuper or (rolcreaterole and rolcreatedb) from pg_catalog.pg_roles where rolname = current_user';

const words: Readonly<Record<string, string>> = {
	'28P01': 'the role or the password is wrong',
	'28000': 'the server does not let this role in from here (pg_hba.conf)',
	'3D000': 'there is no such database',
};
