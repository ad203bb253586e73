/** The client of MariaDB as an operator would use it, for preparing and breaking; no resource is used here. */
import {execa} from 'execa';

/** Runs SQL as root through the socket; rows as lines. */
export const mysql = async (sql: string): Promise<string> =>
	(
		await execa('mariadb', ['--batch', '--skip-column-names', '--default-character-set=utf8mb4'], {
			input: sql,
			cwd: '/',
		})
	).stdout;

/** As an application: over TCP with a password; the words of the client where it is refused. */
export const mysqlAs = async (user: string, password: string, database: string, sql: string): Promise<string> => {
	const ran = await execa(
		'mariadb',
		[
			'--no-defaults',
			'--protocol=tcp',
			'--host=127.0.0.1',
			`--user=${user}`,
			'--batch',
			'--skip-column-names',
			`--database=${database}`,
		],
		{input: sql, env: {MYSQL_PWD: password}, reject: false, cwd: '/'},
	);
	return ran.exitCode === 0 ? ran.stdout : ran.stderr;
};

/** The server's own files change while we look. */
export const noisy = ['/var/lib/mysql'];

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
