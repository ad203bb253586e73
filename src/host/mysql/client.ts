/** The MariaDB server of this host as its root: the client through the local socket, SQL on stdin, so that no statement is in an argument, a log of the client or its history. */
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {packages} from '../apt/packages.ts';
import {lastLines} from '../programs/run-program.ts';
import {type MysqlServer, mysqlServerOf} from './file.ts';
import {mysqlField, mysqlSession} from './sql.ts';

export type MysqlRow = readonly string[];

/** The rows of one or several questions; undefined while no server is installed. Throws Blocked when it cannot be asked now. */
export const askMysql = async (host: Reader, sql: Text): Promise<readonly MysqlRow[] | undefined> => {
	const server = mysqlServerOf(await host.fact(packages));
	if (server === undefined) return undefined;
	mariadbOnly(server);
	const ran = await host.probe(argvOf(server), {stdin: [mysqlSession, ...sql, '\n']});
	if (ran.code !== 0) throw mysqlFault(server, `${ran.stdout}\n${ran.stderr}`);
	return ran.stdout.split('\n').flatMap(line => (line === '' ? [] : [line.split('\t').map(mysqlField)]));
};

/** Changes something. Throws Fault 'mysql.refused' with the server's words. */
export const tellMysql = async (host: Host, sql: Text): Promise<void> => {
	const server = mysqlServerOf(await host.fact(packages));
	if (server === undefined)
		throw new Fault('mysql.missing', 'no MariaDB server is on this host', 'Install mariadb-server first.');
	mariadbOnly(server);
	await host.exec(argvOf(server), {stdin: [mysqlSession, ...sql, '\n']});
};

const argvOf = ({client}: MysqlServer): readonly string[] => [
	`/usr/bin/${client}`,
	'--no-defaults',
	'--batch',
	'--skip-column-names',
	'--connect-timeout=5',
	// A server may ask its client for any file that the client can read.
	'--local-infile=0',
	'--default-character-set=utf8mb4',
	'--socket=/run/mysqld/mysqld.sock',
];

const mariadbOnly = ({flavour, name}: MysqlServer): void => {
	if (flavour !== 'mariadb')
		throw new Fault(
			'mysql.flavour',
			`${name} is on this host, and setup makes databases and accounts in MariaDB only`,
			'Use a host without it, or move its data to MariaDB first: both have the same port and directories.',
		);
};

const mysqlFault = ({unit, name}: MysqlServer, words: string): Error => {
	if (/ERROR 200[23]/.test(words) && !/\(13\b|Permission denied/.test(words))
		return new Blocked({because: 'until', thing: `unit:${unit}`});
	if (process.geteuid?.() !== 0)
		return new Blocked({because: 'needs-root', need: `${name} lets only root of this host in through its socket`});
	const lines = lastLines(words, 4);
	return new Fault(
		'mysql.refused',
		`${name} refused root of this host: ${lines.at(-1) ?? 'without a word'}`,
		'Let root in through the socket again (its account is root@localhost, IDENTIFIED VIA unix_socket).',
		{details: lines},
	);
};
