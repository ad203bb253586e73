/** The checks of PostgreSQL on a booted Debian 12. */
import {expect} from 'vitest';
import {setup} from '../support/setup.ts';
import {put, script, sh} from './support/inside.ts';
import {installedState} from './support/installed-state.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const dir = '/etc/postgresql/15/main';
const sql = (statement: string): string => `runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -c "${statement}"`;
const reload = 'systemctl reload postgresql@15-main';
const restart = 'systemctl restart postgresql@15-main';

const list: readonly Recipe[] = [
	{
		name: 'the cluster stopped, while postgresql.service is active',
		check: 'postgres.running',
		is: 'down',
		item: '15/main running',
		break: script('systemctl stop postgresql@15-main'),
		verdict: 'fail',
		says: /postgresql@15-main\.service is inactive/,
	},
	{
		name: 'not enabled',
		check: 'postgres.running',
		is: 'notAtBoot',
		item: '15/main boot',
		break: script('systemctl disable postgresql'),
		verdict: 'warn',
		layers: {file: 'disabled'},
	},
	{
		name: 'on every address',
		check: 'postgres.bind',
		is: 'open',
		item: '15/main',
		break: script(`sed -i "s/^#listen_addresses.*/listen_addresses = '*'/" ${dir}/postgresql.conf; ${restart}`),
		verdict: 'fail',
		says: /answers from outside/,
		layers: {file: '*', runtime: '*', kernel: ['0.0.0.0:5432', '[::]:5432 (IPv4 as well)']},
	},
	{
		name: 'opened in a file of conf.d, not yet in the process',
		check: 'postgres.bind',
		is: 'open',
		item: '15/main',
		break: script(`echo "listen_addresses = '0.0.0.0'" > ${dir}/conf.d/10-open.conf`),
		verdict: 'fail',
		says: /changed in the file, not in the process/,
		layers: {file: '0.0.0.0', runtime: 'localhost', kernel: ['127.0.0.1:5432', '[::1]:5432']},
	},
	{
		name: 'trust for everybody of this host',
		check: 'postgres.hba',
		is: 'open',
		item: '15/main local all all',
		break: script(`sed -i 's/^\\(local *all *all *\\)peer/\\1trust/' ${dir}/pg_hba.conf; ${reload}`),
		verdict: 'fail',
		says: /trust lets everybody in/,
	},
	{
		name: 'md5',
		check: 'postgres.hba',
		is: 'weak',
		item: '15/main host app app 10.1.2.0/24',
		break: script(`echo 'host app app 10.1.2.0/24 md5' >> ${dir}/pg_hba.conf; ${reload}`),
		verdict: 'warn',
		says: /md5 takes old hashes too/,
	},
	{
		name: 'md5, and a role that has no better hash: not mended by itself',
		check: 'postgres.hba',
		is: 'weak',
		item: '15/main host app app 10.1.2.0/24',
		break: script(
			`sed -i '/10.1.2.0/s/scram-sha-256/md5/' ${dir}/pg_hba.conf; ${sql("SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'x'")}; ${reload}`,
		),
		verdict: 'warn',
		says: /\(old: their passwords must be set anew first\)/,
		async mend(host) {
			const {stdout} = await host.run([setup, 'doctor', 'fix', 'postgres.hba', '--yes']);
			expect(stdout).toMatch(/Nothing here that setup can mend by itself|by hand/);
			await sh(host, `sed -i '/10.1.2.0/d' ${dir}/pg_hba.conf; ${sql('DROP ROLE old')}; ${reload}`);
		},
	},
	{
		name: 'open to every address',
		check: 'postgres.hba',
		is: 'open',
		item: '15/main host all all 0.0.0.0/0',
		break: script(`echo 'host all all 0.0.0.0 0.0.0.0 scram-sha-256' >> ${dir}/pg_hba.conf; ${reload}`),
		verdict: 'fail',
		says: /open to every address, by scram-sha-256/,
		mend: script(`sed -i '/0\\.0\\.0\\.0/d' ${dir}/pg_hba.conf; ${reload}`),
	},
	{
		name: 'pg_hba.conf edited and not read',
		check: 'postgres.hba',
		is: 'notLoaded',
		item: '15/main loaded',
		break: script(`echo '# edited' >> ${dir}/pg_hba.conf`),
		verdict: 'warn',
		says: /changed in the file, not in the process/,
		mend: 'remedy',
	},
	{
		name: 'the role of an application made superuser',
		check: 'postgres.superusers',
		is: 'superuser',
		item: '15/main app',
		break: script(`${sql('CREATE ROLE app SUPERUSER LOGIN')}`),
		verdict: 'fail',
		says: /app is a superuser/,
		layers: {runtime: ['postgres', 'app']},
		mend: script(sql('DROP ROLE app')),
	},
	{
		name: 'a setting that waits for a restart',
		check: 'postgres.restart-pending',
		is: 'restart',
		item: '15/main max_connections',
		break: script(`sed -i 's/^max_connections = .*/max_connections = 90/' ${dir}/postgresql.conf; ${reload}`),
		verdict: 'warn',
		says: /waits for a restart, and 100 is in force/,
		layers: {file: '90', runtime: '100'},
	},
	{
		name: 'a setting that waits for a reload',
		check: 'postgres.restart-pending',
		is: 'reload',
		item: '15/main work_mem',
		break: script(`echo "work_mem = '9MB'" >> ${dir}/postgresql.conf`),
		verdict: 'warn',
		says: /waits for a reload, and 4MB is in force/,
		layers: {file: '9MB', runtime: '4MB'},
	},
	{
		name: 'a setting that the server does not take',
		check: 'postgres.restart-pending',
		is: 'refused',
		item: '15/main work_mem',
		break: script(`sed -i "s/^work_mem.*/work_mem = '9 apples'/" ${dir}/postgresql.conf`),
		verdict: 'fail',
		says: /does not take work_mem/,
		mend: script(`sed -i '/^work_mem/d' ${dir}/postgresql.conf; ${reload}`),
	},
	{
		name: 'a cluster of an old series that was left behind',
		check: 'postgres.version',
		item: '12/main',
		break: script('install -d /etc/postgresql/12/main; echo "port = 5433" > /etc/postgresql/12/main/postgresql.conf'),
		verdict: 'fail',
		says: /PostgreSQL 12 gets no fixes since 2024-11-21/,
		layers: {file: '12', runtime: 'unknown'},
		mend: script('rm -r /etc/postgresql/12'),
	},
	{
		name: "the application's password changed",
		check: 'postgres.application',
		item: 'shop',
		break: script(sql("ALTER ROLE shop PASSWORD 'another'")),
		verdict: 'fail',
		says: /shop cannot log in to shop/,
		mend: script(sql("ALTER ROLE shop PASSWORD 'canary-of-the-shop'")),
	},
	{
		name: 'its database given away',
		check: 'postgres.application',
		item: 'shop',
		break: script(sql('ALTER DATABASE shop OWNER TO postgres')),
		verdict: 'fail',
		says: /shop belongs to postgres, not to shop/,
		layers: {runtime: {login: 'works', owner: 'postgres'}},
		mend: script(sql('ALTER DATABASE shop OWNER TO shop')),
	},
];

/** As `setup apply` leaves them behind: what was answered, and the secret that it made. */
const installed = installedState({
	postgres: {mode: 'local', database: 'shop', role: 'shop', password: {secret: 'generate'}},
});

recipes('postgres: every check on a booted host', {layer: services, network: 'none', timeout: 400_000}, list, {
	async prepare(host) {
		await sh(
			host,
			`${sql("CREATE ROLE shop LOGIN PASSWORD 'canary-of-the-shop'")}; ${sql('CREATE DATABASE shop OWNER shop')}; install -d -m 0700 /var/lib/host-setup`,
		);
		await put(host, '/var/lib/host-setup/state.json', JSON.stringify(installed));
		await put(
			host,
			'/var/lib/host-setup/secrets.json',
			JSON.stringify({schemaVersion: 1, secrets: {'ipynbsrv/postgres.password': 'canary-of-the-shop'}}),
		);
		await host.must(['chmod', '0600', '/var/lib/host-setup/secrets.json']);
	},
});
