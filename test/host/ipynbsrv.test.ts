/** The first promise of all: one command on a bare Debian, and a user who exists only in LDAP logs in to the site. */
import {describe, expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Case, hostile, plain} from './support/answers.ts';
import {evidenceOf, onInstalled, secretsOf} from './support/installed.ts';
import {leaksIn, leakyFiles} from './support/leaks.ts';
import {expectLogins} from './support/logins.ts';
import {measured} from './support/measure.ts';
import {answersFile, planIn, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

const cases: readonly (readonly [Release, Case])[] = [
	['bookworm', plain],
	['trixie', hostile],
];

for (const [release, one] of cases) {
	describe(`ipynbsrv on ${release}, ${one.name} answers`, () => {
		const want = onInstalled(one, {release});

		hostTest('is installed by one command, which says so', want, async host => {
			const {stdout, stderr, seconds} = evidenceOf(host);
			console.log(`setup apply on ${release}: ${seconds.toFixed(0)} s`);
			expect(stdout).toContain('"outcome":"done"');
			expect(stderr).toBe('');
			expect(JSON.parse(await host.must([setup, 'status', '--format', 'json']))).toMatchObject({
				last: {outcome: 'done'},
				restartsOwed: [],
				running: null,
			});
		});

		hostTest(
			'no secret was in an argument list, an output, a log, the journal or a file that others may read',
			want,
			host => leaksNothing(host, one),
		);

		hostTest(
			'users get in, strangers do not, also after a reboot; a second apply changes nothing',
			want,
			async host => {
				await expectLogins(host, one);
				await host.reboot();
				await expectLogins(host, one);
				expect((await planIn(host)).notOk).toEqual([]);
				const again = await measured(host, [setup, 'apply', answersFile, '--format', 'ndjson']);
				expect(again, again.stdout).toMatchObject({code: 0});
				expect(again.stdout).toMatch(/"type":"run-start".*"changes":0/);
				expect(again.stdout).toMatch(/"type":"run-end".*"outcome":"done","changed":0,"failed":0,"skipped":0/);
				console.log(
					`second apply on ${release}: ${again.seconds.toFixed(2)} s, ${again.cpuSeconds.toFixed(2)} s of CPU, ${again.peakMb.toFixed(0)} MB`,
				);
				await expectLogins(host, one);
			},
		);
	});
}

const leaksNothing = async (host: ThrowAway, one: Case): Promise<void> => {
	const secrets = secretsOf(host, one);
	expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(5);
	const {commandLines, stdout, stderr, marker} = evidenceOf(host);

	// The watch was good enough to see what lives 30 ms.
	expect(commandLines.looks).toBeGreaterThan(1000);
	expect(commandLines.seen.filter(line => line.includes(marker)).length).toBeGreaterThanOrEqual(4);
	expect(commandLines.seen.length).toBeGreaterThan(200);
	expect.soft(commandLines.seen.filter(line => leaksIn(line, secrets).length > 0)).toEqual([]);

	expect.soft(leaksIn(stdout, secrets)).toEqual([]);
	expect.soft(leaksIn(stderr, secrets)).toEqual([]);
	expect
		.soft(leaksIn(await host.must(['journalctl', '--no-pager', '--all', '--output', 'export']), secrets))
		.toEqual([]);
	expect(await host.must(['journalctl', '--no-pager', '--quiet', '--unit', 'slapd'])).not.toBe('');

	const skip = (path: string): boolean => /^\/var\/(cache|lib)\/apt$/.test(path);
	const found = ['/etc', '/home', '/root', '/run', '/srv', '/tmp', '/usr/local', '/var'].flatMap(below =>
		leakyFiles(host.root, below, secrets, skip),
	);
	expect.soft(found.filter(line => !belongs.some(pattern => pattern.test(line)))).toEqual([]);
	expect(found.some(line => line.startsWith('/srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py'))).toBe(true);
	// Nobody but its owner reads them, and nothing of it is left of what was prepared for a package's installation.
	expect(
		await host.must([
			'stat',
			'-c',
			'%a %U',
			'/var/lib/host-setup',
			'/var/lib/host-setup/secrets.json',
			'/var/lib/host-setup/journal.jsonl',
		]),
	).toBe('700 root\n600 root\n600 root\n');
};

/** Where a secret belongs: the application's settings (not for others), what the operator wrote, our own store and stash. */
const belongs = [
	/^\/srv\/ipynbsrv\/_repo\/wui\/ipynbsrv\/settings\.py [0-7]{2}0 /,
	/^\/root\/secrets\/\w+ 600 /,
	/^\/var\/lib\/host-setup\/secrets\.json 600 /,
	/^\/var\/lib\/host-setup\/stash\/[0-9a-f]{64} 600 /,
];
