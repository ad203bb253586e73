/** What cannot be made again is saved, and comes back: on a real installed stack, with its own proofs afterwards. */
import {chmodSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain} from './support/answers.ts';
import {installed, onInstalled} from './support/installed.ts';
import {expectLogins} from './support/logins.ts';
import {setup} from './support/setup.ts';
import {hostTest, withTool} from './support/with-host.ts';

const want = onInstalled(plain, {layer: withTool('restic', installed(plain))});

/** What a copy of it needs beside that. */
const inCopy = onInstalled(plain, {
	layer: withTool('iptables', withTool('systemd-container', withTool('restic', installed(plain)))),
	plain: ['/var/lib/docker', '/var/lib/containers', '/var/lib/host-setup/rehearse'],
	network: {},
});

describe('backup', () => {
	hostTest('init, now, list, forget; nothing is left but the store, and nobody else reads it', want, async host => {
		writeFileSync(join(host.root, 'srv/ipynbsrv/data/homes/ada/thesis.txt'), 'years of work\n');
		const early = await host.run([setup, 'backup', 'now']);
		expect(early).toMatchObject({code: 1, stderr: expect.stringContaining('no store for backups is set up')});

		const made = await ours(host, ['backup', 'init', '--reveal']);
		expect(made.trim().split('\n').at(-1)).toMatch(/^[\w-]{43}$/);
		await ours(host, ['backup', 'init', '--timer']);
		expect((await host.must(['systemctl', 'is-active', 'host-setup-backup.timer'])).trim()).toBe('active');
		await host.must(['systemctl', 'start', 'host-setup-backup.service']);
		await ours(host, ['backup', 'init', '--no-timer']);
		expect((await host.run(['systemctl', 'is-active', 'host-setup-backup.timer'])).stdout.trim()).toBe('inactive');
		const saved = (await ours(host, ['backup', 'now'])).split('\n').filter(line => line.startsWith('ok'));
		for (const thing of ['ldap:dc=ipynbsrv,dc=ldap', 'postgres:ipynbsrv', 'tree:/srv/ipynbsrv/data/homes'])
			expect(saved.join('\n')).toContain(`save ${thing} `);
		expect((await listed(host)).length).toBe(2);
		await ours(host, ['backup', 'forget', '--daily', '1', '--weekly', '1', '--monthly', '1']);
		expect((await listed(host)).length).toBe(1);

		expect(JSON.parse(text(host, '/var/lib/host-setup/backup.json'))).toMatchObject({
			last: {files: {'tree:/srv/ipynbsrv/data/homes': 2}},
		});
		// The staging folder and the drafts of servers are gone.
		expect(await host.must(['ls', '/var/lib/host-setup/backup'])).toBe('cache\n');
		expect(await host.must(['find', '/var/lib/postgresql', '/var/lib/ldap', '-name', '.host-setup*'])).toBe('');
		const stranger = await host.run(['runuser', '-u', 'ipynbsrv', '--', 'ls', '/var/backups/host-setup']);
		expect(stranger).toMatchObject({code: 2, stderr: expect.stringContaining('Permission denied')});
	});
});

describe('restore', () => {
	hostTest(
		'a table, a tree and an entry that went come back; cut off, or not proven, what was there does',
		want,
		async host => {
			await lived(host);
			const plan = await ours(host, ['restore', 'ipynbsrv', '--plan']);
			expect(plan).toContain('tree:/srv/ipynbsrv/data/homes  (2 files)');
			expect(plan).toContain('openresty.service, ipynbsrv.service');

			await sql(host, 'DROP TABLE auth_user CASCADE');
			await host.must(['rm', '-r', '/srv/ipynbsrv/data/homes/ada']);
			await host.must(['ldapdelete', '-x', '-D', 'cn=admin,dc=ipynbsrv,dc=ldap', '-w', plain.secrets.admin, adasEntry]);
			writeFileSync(join(host.root, late), 'after the backup\n');
			const broken = await ours(host, ['backup', 'now']);

			// Killed in the middle: what was there is beside what came, and comes back with the next run.
			await host.run(['sh', '-c', killedOnceBegun], {timeout: 60_000});
			expect(await host.must(['ls', '/var/lib/host-setup/backup/restore.json'])).toContain('restore.json');
			expect(await host.must(['find', '/srv/ipynbsrv/data', '-name', 'late.txt'])).not.toBe('');
			const restored = await ours(host, ['restore', 'ipynbsrv', '--yes', '--snapshot', await first(host)]);
			expect(restored).toContain('was cut off: what was there before comes back first');
			expect(text(host, thesis)).toBe('years of work\n');
			expect((await host.must(['stat', '-c', '%u:%g %a', `/${thesis}`])).trim()).toBe('2500:2500 640');
			expect(await entries(host)).toContain(`dn: ${adasEntry}`);
			expect(await left(host)).toBe('');
			await expectLogins(host, plain);

			// A snapshot of the broken stack cannot be proven: what works stays.
			const id = /snapshot ([0-9a-f]{8})/.exec(broken)?.[1] ?? '';
			const refused = await host.run([setup, 'restore', 'ipynbsrv', '--yes', '--snapshot', id], {timeout: 300_000});
			expect(refused.code, refused.stdout).toBe(1);
			expect(refused.stdout).toContain('All is as it was before the restore, and was seen to work.');
			expect(text(host, thesis)).toBe('years of work\n');
			expect(await left(host)).toBe('');
			await expectLogins(host, plain);
		},
	);

	hostTest('a flipped byte in the store is found, and nothing is changed', want, async host => {
		await lived(host);
		writeFileSync(join(host.root, late), 'after the backup\n');
		for (const pack of readdirSync(join(host.root, store), {recursive: true, withFileTypes: true})) {
			if (!pack.isFile()) continue;
			const path = join(pack.parentPath, pack.name);
			const bytes = readFileSync(path);
			bytes[Math.floor(bytes.length / 3)]! ^= 1;
			chmodSync(path, 0o600);
			writeFileSync(path, bytes);
		}
		const {code, stderr} = await host.run([setup, 'restore', 'ipynbsrv', '--yes', '--without-backup']);
		expect({code, stderr}).toEqual({code: 1, stderr: expect.stringContaining('[backup.damaged]')});
		expect(text(host, late)).toBe('after the backup\n');
		expect(await left(host)).toBe('');
	});
});

