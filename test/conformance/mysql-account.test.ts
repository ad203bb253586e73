// packages: mariadb-server
// releases: bookworm bullseye trixie
import {describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {mysqlAccount} from '#resources/mysql/account.ts';
import {mysqlLogin} from '#resources/mysql/login.ts';
import {createBench} from './bench.ts';
import {mysql, mysqlAs, noisy, quoted} from './mysql-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-7f3a$`quo\'ted"\\ %40ü';
const hostile = "us`er'; DROP USER root; -- \\";
const password = (): Secret => new Secret('app', canary);
const rows = (): Promise<string> =>
	mysql(
		'SELECT User, Host, JSON_REMOVE(Priv, "$.password_last_changed") FROM mysql.global_priv ORDER BY 1, 2; SELECT User, Host, Db, Select_priv, Drop_priv FROM mysql.db ORDER BY 1, 2, 3',
	);

const fresh = async (): Promise<void> => {
	for (const name of ['conform', hostile]) await mysql(`DROP USER IF EXISTS ${quoted(name)}@localhost`);
	await mysql(
		'DROP DATABASE IF EXISTS con_form; DROP DATABASE IF EXISTS conXform; CREATE DATABASE con_form; CREATE DATABASE conXform',
	);
};
const wanted = (user = 'conform') =>
	mysqlAccount({user, host: 'localhost', password: [password()], databases: ['con_form']}, {needs: []});

conformance('mysql-account', [
	{
		name: 'a new account',
		prepare: fresh,
		resource: () => wanted(),
		breakIt: async () => void (await mysql("SET PASSWORD FOR conform@localhost = PASSWORD('another-one')")),
		touches: ['/etc/mysql'],
		rows,
		canaries: [canary],
		noisy,
	},
	{
		name: 'a hostile name',
		prepare: fresh,
		resource: () => wanted(hostile),
		breakIt: async () => void (await mysql(`GRANT SUPER ON *.* TO ${quoted(hostile)}@localhost WITH GRANT OPTION`)),
		touches: ['/etc/mysql'],
		rows,
		canaries: [canary],
		noisy,
	},
	{
		name: 'one that is there, with too many rights, another password and a lock',
		async prepare() {
			await fresh();
			await mysql(
				"CREATE USER conform@localhost IDENTIFIED BY 'of the operator'; GRANT SUPER, FILE ON *.* TO conform@localhost WITH GRANT OPTION; GRANT SELECT ON conXform.* TO conform@localhost; ALTER USER conform@localhost ACCOUNT LOCK",
			);
		},
		resource: () => wanted(),
		breakIt: async () => void (await mysql('REVOKE DROP ON `con\\_form`.* FROM conform@localhost')),
		touches: ['/etc/mysql'],
		rows,
		canaries: [canary],
		noisy,
	},
]);

describe('mysql-account', () => {
	const bench = createBench('/tmp/conformance-mysql-account');

	it('uses its own database and no other: an underline in a name stands for itself', async () => {
		await fresh();
		await bench.converge(wanted());
		expect(await mysqlAs('conform', canary, 'con_form', 'CREATE TABLE x (i int); SELECT 1')).toBe('1');
		expect(await mysqlAs('conform', canary, 'conXform', 'SELECT 1')).toContain('Access denied');
		expect(await mysqlAs('conform', 'wrong', 'con_form', 'SELECT 1')).toContain('Access denied');
	});

	it('is proven by a login, and refused with the words of the server', async () => {
		await fresh();
		await bench.converge(wanted());
		const login = (secret: Secret) =>
			mysqlLogin(
				{host: '127.0.0.1', port: 3306, user: 'conform', database: 'con_form', password: [secret]},
				{needs: []},
			);
		expect(await bench.converge(login(password()))).toEqual([]);
		await expect(bench.converge(login(new Secret('wrong', 'wrong-one')))).rejects.toThrow('Access denied');
	}, 60_000);
});
