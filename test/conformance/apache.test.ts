// packages: apache2 openssl
// releases: bookworm bullseye trixie
// soak: yes
import {readlink, rm, symlink, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {apacheModule} from '#resources/apache/module.ts';
import {apacheMpm} from '#resources/apache/mpm.ts';
import {apacheSite} from '#resources/apache/site.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const at = '/etc/apache2';
const off = async (...names: readonly string[]): Promise<void> =>
	void (await execa('a2dismod', ['-q', '-f', ...names], {reject: false}));
const fresh = async (): Promise<void> => {
	await off('ssl', 'socache_shmcb', 'proxy_http', 'proxy', 'mpm_prefork', 'mpm_worker');
	await execa('a2enmod', ['-q', 'mpm_event']);
	for (const name of ['conform', 'broken']) await rm(`${at}/sites-enabled/${name}.conf`, {force: true});
	await execa('a2ensite', ['-q', '000-default']);
	await writeFile(
		`${at}/sites-available/conform.conf`,
		'<VirtualHost *:80>\n\tServerName conform.example\n</VirtualHost>\n',
	);
};

conformance('apache-module', [
	{
		name: 'modules with what they depend on',
		prepare: fresh,
		resource: () => apacheModule({names: ['ssl', 'proxy_http']}),
		breakIt: () => rm(`${at}/mods-enabled/socache_shmcb.load`),
		touches: [at],
	},
]);

conformance('apache-mpm', [
	{
		name: 'threads where it is prefork',
		async prepare() {
			await fresh();
			await off('mpm_event');
			await execa('a2enmod', ['-q', 'mpm_prefork']);
		},
		resource: () => apacheMpm({mpm: 'threads'}),
		async breakIt() {
			await off('mpm_event');
			await execa('a2enmod', ['-q', 'mpm_prefork']);
		},
		touches: [at],
	},
]);

conformance('apache-site', [
	{
		name: 'on',
		prepare: fresh,
		resource: () => apacheSite({name: 'conform', enabled: true}, {needs: []}),
		breakIt: () => rm(`${at}/sites-enabled/conform.conf`),
		touches: [at],
	},
	{
		name: 'off',
		prepare: fresh,
		resource: () => apacheSite({name: '000-default', enabled: false}),
		breakIt: () => symlink('../sites-available/000-default.conf', `${at}/sites-enabled/000-default.conf`),
		touches: [at],
	},
]);

describe('Apache is never left broken', () => {
	const bench = createBench('/tmp/conformance-apache');

	it('a site that it refuses is off again, with its words, and nothing was reloaded', async () => {
		await fresh();
		await writeFile(`${at}/sites-available/broken.conf`, 'NoSuchDirective on\n');
		await expect(bench.converge(apacheSite({name: 'broken', enabled: true}, {needs: []}))).rejects.toMatchObject({
			code: 'apache.rejected',
			details: expect.arrayContaining([expect.stringContaining('NoSuchDirective')]),
		});
		await expect(readlink(`${at}/sites-enabled/broken.conf`)).rejects.toThrow('ENOENT');
		expect((await execa('apache2ctl', ['configtest'], {reject: false})).exitCode).toBe(0);
	});

	it('root does not test what others may write', async () => {
		await fresh();
		await execa('useradd', ['--system', 'stranger'], {reject: false});
		await execa('chown', ['stranger', `${at}/sites-available/conform.conf`]);
		await expect(bench.converge(apacheSite({name: 'conform', enabled: true}, {needs: []}))).rejects.toMatchObject({
			code: 'program.untrusted',
		});
		await expect(readlink(`${at}/sites-enabled/conform.conf`)).rejects.toThrow('ENOENT');
		await execa('chown', ['root', `${at}/sites-available/conform.conf`]);
	});
});
