/** MariaDB or MySQL: its system tables are made anew by its own program, with root let in through the socket as Debian has it. */
import {dirname} from 'node:path';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {mysqlFile, mysqlOption, mysqlServerOf} from '#host/mysql/file.ts';
import type {Reader} from '#model/host.ts';
import type {FreshServer} from './fresh-server.ts';

/** The one server that Debian's packages run; empty where none is installed. */
export const mysqlServers = async (host: Reader): Promise<readonly FreshServer[]> => {
	const known = await host.fact(packages);
	const server = mysqlServerOf(known);
	const file = await host.fact(mysqlFile);
	if (server === undefined || file === 'absent') return [];
	const value = (name: string): string | undefined => mysqlOption(file, name)?.value?.replace(/\/+$/, '');
	const data = value('datadir') || '/var/lib/mysql';
	// Parts of the data that an administrator put on another disk: half of it fresh would be worse than all of it old.
	const parts = ['innodb_data_home_dir', 'innodb_log_group_home_dir', 'innodb_undo_directory', 'aria_log_dir_path'].map(
		value,
	);
	const log = value('log_bin');
	const elsewhere = [...parts, log?.startsWith('/') ? dirname(log) : undefined].filter(
		(one): one is string => one?.startsWith('/') === true && one !== data && !one.startsWith(`${data}/`),
	);
	return [
		{
			name: server.name,
			directories: [data, ...new Set(elsewhere)],
			units: /^(mariadb|mysql|mysqld)(@.*)?\.(service|socket)$/,
			fill: [
				{
					argv:
						server.flavour === 'mariadb' || isInstalled(known.all.get('mariadb-server'))
							? [
									'mariadb-install-db',
									'--user=mysql',
									`--datadir=${data}`,
									'--skip-test-db',
									'--auth-root-authentication-method=socket',
								]
							: ['mysqld', '--initialize-insecure', '--user=mysql', `--datadir=${data}`],
				},
			],
		},
	];
};
