/** MariaDB and MySQL: option files, the client's answers, socket units; as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as bind} from '#checks/mysql/bind.ts';
import {check as activation} from '#checks/mysql/socket-activation.ts';
import {check as version} from '#checks/mysql/version.ts';
import {type MysqlFile, mysqlFile, mysqlOption, parseMyCnf} from '#host/mysql/file.ts';
import {mysqlDrift} from '#host/mysql/not-taken-up.ts';
import {parseMysql} from '#host/mysql/now.ts';
import {addressesOn, listensOf} from '#host/mysql/socket.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages, look, recorded, recordedReleases} from '../support/look.ts';

const fileOf = (text: string, changedAt: number): MysqlFile => ({
	options: parseMyCnf(text, 'f').filter(({section}) => ['mysqld', 'server', 'mariadb'].includes(section)),
	files: ['f'],
	reads: ['f'],
	changedAt,
});

describe.each(recordedReleases)('recorded on %s', release => {
	const now = parseMysql(recorded(release, 'mysql-now'), 1_000_000);

	test('what the client prints', () => {
		expect(now.version).toMatch({bullseye: /^10\.5\./, bookworm: /^10\.11\./, trixie: /^11\.8\./}[release]);
		expect(now.variables.get('bind_address')).toEqual({
			value: '127.0.0.1',
			from: 'file',
			path: '/etc/mysql/mariadb.conf.d/50-server.cnf',
		});
		expect(now.variables.get('max_connections')?.from).toBe('server');
		expect(now.accounts).toContainEqual(expect.objectContaining({user: 'root', host: 'localhost'}));
		expect(now.since).toBeLessThan(1_000_000);
	});
	test('its own files are what runs, however it spells them', () =>
		expect(mysqlDrift(fileOf(recorded(release, 'mysql-conf'), 2_000_000), now)).toEqual([]));
	test('an edit since is seen', () =>
		expect(mysqlDrift(fileOf('[mysqld]\nmax-connections=7', 2_000_000), now)).toMatchObject([
			{name: 'max_connections', inFile: '7', inProcess: '151', changed: 'file'},
		]));
	test('an older difference is the rounding of the server', () =>
		expect(mysqlDrift(fileOf('[mysqld]\nmax-connections=7', 0), now)).toEqual([]));
	test('the socket unit', () => {
		const listens = listensOf(recorded(release, 'mariadb-socket'));
		expect(addressesOn(listens, 3306)).toEqual({bullseye: [], bookworm: ['::'], trixie: ['::']}[release]);
	});
});

/** As the MySQL manual shows performance_schema.variables_info for Ubuntu's mysql-server-8.0; not recorded there. */
test('a sample of MySQL on Ubuntu, from documentation', () => {
	const now = parseMysql(
		'var\tbind_address\t127.0.0.1\tGLOBAL\t/etc/mysql/mysql.conf.d/mysqld.cnf\nvar\tmax_connections\t200\tDYNAMIC\t\nuser\troot\tlocalhost\nversion\t8.0.39-0ubuntu0.24.04.2\nUptime\t10\n',
		100_000,
	);
	expect(now).toMatchObject({
		version: '8.0.39-0ubuntu0.24.04.2',
		since: 90_000,
		accounts: [{user: 'root', host: 'localhost'}],
	});
	expect(now.variables.get('max_connections')?.from).toBe('statement');
});

describe('option files', () => {
	const value = (text: string): string | undefined => parseMyCnf(text, 'f').at(-1)?.value;
	it.each([
		['[mysqld]\nbind-address = 127.0.0.1 # here', '127.0.0.1'],
		['[mysqld]\nbind_address="::"', '::'],
		['[mysqld]\nskip-networking', undefined],
		["[mysqld]\ninit_connect = 'SET x # 1'", 'SET x # 1'],
	])('%j', (text, wanted) => expect(value(text)).toBe(wanted));
	it('dashes are underscores', () =>
		expect(parseMyCnf('[mysqld]\nloose-bind-address=1', 'f')).toMatchObject([
			{name: 'bind_address', section: 'mysqld', where: 'f:2'},
		]));
	it('reads includes in order, and only sections of the server', async () => {
		const file = await mysqlFile.read(
			fileReader({
				...installedPackages('mariadb-server=1:10.11.6-0+deb12u1'),
				'/etc/mysql/my.cnf': '[client]\nport=1\n!includedir /etc/mysql/a/\n',
				'/etc/mysql/a/50.cnf': '[mysqld]\nport=2\n[mariadb-10.11]\nport=3\n[mariadb-10.6]\nport=4\n',
				'/etc/mysql/a/60.txt': '[mysqld]\nport=5\n',
			}),
		);
		expect(file !== 'absent' && mysqlOption(file, 'port')).toMatchObject({value: '3', where: '/etc/mysql/a/50.cnf:4'});
	});
});

describe('in an offline root', () => {
	const packages = installedPackages('mariadb-server=1:10.11.6-0+deb12u1');
	it('the file of bind-address', async () => {
		expect(await look(bind, {...packages, '/etc/mysql/my.cnf': '[mysqld]\nbind-address=0.0.0.0\n'})).toMatchObject([
			{
				item: '3306',
				state: 'fail',
				layers: {
					file: {value: '0.0.0.0', where: '/etc/mysql/my.cnf:2'},
					runtime: {because: 'offline-root'},
					kernel: {because: 'offline-root'},
				},
			},
		]);
		expect(await look(bind, {...packages, '/etc/mysql/my.cnf': '[mysqld]\nbind-address=127.0.0.1\n'})).toMatchObject([
			{state: 'unknown'},
		]);
		expect(await look(bind, {...packages, '/etc/mysql/my.cnf': '[mysqld]\n'})).toMatchObject([
			{state: 'fail', layers: {file: {value: '*'}}},
		]);
	});
	it('an enabled socket unit', async () => {
		const enabled = {...packages, '/etc/systemd/system/sockets.target.wants/mariadb.socket': ''};
		expect((await look(activation, enabled)).find(({item}) => item === 'mariadb.socket')).toMatchObject({
			state: 'fail',
			layers: {file: {value: 'enabled'}},
		});
		for (const row of await look(activation, packages)) expect(row.state).toBe('unknown');
	});
	it('the version, and until when', async () => {
		const os = (codename: string): Readonly<Record<string, string>> => ({
			'/etc/os-release': `ID=debian\nVERSION_CODENAME=${codename}\n`,
		});
		expect(await look(version, {...packages, ...os('bookworm')})).toMatchObject([
			{state: 'ok', ends: '2028-06-30T00:00:00.000Z'},
		]);
		expect(await look(version, {...installedPackages('mysql-server-8.0=8.0.39-1'), ...os('jammy')})).toMatchObject([
			{state: 'ok', ends: '2027-06-01T00:00:00.000Z'},
		]);
		expect(
			await look(version, {...installedPackages('mysql-community-server=8.0.39-1'), ...os('trixie')}),
		).toMatchObject([{state: 'warn', says: expect.stringContaining('2026-04-30 only')}]);
		expect(await look(version, {...installedPackages('mysql-server=5.7.42'), ...os('bionic')})).toMatchObject([
			{state: 'fail'},
		]);
	});
});