describe('prove', () => {
	hostTest(
		'the newest snapshot comes back in a copy on fresh servers, and the result is remembered',
		inCopy,
		async host => {
			await lived(host);
			const before = await sql(host, 'SELECT count(*) FROM auth_user');
			const proven = await ours(host, ['backup', 'prove']);
			expect(proven).toMatch(/Snapshot [0-9a-f]{8} is proven/);
			expect(JSON.parse(text(host, '/var/lib/host-setup/backup.json'))).toMatchObject({proof: {passed: true}});
			expect(await ours(host, ['backup', 'list'])).toContain('(proven)');
			expect(await sql(host, 'SELECT count(*) FROM auth_user')).toBe(before);
			expect(await left(host)).toBe('');
		},
	);
});

/** With a store, some work in it, and one snapshot. */
const lived = async (host: ThrowAway): Promise<void> => {
	writeFileSync(join(host.root, thesis), 'years of work\n', {mode: 0o640});
	await host.must(['chown', '2500:2500', `/${thesis}`]);
	await ours(host, ['backup', 'init']);
	await ours(host, ['backup', 'now']);
};

const killedOnceBegun = `
${setup} restore ipynbsrv --yes --snapshot $(${setup} backup list | head -n 1 | cut -c1-8) > /dev/null 2>&1 &
while ! [ -e /var/lib/host-setup/backup/restore.json ]; do :; done
kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' /var/lib/host-setup/lock)
wait`;

const sql = (host: ThrowAway, words: string): Promise<string> =>
	host.must(['runuser', '-u', 'postgres', '--', 'psql', '-q', '-A', '-t', '-d', 'ipynbsrv', '-c', words]);

const entries = (host: ThrowAway): Promise<string> =>
	host.must(['runuser', '-u', 'openldap', '--', 'slapcat', '-b', 'dc=ipynbsrv,dc=ldap']);

const first = async (host: ThrowAway): Promise<string> => (await ours(host, ['backup', 'list'])).slice(0, 8);

/** What a restore made beside things, and should have taken away. */
const left = async (host: ThrowAway): Promise<string> =>
	(await host.must([
		'find',
		'/srv/ipynbsrv',
		'/var/lib/ldap',
		'/var/lib/host-setup/backup',
		'-name',
		'.host-setup*',
		'-o',
		'-name',
		'restore.json',
	])) +
	(await sql(
		host,
		"SELECT datname FROM pg_database WHERE datname LIKE 'host_setup%' UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'host_setup%'",
	));

const adasEntry = 'cn=ada,ou=users,dc=ipynbsrv,dc=ldap';
const late = 'srv/ipynbsrv/data/public/late.txt';
const store = 'var/backups/host-setup/data';
const thesis = 'srv/ipynbsrv/data/homes/ada/thesis.txt';

const listed = async (host: ThrowAway): Promise<readonly unknown[]> =>
	(JSON.parse(await ours(host, ['backup', 'list', '--format', 'json'])) as {snapshots: unknown[]}).snapshots;

const ours = async (host: ThrowAway, words: readonly string[], timeout = 600_000): Promise<string> => {
	const {code, stdout, stderr} = await host.run([setup, ...words], {timeout});
	if (code !== 0) throw new Error(`setup ${words.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
	return stdout;
};

const text = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');
