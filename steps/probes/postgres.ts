/** A PostgreSQL server that runs already: the role logs in as the application will. */
import {openPostgres, type PostgresAddress} from '#host/postgres/tcp.ts';
import {isKnown} from '#model/secret.ts';
import type {Probe} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {connectionWords, failed, inTime, ok, patience, warn} from './in-time.ts';

/** Logs in over TCP, and asks whether tables may be made there (PostgreSQL 15 took that right from everybody). */
export const postgresLogin = (to: PostgresAddress & {readonly database: string}, about: readonly string[]): Probe => ({
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
				const [version = '', mayMake] = (await opened.ask(question)).split('|');
				const line = `login works, PostgreSQL ${version}`;
				return mayMake === 'true'
					? ok(line)
					: warn(`${line}, but ${to.user} may not make tables in the schema public: GRANT CREATE ON SCHEMA public`);
			} finally {
				await opened.close();
			}
		}),
});

/** One row, for a server that has no schema public as well. */
const question =
	"select split_part(current_setting('server_version'), ' ', 1) || '|' || case when to_regnamespace('public') is null then true else has_schema_privilege('public', 'CREATE') end";

const words: Readonly<Record<string, string>> = {
	'28P01': 'the role or the password is wrong',
	'28000': 'the server does not let this role in from here (pg_hba.conf)',
	'3D000': 'there is no such database',
};
