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

/** A file of the log that has something in it is closed, and the next one begun. */
const nextOfTheLog = `${sql("SELECT pg_create_restore_point('x')")}; ${sql('SELECT pg_switch_wal()')}`;

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
		name: 'the cluster is started by hand only',
		check: 'postgres.running',
		is: 'byHand',
		item: '15/main boot',
		break: script(`echo manual > ${dir}/start.conf; systemctl daemon-reload`),
		verdict: 'warn',
		says: /start\.conf says manual/,
		layers: {file: 'manual'},
		mend: script(`echo auto > ${dir}/start.conf; systemctl daemon-reload`),
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
		name: 'a line of pg_hba.conf that it cannot read',
		check: 'postgres.hba',
		is: 'broken',
		break: script(`echo 'host app app 10.1.2.0/24 scrm' >> ${dir}/pg_hba.conf; ${reload}`),
		verdict: 'fail',
		says: /pg_hba\.conf:\d+ is broken \(invalid authentication method "scrm"\).*will not start again/,
		mend: script(`sed -i '/scrm/d' ${dir}/pg_hba.conf; ${reload}`),
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
		name: 'another file than the usual one has the records',
		check: 'postgres.hba',
		is: 'open',
		item: '15/main host all all 10.0.0.0/24',
		break: script(
			`cp -a ${dir}/pg_hba.conf ${dir}/other.conf; echo 'host all all 10.0.0.0/24 trust' >> ${dir}/other.conf
			echo "hba_file = '${dir}/other.conf'" >> ${dir}/postgresql.conf; ${restart}`,
		),
		verdict: 'fail',
		says: /trust lets everybody in/,
		layers: {file: 'host all all 10.0.0.0/24 trust'},
		mend: script(`sed -i '/^hba_file = .*other/d' ${dir}/postgresql.conf; rm ${dir}/other.conf; ${restart}`),
	},
	{
		name: 'a map that lets every account become postgres',
		check: 'postgres.hba',
		is: 'open',
		item: '15/main local all all',
		break: script(
			`cp -a ${dir}/pg_hba.conf /root/hba; cp -a ${dir}/pg_ident.conf /root/ident
			sed -i '/^local *all *all *peer/s/peer/peer map=any/' ${dir}/pg_hba.conf; echo 'any /^(.*)$ postgres' >> ${dir}/pg_ident.conf; ${reload}`,
		),
		verdict: 'fail',
		says: /its map any lets whoever is called .* become postgres, a superuser/,
		mend: script(`cp -a /root/hba ${dir}/pg_hba.conf; cp -a /root/ident ${dir}/pg_ident.conf; ${reload}`),
	},
	{
		name: 'pg_hba.conf replaced by one of an old date',
		check: 'postgres.hba',
		is: 'notLoaded',
		item: '15/main loaded',
		break: script(`echo '# older' >> ${dir}/pg_hba.conf; touch -d 2020-01-01 ${dir}/pg_hba.conf`),
		verdict: 'warn',
		mend: 'remedy',
	},
	{
		name: 'a role that may act as a superuser',
		check: 'postgres.superusers',
		is: 'becomes',
		item: '15/main member',
		break: script(`${sql('CREATE ROLE member LOGIN IN ROLE postgres')}`),
		verdict: 'fail',
		says: /member is a member of postgres/,
		mend: script(sql('DROP ROLE member')),
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
		name: 'a setting that the next start will not take',
		check: 'postgres.restart-pending',
		is: 'refused',
		item: '15/main max_connections',
		break: script(`echo 'max_connections = many' >> ${dir}/postgresql.conf`),
		verdict: 'fail',
		says: /does not take max_connections at .*many/,
		mend: script(`sed -i '$d' ${dir}/postgresql.conf`),
	},
	{
		name: 'writes that are never made sure of',
		check: 'postgres.safety',
		is: 'unsynced',
		item: '15/main fsync',
		break: script(`echo 'fsync = off' >> ${dir}/postgresql.conf; ${reload}`),
		verdict: 'fail',
		says: /a power cut .* leaves a cluster that cannot be read/,
		layers: {runtime: 'off'},
	},
	{
		name: 'half-written pages are not kept',
		check: 'postgres.safety',
		is: 'torn',
		item: '15/main full_page_writes',
		break: script(`echo 'full_page_writes = off' >> ${dir}/postgresql.conf; ${reload}`),
		verdict: 'warn',
		mend: script(`sed -i '/^full_page_writes/d' ${dir}/postgresql.conf; ${reload}`),
	},
	{
		name: 'nothing frees what was deleted',
		check: 'postgres.safety',
		is: 'unvacuumed',
		item: '15/main autovacuum',
		break: script(`${sql('ALTER SYSTEM SET autovacuum = off')}; ${reload}`),
		verdict: 'warn',
		mend: script(`${sql('ALTER SYSTEM RESET autovacuum')}; ${reload}`),
	},
	{
		name: 'a slot of a replica that is gone',
		check: 'postgres.safety',
		is: 'slot',
		item: '15/main slot gone_replica',
		break: script(
			`${sql("SELECT pg_create_physical_replication_slot('gone_replica', true)")}
			for i in 1 2 3 4 5 6; do ${nextOfTheLog}; done`,
		),
		verdict: 'warn',
		says: /nobody reads the replication slot gone_replica: it keeps \d+ MiB/,
		mend: script(sql("SELECT pg_drop_replication_slot('gone_replica')")),
	},
	{
		name: 'an archive that fails',
		check: 'postgres.safety',
		is: 'archive',
		item: '15/main archive',
		break: script(
			`printf "archive_mode = on\\narchive_command = 'false'\\n" > ${dir}/conf.d/20-archive.conf; ${restart}
			${nextOfTheLog}
			until [ "$(${sql('SELECT failed_count > 0 FROM pg_stat_archiver')})" = t ]; do sleep 0.2; done`,
		),
		verdict: 'warn',
		says: /archive_command fails, at [0-9A-F]{24}; it has never succeeded/,
		mend: script(
			`sed -i "s/'false'/'true'/" ${dir}/conf.d/20-archive.conf; ${restart}
			${nextOfTheLog}
			until [ "$(${sql('SELECT last_archived_time > last_failed_time FROM pg_stat_archiver')})" = t ]; do sleep 0.2; done`,
		),
	},
	{
		name: 'hardly a connection for applications',
		check: 'postgres.safety',
		is: 'few',
		item: '15/main connections',
		break: script(`printf 'max_connections = 12\\nmax_wal_senders = 2\\n' > ${dir}/conf.d/20-archive.conf; ${restart}`),
		verdict: 'warn',
		says: /^9 connections for all applications \(max_connections 12/,
		mend: script(`rm ${dir}/conf.d/20-archive.conf; ${restart}`),
	},
	{
		name: 'a database whose ids come to their end',
		check: 'postgres.safety',
		is: 'wraparound',
		item: '15/main database shop',
		// The age is what the server reckons from this number; no table is as old, and autovacuum would find that out.
		break: script(
			`${sql('ALTER SYSTEM SET autovacuum = off')}; ${reload}; sleep 1
			${sql("UPDATE pg_database SET datfrozenxid = '2694968000' WHERE datname = 'shop'")}`,
		),
		verdict: 'fail',
		says: /shop has used 74 % of its transaction ids/,
		mend: script(
			`${sql("UPDATE pg_database SET datfrozenxid = (SELECT datfrozenxid FROM pg_database WHERE datname = 'postgres') WHERE datname = 'shop'")}
			${sql('ALTER SYSTEM RESET autovacuum')}; ${reload}`,
		),
	},
	{
		name: 'a cluster of an old series that was left behind',
		check: 'postgres.version',
		is: 'ended',
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
		is: 'refused',
		item: 'shop',
		break: script(sql("ALTER ROLE shop PASSWORD 'another'")),
		verdict: 'fail',
		says: /shop cannot log in to shop/,
		mend: script(sql("ALTER ROLE shop PASSWORD 'canary-of-the-shop'")),
	},
	{
		name: 'its database given away',
		check: 'postgres.application',
		is: 'owner',
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
