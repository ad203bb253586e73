/**
 * What the accounts of Debian's own services, and any account, can do to root by what is theirs by design: files that root's doctor reads and the account of a server
 * may write, locks on files that everybody may read.
 */
import {expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {withProgram} from '../doctor/support/recipes.ts';
import {services} from '../doctor/support/services.ts';
import {applyIn, buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {as, stackOf} from './support/coralnet.ts';
import {measured} from './support/measured.ts';

const redis = '/etc/redis/redis.conf';
const marker = 'MARKERROOT';

hostTest(
	'the accounts of redis and postgres neither hold root up nor read by its eyes, and a lock of anybody stops apt before it begins',
	withProgram({layer: services, network: 'none', timeout: 900_000}),
	async host => {
		buildProgram();
		await host.must([
			'bash',
			'-ec',
			`useradd --create-home eve; umask 077; printf '%s\\n' 'maxmemory ${marker}' 'requirepass ${marker}' "port = '${marker}'" 'host all ${marker} all trust' > /root/only`,
		]);
		const postgres = (await host.must(['bash', '-c', 'ls -d /etc/postgresql/*/main'])).trim();
		const plants: readonly (readonly [user: string, file: string, text: string, what: RegExp])[] = [
			['redis', redis, `include ${redis}\\n`.repeat(30), /included/],
			['redis', redis, 'include /root/only\\n', /names \/root\/only, which redis may not read/],
			['redis', redis, 'aclfile /root/only\\n', /names \/root\/only, which redis may not read/],
			['postgres', `${postgres}/postgresql.conf`, "include 'postgresql.conf'\\n".repeat(30), /included/],
			['postgres', `${postgres}/postgresql.conf`, "include '/root/only'\\n", /which postgres may not read/],
			['postgres', `${postgres}/pg_hba.conf`, 'include pg_hba.conf\\n'.repeat(30), /included|is broken/],
			['postgres', `${postgres}/pg_hba.conf`, 'include /root/only\\n', /which postgres may not read|is broken/],
		];
		for (const [user, file, text, what] of plants) {
			await host.must(['cp', '-p', file, '/root/kept']);
			await as(host, user, `printf "${text}" >> ${file}`);
			const said = await look(host, `${user}: ${text.slice(0, 60)}`);
			expect(said, text.slice(0, 60)).toMatch(what);
			expect(said).not.toContain(marker);
			await host.must(['cp', '-p', '/root/kept', file]);
		}

		const file = stackOf(host, 'packages', "[makers.aptPackages({names: ['htop']}, {id: 'apt:htop'})]");
		for (const locked of ['/var/cache/debconf/config.dat', '/run/adduser']) {
			await host.must(['touch', '/run/adduser']);
			await as(host, 'eve', `setsid -f flock --exclusive ${locked} sleep 300 >/dev/null 2>&1`);
			await until(async () => (await host.run(['flock', '--nonblock', locked, 'true'])).code !== 0, {
				what: `eve's lock on ${locked}`,
				deadline: 10_000,
			});
			const {code, stdout, stderr} = await applyIn(host, {file});
			expect(code, stdout + stderr).toBe(1);
			expect(stdout + stderr).toMatch(
				new RegExp(`apt\\.script-lock.*${locked.replaceAll('/', '\\/')} is locked by process \\d+ \\([a-z]+\\) of eve`),
			);
			await host.must(['bash', '-c', 'pkill -u eve; while pgrep -u eve; do sleep 0.1; done']);
		}
		expect((await applyIn(host, {file})).faults.join('\n')).not.toContain('script-lock');
	},
);

/** What it says, once it ended well within its bounds. */
const look = async (host: ThrowAway, what: string): Promise<string> => {
	const {code, stdout, stderr, seconds, megabytes} = await measured(host, [setup, 'doctor', '--format', 'json']);
	expect([0, 1, 2], `${what}: ${stderr}`).toContain(code);
	expect(seconds, what).toBeLessThan(60);
	expect(megabytes, what).toBeLessThan(500);
	expect(
		(JSON.parse(stdout) as Report).rows.filter(({state}) => state === 'crash'),
		what,
	).toEqual([]);
	return stdout + stderr;
};
