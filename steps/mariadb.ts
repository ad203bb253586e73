/** MariaDB for an application, on this host and for this host alone. */
import {z} from 'zod';
import {secret} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {file} from '#resources/files/file.ts';
import {mysqlAccount} from '#resources/mysql/account.ts';
import {mysqlDatabase} from '#resources/mysql/database.ts';
import {mysqlLogin} from '#resources/mysql/login.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from './probes/port-free.ts';
import {mysqlIdentifier} from './shared/mysql-names.ts';

export type MariadbOptions = {readonly database: string; readonly user: string; readonly guide: string};

const unitName = 'mariadb.service';

/** The application's database and account, proven by a login over TCP; the server closed to others in its file, its process and the kernel. */
export const mariadb = ({database, user, guide}: MariadbOptions) => {
	// Behind the files of the packages, which the server reads before.
	const conf = '/etc/mysql/mariadb.conf.d/90-this-host-only.cnf';
	return defineStep({
		id: 'mariadb',
		title: 'MariaDB',
		about:
			'A database with an account that may use it and nothing else, proven by a login over TCP. The server answers on this host alone: in its file, in its process, and in the kernel, where a socket unit of systemd would open the port to everybody at the next boot.',
		guide,
		questions: z.strictObject({
			database: mysqlIdentifier(database).meta({
				title: 'Database',
				help: 'UTF-8, and of this application alone.',
				from: 'guide',
			}),
			user: mysqlIdentifier(user).meta({
				title: 'Account of the application',
				help: 'It has all rights in that database, and none elsewhere.',
				from: 'guide',
			}),
			password: secret({generate: 'default'}).meta({
				title: 'Password of the account',
				help: 'Written into the settings of the application. Letters, digits, - and _ where it puts it into an address.',
				from: 'setup',
			}),
		}),
		probes: () => [portFree(3306, {ours: ['mariadbd', 'mysqld'], about: ['database']})],
		offers: answers => ({
			database: {
				kind: 'mysql',
				local: true,
				host: 'localhost',
				port: 3306,
				name: answers.database,
				role: answers.user,
				password: answers.password,
			},
		}),
		resources: answers => {
			const {password, ...names} = answers;
			return [
				aptPackages(
					{names: ['mariadb-server'], recommends: false},
					{
						id: 'apt:mariadb',
						needs: ['done:requirements', 'done:dpkg-consistent'],
						provides: ['path:/etc/mysql/mariadb.conf.d', 'package:mariadb-client'],
					},
				),
				file(
					{
						path: conf,
						text: '# Written by setup: the database answers on this host alone.\n[mysqld]\nbind-address = 127.0.0.1\n',
						mode: 0o644,
						owner: 'root:root',
					},
					{owes: [{unit: unitName, do: 'restart'}]},
				),
				...['mariadb.socket', 'mariadb-extra.socket'].map(name =>
					unit({name, enabled: false, running: false}, {needs: ['package:mariadb-server']}),
				),
				unit(
					{name: unitName, enabled: true, running: true, files: [conf]},
					{needs: [`path:${conf}`, 'unit:mariadb.socket', 'unit:mariadb-extra.socket']},
				),
				mysqlDatabase({name: names.database}),
				mysqlAccount({user: names.user, host: 'localhost', password: [password], databases: [names.database]}),
				mysqlLogin(
					{host: '127.0.0.1', port: 3306, user: names.user, database: names.database, password: [password]},
					{provides: ['done:database']},
				),
				loopbackOnly({port: 3306, unit: unitName}),
			];
		},
	});
};
