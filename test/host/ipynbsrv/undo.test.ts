/** It can take it back: the whole stack undone, compared file by file with a host on which apt alone installed the same packages. */
// minutes: 3
import {appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {digestDiff} from '#rehearse/digest.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain, siteName} from '../support/answers.ts';
import {control} from '../support/control.ts';
import {onInstalled} from '../support/installed.ts';
import {expectLogins} from '../support/logins.ts';
import {outcomesOf, setup, undoIn} from '../support/setup.ts';
import {sitDown} from '../support/site.ts';
import {hostTest, withHost} from '../support/with-host.ts';
import {data, settledWorld, stays, unexplained} from '../support/world.ts';

const want = onInstalled(plain);

describe('undo of ipynbsrv', () => {
	hostTest(
		'--plan shows it and changes nothing; undo puts back every file, unit, role and entry; with --purge-data also what may be data',
		want,
		async host => {
			const before = await settledWorld(host);
			const planned = await undoIn(host, '--plan');
			expect(planned).toMatchObject({code: 0, stderr: ''});
			expect(planned.results.length).toBeGreaterThan(40);
			expect(digestDiff(before, await settledWorld(host))).toEqual([]);

			const undone = await undoIn(host);
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(planned.results).toEqual(undone.results);
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			await wakeAll(host);
			const packagesOnly = await withHost({layer: control(plain), network: 'none'}, settledWorld);
			expect(unexplained(digestDiff(packagesOnly, await settledWorld(host)), data, stays)).toEqual([]);

			const twice = await undoIn(host);
			expect(twice, twice.stderr).toMatchObject({code: 0});
			expect(outcomesOf(twice, 'undone')).toEqual([]);

			const purged = await undoIn(host, '--purge-data', 'ipynbsrv');
			expect(purged, purged.stderr).toMatchObject({code: 0});
			await wakeAll(host);
			expect(unexplained(digestDiff(packagesOnly, await settledWorld(host)), stays)).toEqual([]);
		},
	);

	hostTest(
		'what somebody edited since stays, with a diff, until it is as it was; settings of others in a shared file stay',
		want,
		async host => {
			const unit = '/etc/systemd/system/openresty.service';
			const ours = text(host, unit);
			appendFileSync(join(host.root, unit), '# of the operator\n');
			appendFileSync(join(host.root, 'etc/nslcd.conf'), 'idle_timelimit 42\n');
			const undone = await undoIn(host);
			expect(undone.code).toBe(1);
			expect(undone.results.filter(one => one.result.outcome === 'conflict')).toEqual([
				{
					id: `file:${unit}`,
					result: {
						outcome: 'conflict',
						why: `${unit} was edited since`,
						diff: expect.stringContaining('+# of the operator'),
					},
				},
			]);
			expect(text(host, unit)).toBe(`${ours}# of the operator\n`);
			expect(text(host, '/etc/nslcd.conf')).toContain('idle_timelimit 42\n');
			writeFileSync(join(host.root, unit), ours);
			expect(outcomesOf(await undoIn(host), 'undone')).toContain(`file:${unit}`);
			expect(existsSync(join(host.root, unit))).toBe(false);
		},
	);

	hostTest('one step alone can be taken back, and an apply brings it again', want, async host => {
		const undone = await undoIn(host, '--step', 'app-server');
		expect(undone, undone.stderr).toMatchObject({code: 0});
		expect((await host.run(['systemctl', 'is-active', 'ipynbsrv.service'])).stdout).not.toBe('active\n');
		expect(existsSync(join(host.root, '/etc/ipynbsrv'))).toBe(false);
		expect(await host.must(['getent', 'passwd', plain.user.name])).toContain(plain.user.name);
		await host.must([setup, 'apply', '/root/answers.yaml']);
		await expectLogins(host, plain);
	});

	hostTest(
		'data in use is kept; --purge-data, typed with the name, dumps and removes it; --purge removes the packages',
		want,
		async host => {
			const member = sitDown(host.address, siteName);
			await member.login(plain.user.name, plain.secrets.user);
			await member.get('/');
			writeFileSync(join(host.root, 'srv/ipynbsrv/data/homes/ada/thesis.txt'), 'years of work\n');

			const undone = await undoIn(host);
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(outcomesOf(undone, 'kept').join('\n')).toMatch(/postgres-database:ipynbsrv: /);
			expect(text(host, '/srv/ipynbsrv/data/homes/ada/thesis.txt')).toBe('years of work\n');
			expect(await databases(host)).toContain('ipynbsrv');

			const unnamed = await host.run([setup, 'undo', '--purge-data', 'ipynb']);
			expect(unnamed).toMatchObject({code: 64, stderr: expect.stringContaining('--purge-data ipynbsrv')});
			expect(await databases(host)).toContain('ipynbsrv');

			const purged = await undoIn(host, '--purge-data', 'ipynbsrv');
			expect(purged, purged.stderr).toMatchObject({code: 0});
			expect(await databases(host)).not.toContain('ipynbsrv');
			expect(existsSync(join(host.root, 'srv/ipynbsrv'))).toBe(false);
			const dumps = readdirSync(join(host.root, 'var/lib/host-setup/dumps'));
			expect(dumps.join(' ')).toMatch(/ipynbsrv/);

			const without = await undoIn(host, '--purge');
			expect(without, without.stderr).toMatchObject({code: 0});
			for (const name of ['slapd', 'nslcd', 'postgresql', 'uwsgi', 'build-essential'])
				expect((await host.run(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}', name])).stdout, name).not.toMatch(
					/^[ih]i/,
				);
			expect(await host.must(['getent', 'passwd', 'root'])).toMatch(/^root:/);
			expect(text(host, '/etc/nsswitch.conf')).not.toContain('ldap');
		},
	);
});

const text = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');

/** Services that the undo stopped, as their packages left them: the host compared with has them so. */
const wakeAll = async (host: ThrowAway): Promise<void> => {
	const stamps = join(host.root, 'var/lib/host-setup/stamps');
	const name = readdirSync(stamps).find(one => one.startsWith('rested-services'))!;
	const {units} = JSON.parse(readFileSync(join(stamps, name), 'utf8')) as {
		readonly units: readonly {readonly unit: string; readonly enabled: boolean}[];
	};
	for (const {unit, enabled} of units)
		await host.must(['sh', '-c', `${enabled ? 'systemctl enable "$1" && ' : ''}systemctl start "$1"`, 'sh', unit]);
};

const databases = async (host: ThrowAway): Promise<string> => {
	await host.must(['systemctl', 'start', 'postgresql']);
	return host.must(['runuser', '-u', 'postgres', '--', 'psql', '-XAtc', 'select datname from pg_database']);
};
