// packages: postgresql
// releases: bookworm trixie
import {rm, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {postgresSetting} from '#resources/postgres/setting.ts';
import {createBench} from './bench.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const [version] = (await execa('ls', ['/etc/postgresql'])).stdout.split('\n');
const path = `/etc/postgresql/${version}/main/conf.d/conform.conf`;
const reload = (): Promise<string> => psql('SELECT pg_reload_conf(); SELECT pg_sleep(0.3)');

const fresh = async (): Promise<void> => {
	await psql('ALTER SYSTEM RESET ALL');
	await rm(path, {force: true});
	if ((await psql("SELECT current_setting('max_connections')")) === '100') await reload();
	else await execa('systemctl', ['restart', `postgresql@${version}-main.service`]);
};

conformance('postgres-setting', [
	{
		name: 'settings that a reload brings',
		prepare: fresh,
		resource: () =>
			postgresSetting({
				file: 'conform',
				settings: {work_mem: '8MB', log_line_prefix: "it's %p \\ ", statement_timeout: '2min', log_connections: 'on'},
			}),
		async breakIt() {
			await writeFile(path, "work_mem = '16MB'\n");
			await reload();
		},
		touches: [`/etc/postgresql/${version}/main`],
		rows: () =>
			psql(
				"SELECT json_agg(json_build_array(name, setting) ORDER BY name) FROM pg_settings WHERE name IN ('work_mem', 'log_line_prefix', 'statement_timeout', 'log_connections')",
			),
		noisy,
	},
	{
		name: 'a file of ours with other lines',
		async prepare() {
			await fresh();
			await writeFile(path, "work_mem = '16MB'\n");
			await reload();
		},
		resource: () => postgresSetting({file: 'conform', settings: {work_mem: '8MB'}}),
		touches: [`/etc/postgresql/${version}/main`],
		rows: () => psql('SHOW work_mem'),
		noisy,
	},
	{
		name: 'a setting that wants a restart',
		prepare: fresh,
		resource: () => postgresSetting({file: 'conform', settings: {max_connections: '90'}}),
		touches: [`/etc/postgresql/${version}/main`],
		rows: () => psql('SHOW max_connections'),
		noisy,
		seconds: 120,
		throwAt: [2, 4],
	},
]);

describe('postgres-setting, refused', () => {
	const bench = createBench('/tmp/conformance-setting');

	it('puts the old file back when the server does not take a value', async () => {
		await fresh();
		await expect(bench.converge(postgresSetting({file: 'conform', settings: {work_mem: 'a lot'}}))).rejects.toThrow(
			'postgres.setting-refused',
		);
		await expect(rm(path)).rejects.toThrow('ENOENT');
	});

	it('brings the server back when it does not start with the new settings', async () => {
		await fresh();
		await expect(
			bench.converge(postgresSetting({file: 'conform', settings: {shared_preload_libraries: 'nowhere_to_be_found'}})),
		).rejects.toThrow('postgres.restart');
		expect(await psql('SELECT 1')).toBe('1');
		await expect(rm(path)).rejects.toThrow('ENOENT');
	}, 60_000);

	it('says who overrides it', async () => {
		await fresh();
		await psql("ALTER SYSTEM SET work_mem = '64MB'");
		await reload();
		await expect(bench.converge(postgresSetting({file: 'conform', settings: {work_mem: '8MB'}}))).rejects.toThrow(
			'postgresql.auto.conf',
		);
		await fresh();
	});
});
