/** CoralNet with its small application, from required answers alone: installed, asked from outside, planned again, taken back. */
import {readFileSync, writeFileSync} from 'node:fs';
import {request} from 'node:https';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, setup, undoIn} from './support/setup.ts';
import {hostTest, packageLists} from './support/with-host.ts';

const site = 'coralnet.example.org';

describe('the coralnet stack', () => {
	hostTest(
		'installs, serves, plans nothing more, and is taken back',
		{layer: packageLists, binds: [bring(checkout)], timeout: 1_500_000},
		async host => {
			buildProgram();
			writeFileSync(join(host.root, answersFile), readFileSync(join(checkout, 'stacks/coralnet/answers.yaml')), {
				mode: 0o600,
			});
			const before = await standing(host);
			const applied = await applyIn(host);
			expect(applied.faults).toEqual([]);
			expect(applied.code).toBe(0);

			const page = await ask(host, '/accounts/login/');
			expect(page.status).toBe(200);
			expect(page.body).toMatch(/href="\/static\/css\/main\.[0-9a-f]{12}\.css"/);
			const sheet = await ask(host, /\/static\/css\/main\.[0-9a-f]+\.css/.exec(page.body)![0]);
			expect([sheet.status, sheet.type]).toEqual([200, 'text/css']);
			expect((await ask(host, '/accounts/login/', 'forged.example.org')).status).toBe(400);

			// Only the web server is reached from outside.
			const listening = (await host.must(['ss', '-Hltn'])).split('\n').map(line => line.split(/\s+/)[3] ?? '');
			expect(listening).toContain('127.0.0.1:8001');
			expect(listening.filter(at => /^(0\.0\.0\.0|\*|\[::\]):(8001|5432)$/.test(at))).toEqual([]);

			expect(await host.must(['sudo', '-l', '-U', 'ada'])).toMatch(/NOPASSWD: ALL/);
			expect(await host.must(['stat', '-c', '%a %U:%G', '/home/ada/.ssh/authorized_keys'])).toBe('600 ada:ada\n');
			expect(await host.must(['stat', '-c', '%a %U:%G', '/srv/www'])).toBe('3775 root:www-data\n');
			expect((await planIn(host)).notOk).toEqual([]);
			const doctor = await host.run([setup, 'doctor', '--format', 'json'], {timeout: 120_000});
			const {rows} = JSON.parse(doctor.stdout) as {
				rows: readonly {readonly key: string; readonly state: string; readonly says: string}[];
			};
			// What the archive published since, and the certificate that nobody vouches for, are told truly.
			const told = ['host.updates', `tls.certificate[${site}]`];
			expect(
				rows.filter(one => one.state === 'fail' && !told.includes(one.key)).map(one => `${one.key}: ${one.says}`),
			).toEqual([]);

			const undone = await undoIn(host, '--yes', '--purge-data', 'coralnet');
			expect(outcomesOf(undone, 'conflict')).toEqual([]);
			const after = await standing(host);
			expect(after.users).toEqual(before.users);
			expect(after.listening.filter(at => !before.listening.includes(at) && !/^(127\.|\[::1\])/.test(at))).toEqual([]);
		},
	);
});

type Answer = {readonly status: number; readonly type: string | undefined; readonly body: string};

/** As a browser elsewhere asks; the certificate vouches for itself. */
const ask = (host: ThrowAway, path: string, name = site): Promise<Answer> =>
	new Promise((done, failed) => {
		request(
			{
				host: host.address,
				port: 443,
				path,
				servername: name,
				headers: {host: name},
				ca: readFileSync(join(host.root, 'etc/ssl/coralnet/site.crt')),
				checkServerIdentity: () => undefined,
				timeout: 20_000,
			},
			answer => {
				let body = '';
				answer
					.setEncoding('utf8')
					.on('data', (chunk: string) => {
						body += chunk;
					})
					.on('end', () => done({status: answer.statusCode ?? 0, type: answer.headers['content-type'], body}))
					.on('error', failed);
			},
		)
			.on('error', failed)
			.end();
	});

const standing = async (
	host: ThrowAway,
): Promise<{readonly users: readonly string[]; readonly listening: readonly string[]}> => ({
	users: readFileSync(join(host.root, 'etc/passwd'), 'utf8')
		.split('\n')
		.map(line => line.split(':')[0] ?? '')
		.filter(name => ['ada', 'coralnet'].includes(name)),
	listening: (await host.run(['ss', '-Hltn'])).stdout.split('\n').map(line => line.split(/\s+/)[3] ?? ''),
});
