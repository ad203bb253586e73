/** The checks of MariaDB on a booted Debian 12, which comes with the case they were made for: bind-address says 127.0.0.1, and systemd holds [::]:3306. */
import {expect} from 'vitest';
import {setup} from '../support/setup.ts';
import {script, sh} from './support/inside.ts';
import {doctorIn, type Recipe, recipes, shown} from './support/recipes.ts';
import {services} from './support/services.ts';

const own = '/etc/mysql/mariadb.conf.d/50-server.cnf';
const restart = 'systemctl restart mariadb';

const list: readonly Recipe[] = [
	{
		name: 'a slip in an option file, which only the next start would show',
		check: 'mysql.config',
		is: 'broken',
		item: 'MariaDB',
		break: script("printf '[mysqld]\\nno-such-option=1\\n' > /etc/mysql/mariadb.conf.d/99-slip.cnf"),
		verdict: 'fail',
		says: /its next start will fail: unknown variable 'no-such-option=1'/,
		mend: script('rm /etc/mysql/mariadb.conf.d/99-slip.cnf'),
	},
	{
		name: 'a server that reads no accounts, left so after a password was lost',
		check: 'mysql.accounts',
		is: 'everybody',
		item: 'skip-grant-tables',
		break: script(`printf '[mysqld]\\nskip-grant-tables\\n' > /etc/mysql/mariadb.conf.d/99-lost.cnf; ${restart}`),
		verdict: 'fail',
		says: /asks nobody for a name or a password/,
		layers: {runtime: 'on'},
		mend: script(`rm /etc/mysql/mariadb.conf.d/99-lost.cnf; ${restart}`),
	},
	{
		name: 'as Debian 12 comes, after a reboot: the socket unit holds the port',
		check: 'mysql.bind',
		is: 'throughSocket',
		item: '3306',
		async break(host) {
			await host.must(['systemctl', 'enable', 'mariadb.socket']);
			await host.reboot();
		},
		verdict: 'fail',
		says: /MariaDB answers from outside on \[::\] \(IPv4 as well\) through mariadb\.socket, though its file says otherwise/,
		layers: {file: '127.0.0.1', runtime: '127.0.0.1', kernel: ['[::]:3306 (IPv4 as well)']},
		async mend(host) {
			await host.must([setup, 'doctor', 'fix', 'mysql.bind', '--yes']);
			// Taken back it is as before from the next boot on: systemd opens no socket of a service that runs.
			await host.must([setup, 'undo']);
			expect((await host.must(['systemctl', 'is-enabled', 'mariadb.socket'])).trim()).toBe('enabled');
			await host.must([setup, 'doctor', 'fix', 'mysql.socket-activation', '--yes']);
			await host.reboot();
		},
	},
	{
		name: 'and by the remedy as it is printed',
		check: 'mysql.bind',
		is: 'throughSocket',
		item: '3306',
		break: script('systemctl enable mariadb.socket; systemctl stop mariadb; systemctl start mariadb.socket mariadb'),
		verdict: 'fail',
		says: /through mariadb\.socket/,
		mend: 'remedy',
	},
	{
		name: 'the socket unit was stopped, and the server still has its port',
		check: 'mysql.bind',
		is: 'throughSocket',
		item: '3306',
		break: script(
			'systemctl enable mariadb.socket; systemctl stop mariadb; systemctl start mariadb.socket mariadb; systemctl disable --now mariadb.socket',
		),
		verdict: 'fail',
		says: /through mariadb\.socket/,
		layers: {kernel: ['[::]:3306 (IPv4 as well)']},
	},
	{
		name: 'enabled: it opens the port at the next boot',
		check: 'mysql.socket-activation',
		is: 'outside',
		item: 'mariadb.socket',
		break: script('systemctl enable mariadb.socket'),
		verdict: 'fail',
		says: /opens \[::\]:3306 at the next boot/,
		layers: {file: 'enabled'},
	},
	{
		name: 'opened on its command line, over its file',
		check: 'mysql.bind',
		is: 'byCommand',
		item: '3306',
		break: script(
			"mkdir -p /etc/systemd/system/mariadb.service.d; printf '[Service]\\nEnvironment=MYSQLD_OPTS=--bind-address=0.0.0.0\\n' > /etc/systemd/system/mariadb.service.d/x.conf; systemctl daemon-reload; systemctl restart mariadb",
		),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0: what starts it says so/,
		layers: {file: '0.0.0.0', runtime: '0.0.0.0'},
		mend: script('rm -r /etc/systemd/system/mariadb.service.d; systemctl daemon-reload; systemctl restart mariadb'),
	},
	{
		name: 'its unit names another file',
		check: 'mysql.bind',
		is: 'open',
		item: '3306',
		break: script(
			"mkdir -p /etc/systemd/system/mariadb.service.d; printf '[mysqld]\\nbind-address=0.0.0.0\\nsocket=/run/mysqld/mysqld.sock\\n' > /etc/mysql/other.cnf; printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/mariadbd --defaults-file=/etc/mysql/other.cnf\\n' > /etc/systemd/system/mariadb.service.d/x.conf; systemctl daemon-reload; systemctl restart mariadb",
		),
		verdict: 'fail',
		says: /MariaDB answers from outside on 0\.0\.0\.0$/,
		layers: {file: '0.0.0.0'},
	},
	{
		name: 'back to its own file',
		check: 'mysql.bind',
		item: '3306',
		break: script('rm -r /etc/systemd/system/mariadb.service.d; systemctl daemon-reload; systemctl restart mariadb'),
		verdict: 'ok',
		mend: () => Promise.resolve(),
	},
	{
		name: 'bound to every address',
		check: 'mysql.bind',
		is: 'open',
		item: '3306',
		break: script(`sed -i 's/^bind-address.*/bind-address = 0.0.0.0/' ${own}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0$/,
		layers: {file: '0.0.0.0', runtime: '0.0.0.0', kernel: ['0.0.0.0:3306']},
	},
	{
		name: 'opened in the file, not yet in the process',
		check: 'mysql.bind',
		is: 'open',
		item: '3306',
		break: script(`sed -i 's/^bind-address.*/bind-address = */' ${own}`),
		verdict: 'fail',
		says: /changed in the file, not in the process/,
		layers: {file: '*', runtime: '127.0.0.1', kernel: ['127.0.0.1:3306']},
	},
	{
		name: 'stopped',
		check: 'mysql.running',
		is: 'down',
		item: 'running',
		break: script('systemctl stop mariadb'),
		verdict: 'fail',
		says: /mariadb\.service is inactive/,
	},
	{
		name: 'not enabled',
		check: 'mysql.running',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable mariadb'),
		verdict: 'warn',
		layers: {file: 'disabled'},
	},
	{
		name: 'an anonymous account',
		check: 'mysql.accounts',
		is: 'nameless',
		item: "''@'localhost'",
		break: script(`mariadb -e "CREATE USER ''@'localhost'"`),
		verdict: 'fail',
		says: /without a name/,
		mend: 'remedy',
	},
	{
		name: 'an account with an empty password; a locked one, and one of a plugin beside it, are none',
		check: 'mysql.accounts',
		is: 'withoutPassword',
		item: "'app'@'%'",
		async break(host) {
			await sh(
				host,
				`mariadb -e "CREATE USER 'locked'@'%' ACCOUNT LOCK; CREATE USER 'peer'@'localhost' IDENTIFIED VIA unix_socket; CREATE ROLE reader"`,
			);
			const {report} = await doctorIn(host, 'mysql.accounts');
			expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
			await sh(host, `mariadb -e "CREATE USER 'app'@'%' IDENTIFIED BY ''"`);
		},
		verdict: 'fail',
		says: /anybody may log in as it without a password/,
		mend: script(`mariadb -e "ALTER USER 'app'@'%' ACCOUNT LOCK"`),
	},
	{
		name: 'one of several ways to prove itself is an empty password',
		check: 'mysql.accounts',
		is: 'withoutPassword',
		item: "'either'@'localhost'",
		break: script(
			`mariadb -e "CREATE USER 'either'@'localhost' IDENTIFIED VIA unix_socket OR mysql_native_password USING ''"`,
		),
		verdict: 'fail',
		says: /every account of this host may log in as it without a password/,
		mend: script(`mariadb -e "DROP USER 'either'@'localhost'"`),
	},
	{
		name: 'root from everywhere',
		check: 'mysql.accounts',
		is: 'rootFromElsewhere',
		item: "'root'@'%'",
		break: script(`mariadb -e "CREATE USER 'root'@'%' IDENTIFIED BY 'x'"`),
		verdict: 'fail',
		says: /root may log in from everywhere/,
		mend: script(`mariadb -e "DROP USER 'root'@'%'"`),
	},
	{
		name: 'a series that nobody mends any more',
		check: 'mysql.version',
		is: 'ended',
		break: script(
			"cp /var/lib/dpkg/status /root/status; sed -i '/^Package: mariadb-server$/,/^$/s/^Version: 1:10.11/Version: 1:10.4/' /var/lib/dpkg/status",
		),
		verdict: 'fail',
		says: /MariaDB 10\.4 gets no fixes since 2024-06-18/,
		mend: script('mv /root/status /var/lib/dpkg/status'),
	},
	{
		name: 'edited and not restarted',
		check: 'mysql.restart-pending',
		is: 'pending',
		item: 'max_connections',
		break: script(
			`printf '[mysqld]\\nmax-connections = 42\\nkey_buffer_size = 128M\\n' > /etc/mysql/mariadb.conf.d/70-more.cnf`,
		),
		verdict: 'warn',
		says: /changed in the file, not in the process: it still runs with 151/,
		layers: {file: '42', runtime: '151'},
	},
	{
		name: 'set in the process only',
		check: 'mysql.restart-pending',
		is: 'onlyNow',
		item: 'max_connections',
		break: script('mariadb -e "SET GLOBAL max_connections = 77"'),
		verdict: 'warn',
		says: /changed in the process, not in the file: its next start takes 42/,
		layers: {file: '42', runtime: '77'},
		mend: script('mariadb -e "SET GLOBAL max_connections = 42"; systemctl restart mariadb'),
	},
	{
		name: 'a plugin was installed a moment ago: its table is open, and no option is wrong',
		check: 'mysql.config',
		break: script(`mariadb -e "INSTALL SONAME 'auth_ed25519'"`),
		verdict: 'ok',
		mend: script(`mariadb -e "UNINSTALL SONAME 'auth_ed25519'; FLUSH TABLES"`),
	},
];

recipes('mysql: every check on a booted host', {layer: services, network: 'none', timeout: 400_000}, list, {
	prepare: script(`systemctl disable --now mariadb.socket; ${restart}`),
});
