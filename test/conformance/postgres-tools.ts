/** psql as an operator would use it, for preparing and breaking; no resource is used here. */
import {execa} from 'execa';

/** Runs SQL as the superuser, a statement a line. */
export const psql = async (sql: string, database = 'postgres'): Promise<string> =>
	(
		await execa(
			'runuser',
			['-u', 'postgres', '--', 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database],
			{input: sql, cwd: '/'},
		)
	).stdout;

/** The database's own files change while we look. */
export const noisy = ['/var/lib/postgresql', '/var/lib/ldap'];

export const dropDatabase = (name: string): Promise<string> =>
	psql(`DROP DATABASE IF EXISTS "${name.replaceAll('"', '""')}" WITH (FORCE)`);

export const dropRole = (name: string): Promise<string> => psql(`DROP ROLE IF EXISTS "${name.replaceAll('"', '""')}"`);
