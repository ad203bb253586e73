/** WebLab-Deusto from required answers alone: what is there, what is closed, that nothing is left to do, that a reboot changes nothing, and that undo takes it back. */
// minutes: 3
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {beforeAll, describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {expectRedisRulesGone, expectRedisShut} from './support/redis-shut.ts';
import {applyIn, buildProgram, outcomesOf, planIn, undoIn} from './support/setup.ts';
import {onWeblab, secretOf, settled} from './support/weblab.ts';
import {hostTest} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

/** From outside. */
const isOpen = (host: ThrowAway, port: number): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect({host: host.address, port, timeout: 2000});
		const end = (open: boolean) => (): void => {
			socket.destroy();
			resolve(open);
		};
		socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
	});

const listening = async (host: ThrowAway): Promise<readonly string[]> =>
	(await host.must(['python3', '-c', listeners])).trim().split('\n');

/** What others could reach, from the kernel's own table. */
const listeners = `
for name in ('tcp', 'tcp6'):
    for line in open('/proc/net/' + name).read().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        address, port = local.split(':')
        if state == '0A' and address not in ('0100007F', '00000000000000000000000001000000'):
            print(int(port, 16))
`;

const stash = '/var/lib/host-setup/stash/';
const config = '/srv/weblab/deployments/example/core_host_config.py';

const proven = async (host: ThrowAway): Promise<void> => {
	expect((await planIn(host)).notOk).toEqual([]);
	expect([...new Set(await listening(host))].toSorted()).toEqual(['443', '80']);
	await expectRedisShut(host, {lets: ['weblab'], refuses: ['www-data', 'nobody']});
};

describe('WebLab-Deusto on bookworm', () => {
	hostTest('is installed, closed, and a second apply changes nothing', onWeblab({network: {}}), async host => {
		console.log(`setup apply: ${readFileSync(join(host.root, 'opt/weblab-seconds'), 'utf8')} s`);
		await settled(host);
		await proven(host);
		for (const [port, open] of [
			[80, true],
			[443, true],
			[3306, false],
			[6379, false],
			[10_000, false],
			[10_001, false],
		] as const)
			expect([port, await isOpen(host, port)]).toEqual([port, open]);
		const again = await applyIn(host);
		expect([again.code, again.changes]).toEqual([0, []]);
		expect(readFileSync(join(host.root, config), 'utf8')).toContain("core_facade_bind = '127.0.0.1'");
		expect((await host.must(['stat', '-c', '%a %U', config])).trim()).toBe('640 weblab');
		expect((await host.must(['redis-cli', 'config', 'get', 'save'])).trim()).toBe('save');
	});

	hostTest('no secret is in a log, in the journal of the run, or for others to read', onWeblab(), async host => {
		for (const key of ['mariadb.password', 'instance.password']) {
			const secret = secretOf(host, key);
			expect(secret.length).toBeGreaterThan(20);
			const found = await host.run([
				'grep',
				'-rlF',
				'--exclude-dir=proc',
				secret,
				'/var/log',
				'/var/lib/host-setup',
				'/etc',
				'/tmp',
				'/srv',
			]);
			expect(
				found.stdout
					.trim()
					.split('\n')
					.filter(path => path !== '' && !path.endsWith('secrets.json') && !path.startsWith(stash))
					.toSorted(),
			).toEqual(key === 'mariadb.password' ? ['/srv/weblab/deployments/example/core_host_config.py'] : []);
			// What undo puts back may hold them, for root alone.
			for (const path of found.stdout.split('\n').filter(one => one.startsWith(stash)))
				expect([path, (await host.must(['stat', '-c', '%a %U', path])).trim()]).toEqual([path, '600 root']);
		}
	});

	hostTest('a reboot changes nothing', onWeblab(), async host => {
		await host.reboot();
		await settled(host);
		await proven(host);
	});

	hostTest('undo takes it back: units, users, files, listeners; data goes when it is told', onWeblab(), async host => {
		const planned = async (): Promise<number> => Number(await host.must(['redis-cli', '-n', '4', 'dbsize']));
		await host.must(['systemctl', 'start', 'redis-server']);
		await host.must(['redis-cli', '-n', '4', 'set', 'weblab:reservation', '1']);
		expect(await planned()).toBe(1);
		const undone = await undoIn(host, '--purge-data', 'weblab-deusto');
		expect(undone, undone.stderr).toMatchObject({code: 0});
		expect(outcomesOf(undone, 'conflict')).toEqual([]);
		expect(outcomesOf(undone, 'kept').filter(id => !id.startsWith('apt:'))).toEqual([]);
		for (const path of [
			'/srv/weblab',
			'/etc/weblab-deusto',
			'/etc/supervisor/conf.d/weblab-example.conf',
			'/etc/apache2/sites-enabled/weblab-example.conf',
			'/etc/ssl/weblab-deusto',
			'/etc/apt/sources.list.d/debian-bullseye.list',
			'/usr/local/src/host-setup-weblab',
		])
			expect([path, existsSync(join(host.root, path))]).toEqual([path, false]);
		expect((await host.run(['getent', 'passwd', 'weblab'])).code).not.toBe(0);
		// It was stopped, for it was not there before.
		await host.must(['systemctl', 'start', 'mariadb']);
		expect(await host.must(['mariadb', '-BNe', 'show databases'])).not.toContain('WebLab');
		await host.must(['systemctl', 'start', 'redis-server']);
		expect(await planned()).toBe(0);
		await expectRedisRulesGone(host);
		expect(
			readdirSync(join(host.root, 'var/lib/host-setup/dumps'))
				.map(name => name.replace(/^.*Z-/, ''))
				.toSorted(),
		).toEqual(['WebLab.sql', 'srv-weblab-deployments-example.tar.gz']);
		expect(existsSync(join(host.root, 'etc/apache2/sites-enabled/000-default.conf'))).toBe(true);
		const twice = await undoIn(host);
		expect(outcomesOf(twice, 'undone')).toEqual([]);
	});
});
