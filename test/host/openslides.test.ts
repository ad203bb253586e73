/**
 * OpenSlides with its small backend, from required answers alone: installed, asked from outside, mended; then with instances, which podman really runs: one made,
 * asked, kept over a boot; who is the backend's user does not become root by them; all of it taken back.
 */
// minutes: 5
import {readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {
	answersOutside,
	ask,
	doctorIn,
	inside,
	instanceThere,
	makeInstance,
	nestedPodman,
	noWayToRoot,
	site,
} from './support/openslides.ts';
import {expectRedisRulesGone, expectRedisShut} from './support/redis-shut.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from './support/setup.ts';
import {until} from './support/until.ts';
import {hostTest, packageLists, withTool} from './support/with-host.ts';

describe('the openslides stack', () => {
	hostTest(
		'installs, serves its API to who has the password, makes instances, outlives a boot, and is taken back',
		{
			layer: withTool('runc', packageLists),
			plain: ['/var/lib/containers'],
			binds: [bring(checkout)],
			timeout: 1_200_000,
		},
		async host => {
			buildProgram();
			writeFileSync(join(host.root, answersFile), readFileSync(join(checkout, 'stacks/openslides/answers.yaml')), {
				mode: 0o600,
			});
			const before = await standing(host);
			const applied = await applyIn(host);
			expect(applied.faults).toEqual([]);
			expect(applied.code).toBe(0);
			expect((await planIn(host)).notOk).toEqual([]);
			await shut(host);

			// From outside: a password for everything, and no port of PostgreSQL, Redis, the mail server or the backend.
			expect((await ask(host, '/api/instances')).status).toBe(401);
			expect((await ask(host, '/')).status).toBe(401);
			for (const port of [5000, 5432, 6379, 25])
				expect([port, await answers(host.address, port)]).toEqual([port, false]);

			// The password of PostgreSQL is in no command line.
			const commands = await host.must(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "']);
			expect(commands).toContain('--postgres-password file:');
			expect(await host.must(['stat', '-c', '%a %U:%G', '/etc/nginx/openslides.htpasswd'])).toBe('640 root:www-data\n');
			expect(await host.must(['postconf', '-h', 'mynetworks'])).toMatch(/127\.0\.0\.0\/8 .*172\.16\.28\.0\/24/);

			// A bridge that somebody took away comes back, and so do the rules that somebody flushed.
			await host.must(['ip', 'link', 'delete', 'osbr0']);
			await host.must(['nft', 'flush', 'ruleset']);
			expect((await planIn(host)).ids).toEqual(
				expect.arrayContaining(['bridge:osbr0', 'nft-table:openslides', 'redis-accounts']),
			);
			const mended = await applyIn(host);
			expect(mended.faults).toEqual([]);
			expect((await planIn(host)).notOk).toEqual([]);
			await shut(host);

			expect((await doctorIn(host)).get('openslides.unit[instances]')).toMatchObject({state: 'warn'});

			// The second end, on top of the first.
			await nestedPodman(host);
			const set = {'instances.reach': 'instances'};
			const second = await applyIn(host, {set});
			expect(second.faults).toEqual([]);
			// It made one, asked it over HTTPS, removed it, and found nothing left.
			expect(second.changes).toContain(`proof:openslides-instance:${site}`);
			expect((await planIn(host, {set})).notOk).toEqual([]);

			const id = await instanceThere(host, 'party');
			// Its bridge goes while it runs: it is plugged into the new one.
			await host.must(['ip', 'link', 'delete', 'osbr0']);
			expect((await applyIn(host, {set})).faults).toEqual([]);
			await answersOutside(host, 'party');
			await noWayToRoot(host, id);

			// One that cannot be made is told from one that is being made.
			const other = await makeInstance(host, {slug: 'x; } server { listen 81'});
			await until(
				async () => (await doctorIn(host)).get(`openslides.instances[${other}]`)?.says.includes('slug') === true,
				{deadline: 90_000, every: 2000, what: 'the reason, by the doctor'},
			);
			const versions = '/srv/openslides/versions/openslides_versions.json';
			await host.must(['sed', '-i.kept', 's/"image": "/&0/', versions]);
			const broken = await doctorIn(host);
			expect(broken.get(`openslides.instances[${id}]`)).toMatchObject({state: 'ok'});
			expect(broken.get('openslides.files[version 1]')).toMatchObject({state: 'fail'});
			await host.must(['mv', `${versions}.kept`, versions]);
			await host.must(inside('DELETE', `/${other}`));

			await host.reboot();
			expect((await planIn(host, {set})).notOk).toEqual([]);
			await shut(host);
			const failed = await host.must(['systemctl', 'list-units', '--state=failed', '--no-legend', '--plain']);
			expect(failed).toBe('');

			await answersOutside(host, 'party');
			const rows = await doctorIn(host);
			// What the archive published since, the certificates that nobody vouches for, and the superuser are told truly.
			const told = /^(host\.updates|tls\.certificate\[|postgres\.superusers\[15\/main openslides_admin)/;
			expect(
				[...rows.values()]
					.filter(one => one.state === 'fail' && !told.test(one.key))
					.map(one => `${one.key}: ${one.says}`),
			).toEqual([]);
			expect(rows.get('openslides.unit[instances]')).toMatchObject({state: 'ok'});
			expect(rows.get('openslides.files[version 1]')).toMatchObject({state: 'ok'});

			const undone = await undoIn(host, '--yes', '--purge-data', 'openslides');
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			expect(
				outcomesOf(undone, 'kept').filter(line => !/packages stay without --purge|owns its answers/.test(line)),
			).toEqual([]);
			const after = await standing(host);
			expect(after).toEqual(before);
			await expectRedisRulesGone(host);
			expect(await host.must(['podman', 'ps', '--all', '--quiet'])).toBe('');
			expect(await host.must(['ls', '/var/lib/host-setup/dumps'])).toContain(`openslides_${id}.dump`);
		},
	);
});

/** The containers come by their bridge: no account of the host has to come in, and the backend's neither. */
const shut = (host: ThrowAway): Promise<void> =>
	expectRedisShut(host, {lets: [], refuses: ['openslides', 'www-data'], at: ['127.0.0.1', '172.16.28.1', '::1']});

/** Does anybody answer there, for this machine outside? */
const answers = (host: string, port: number): Promise<boolean> =>
	new Promise(done => {
		const socket = connect({host, port, timeout: 1500});
		const end = (open: boolean) => (): void => {
			socket.destroy();
			done(open);
		};
		socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
	});

const standing = async (host: ThrowAway): Promise<unknown> => ({
	user: (await host.run(['getent', 'passwd', 'openslides'])).stdout,
	links: (await host.must(['ip', '-br', 'link'])).split('\n').map(line => line.split(/[\s@]/)[0]),
	units: (await host.must(['ls', '/etc/systemd/system']))
		.split('\n')
		.filter(name => /openslides|redis|postgres|postfix/.test(name)),
	own: (
		await host.run([
			'ls',
			'-d',
			'/srv/openslides',
			'/etc/openslides',
			'/var/lib/openslides',
			'/usr/local/lib/openslides',
			'/etc/sudoers.d/openslides',
			'/etc/containers/networks/openslides.json',
			'/etc/ssl/openslides-instances',
			'/etc/nginx/openslides',
		])
	).stdout,
});
