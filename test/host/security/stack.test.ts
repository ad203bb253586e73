/** The stack as it stands is no way to root for the application's own user: by its unit, by its site file, by what it makes in its directories. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain} from '../support/answers.ts';
import {onInstalled} from '../support/installed.ts';
import {expectLogins} from '../support/logins.ts';
import {applyIn, outcomesOf, planIn, setup, undoIn} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {attackFrom} from './support/inside-unit.ts';

const site = '/usr/local/openresty/nginx/conf/sites-enabled/ipynbsrv.conf';
const source = '/srv/ipynbsrv/_repo/confs/nginx/ipynbsrv.conf';
const copy = `root-copy:${site}`;

describe('the unit of ipynbsrv', () => {
	hostTest(
		'with capabilities is fenced; without any it is closed, and the site works',
		onInstalled(plain),
		async host => {
			expect(await exposure(host)).toBeLessThanOrEqual(3.5);
			await expectLogins(host, plain);
			expect(await attackFrom(host)).toEqual([]);
			// What is made there is no way up for others either, though the unit may give files to root and set any bit.
			await host.must([
				'install',
				'-o',
				'root',
				'-g',
				'root',
				'-m',
				'4755',
				'/bin/bash',
				'/srv/ipynbsrv/data/public/up',
			]);
			expect(
				await host.must(['runuser', '-u', 'nobody', '--', '/srv/ipynbsrv/data/public/up', '-p', '-c', 'id -un']),
			).toBe('nobody\n');
			await host.must(['rm', '/srv/ipynbsrv/data/public/up']);

			const applied = await applyIn(host, {set: {'app-server.capabilities': []}});
			expect(applied.faults).toEqual([]);
			expect(await exposure(host)).toBeLessThanOrEqual(2);
			expect(await attackFrom(host)).toEqual([]);
			expect((await planIn(host, {set: {'app-server.capabilities': []}})).notOk).toEqual([]);
		},
	);
});

describe('the site file of ipynbsrv', () => {
	hostTest(
		'as its user leaves it is read by nobody but the plan, and what acts as root is refused',
		onInstalled(plain),
		async host => {
			expect(await host.must(['stat', '-c', '%F %U:%G %a', site])).toBe('regular file root:root 644\n');
			const before = read(host, site);
			for (const [line, named] of attacks) {
				await asApplication(host, `git checkout -q confs; printf '%s\n' '${line}' >> ${source}`);
				await host.must(['systemctl', 'reload', 'openresty']);
				const {stdout} = await host.run([setup, 'plan', '/root/answers.yaml']);
				expect(stdout, line).toContain(`+${line.split('\n')[0]}`);
				expect((await planIn(host)).ids, line).toEqual([copy]);
				const applied = await applyIn(host);
				expect(applied.code, line).not.toBe(0);
				expect(applied.faults.join('\n'), line).toContain(named);
				expect(read(host, site)).toBe(before);
			}
			// Neither is a link in its place followed, nor what it leads to shown.
			await asApplication(host, `rm ${source}; ln -s /etc/shadow ${source}`);
			const linked = await host.run([setup, 'plan', '/root/answers.yaml']);
			expect(linked.stdout).toContain('is not a regular file');
			expect(linked.stdout + linked.stderr).not.toContain('root:*:');

			await asApplication(host, `rm ${source}; git checkout -q confs; sed -i 's/64m/65m/' ${source}`);
			expect((await planIn(host)).ids).toEqual([copy]);
			expect((await applyIn(host)).faults).toEqual([]);
			expect(read(host, site)).toContain('client_max_body_size  65m');
			expect((await planIn(host)).notOk).toEqual([]);
		},
	);

	hostTest(
		'that was linked by an earlier setup becomes a copy at the next apply, and undo leaves no link',
		onInstalled(plain),
		async host => {
			await asLinked(host);
			expect(await host.must(['readlink', site])).toBe(`${source}\n`);
			expect(read(host, source)).toContain('proxy_pass  http://172.17.0.1:');

			const plan = await planIn(host);
			expect(plan.notOk).toEqual([`${copy} change: link, content, settings in ${source}`]);
			expect((await applyIn(host)).faults).toEqual([]);
			expect(await host.must(['stat', '-c', '%F %U:%G %a', site])).toBe('regular file root:root 644\n');
			expect(read(host, site)).toContain('proxy_pass  http://172.17.0.1:');
			expect(await asApplication(host, 'git status --porcelain confs')).toBe('');
			expect((await planIn(host)).notOk).toEqual([]);
			await expectLogins(host, plain);

			const undone = await undoIn(host);
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			expect(existsSync(join(host.root, site))).toBe(false);
		},
	);
});

describe('the site file of ipynbsrv, and another commit in the same apply', () => {
	hostTest('a copy becomes a link and a link a copy, as the plan shows', onInstalled(plain), async host => {
		const origin = await host.must(['sh', '-c', 'find / -xdev -type d -name ipynbsrv.git -print -quit']);
		const git = `git -C ${origin.trim()} -c user.name=x -c user.email=x@example.org`;
		await host.must([
			'sh',
			'-ec',
			`for name in one two; do ${git} branch $name $(${git} commit-tree 'HEAD^{tree}' -p HEAD -m $name); done`,
		]);
		const linked = {'application.site': {as: 'link'}, 'application.ref': 'one'};
		expect((await planIn(host, {set: linked})).notOk).toEqual(
			expect.arrayContaining([expect.stringMatching(/^git:.* change: commit$/), `symlink:${site} change: link`]),
		);
		expect((await applyIn(host, {set: linked})).faults).toEqual([]);
		expect(await host.must(['readlink', site])).toBe(`${source}\n`);
		expect(read(host, source)).toContain('proxy_pass  http://172.17.0.1:');
		expect((await planIn(host, {set: linked})).notOk).toEqual([]);

		const copied = {'application.ref': 'two'};
		expect((await planIn(host, {set: copied})).notOk).toEqual(
			expect.arrayContaining([
				expect.stringMatching(/^git:.* change: commit, settings in confs\/nginx\/ipynbsrv\.conf$/),
				expect.stringMatching(new RegExp(`^${copy} change: link, content`)),
			]),
		);
		expect((await applyIn(host, {set: copied})).faults).toEqual([]);
		expect(await host.must(['stat', '-c', '%F %U:%G %a', site])).toBe('regular file root:root 644\n');
		expect(await asApplication(host, 'git status --porcelain confs; git log -1 --format=%s')).toBe('two\n');
		expect((await planIn(host, {set: copied})).notOk).toEqual([]);
		await expectLogins(host, plain);
	});
});

/** As a file in the checkout asks root's nginx, with what a refusal names. */
const attacks = [
	[
		'server { listen 8443 ssl; ssl_certificate /etc/ssl/certs/x.pem; ssl_certificate_key "engine:/srv/ipynbsrv/x.so:y"; }',
		'ssl_certificate_key',
	],
	['include /srv/ipynbsrv/_repo/*.inc;', 'include'],
	['error_log /srv/ipynbsrv/data/error.log;', 'error_log'],
	['proxy_cache_path /srv/ipynbsrv/data/cache keys_zone=a:1m;', 'proxy_cache_path'],
	['perl_modules /srv/ipynbsrv;', 'perl_modules'],
	['server { listen unix:/srv/ipynbsrv/data/s; }', 'listen'],
] as const;

/** The form of before: the stack's own, by answer. */
const asLinked = async (host: ThrowAway): Promise<void> => {
	expect((await undoIn(host, '--step', 'app-server')).code).toBe(0);
	const linked = await applyIn(host, {set: {'application.site': {as: 'link'}}});
	expect(linked.faults).toEqual([]);
};

const asApplication = (host: ThrowAway, script: string): Promise<string> =>
	host.must(['runuser', '-u', 'ipynbsrv', '--', 'sh', '-ec', `cd /srv/ipynbsrv/_repo; ${script}`]);

const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');

/** What `systemd-analyze security` comes to: 0 is closed, 10 is open. */
const exposure = async (host: ThrowAway): Promise<number> => {
	const {stdout} = await host.run(['systemd-analyze', 'security', '--no-pager', 'ipynbsrv.service']);
	return Number(/exposure level for ipynbsrv\.service: ([\d.]+)/.exec(stdout)?.[1]);
};
