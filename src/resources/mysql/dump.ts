/** Before data is dropped or changed on purpose it is written to a file that outlives us. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {dumpFile, dumps} from '../shared/dumps.ts';
import {ownDirectories} from '../shared/own-directory.ts';

/** mariadb-dump of one database as it was at one moment, 0600 root, in /var/lib/host-setup/dumps or `at` a path of its own, where nothing half is left; gives the path. */
export const dumpMysql = async (host: Host, name: string, at?: string): Promise<string> => {
	if (at !== undefined && (await host.stat(at)) !== undefined) return at;
	const path = at !== undefined ? `${at}.part~` : await dumpFile(host, `${name.replaceAll(/[^\w.-]/g, '_')}.sql`);
	if (at !== undefined) {
		await ownDirectories(host, '/var/lib/host-setup', dumps);
		await clear(host, path);
	}
	await host.replace(path, new Uint8Array(), {was: 'absent', mode: 0o600, owner: 'root:root'});
	await host.exec([
		'/usr/bin/mariadb-dump',
		'--no-defaults',
		'--socket=/run/mysqld/mysqld.sock',
		// Locked, all at one moment: without that its owner could put a view in a table's place, whose functions would run as root.
		'--lock-tables',
		'--routines',
		'--events',
		'--hex-blob',
		'--default-character-set=utf8mb4',
		`--result-file=${path}`,
		'--',
		name,
	]);
	if (at === undefined) return path;
	await host.rename(path, at, {was: (await host.stat(path))?.id});
	return at;
};

/**
 * Before anything is dropped for it. What stands in it the application's own account could write, names and routines, and root's
 * client carries out its own commands among them (`\\!` is a shell): so only a dump that shuts the client in by its first line. Throws Fault mysql.open-dump.
 */
export const refuseOpenDump = async (host: Host, name: string, path: string): Promise<void> => {
	const first = await host.query(['/usr/bin/head', '--bytes=100', '--', path]);
	if (!/^\/\*M?!999999\\-/.test(first))
		throw new Fault(
			'mysql.open-dump',
			`${path} is a dump of a client that is too old to be shut in: it is not put back by root`,
			`Look through it for lines that begin with a backslash, then put it back: mariadb ${name} < ${path}. An update of MariaDB's packages makes dumps that setup puts back itself.`,
		);
};

/** A dump back into its database, which must be there and be empty. Throws Fault mysql.open-dump. */
export const restoreMysql = async (host: Host, name: string, path: string): Promise<void> => {
	await refuseOpenDump(host, name, path);
	await host.exec([
		'/usr/bin/mariadb',
		'--no-defaults',
		'--socket=/run/mysqld/mysqld.sock',
		'--default-character-set=utf8mb4',
		`--execute=source ${path}`,
		'--',
		name,
	]);
};
