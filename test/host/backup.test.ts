/** What cannot be made again is saved, and comes back: on a real installed stack, with its own proofs afterwards. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain} from './support/answers.ts';
import {installed, onInstalled} from './support/installed.ts';
import {setup} from './support/setup.ts';
import {hostTest, withTool} from './support/with-host.ts';

const want = onInstalled(plain, {layer: withTool('restic', installed(plain))});

describe('backup', () => {
	hostTest('init, now, list, forget; nothing is left but the store, and nobody else reads it', want, async host => {
		writeFileSync(join(host.root, 'srv/ipynbsrv/data/homes/ada/thesis.txt'), 'years of work\n');
		const early = await host.run([setup, 'backup', 'now']);
		expect(early).toMatchObject({code: 1, stderr: expect.stringContaining('no store for backups is set up')});

		const made = await ours(host, ['backup', 'init', '--reveal']);
		expect(made.trim().split('\n').at(-1)).toMatch(/^[\w-]{43}$/);
		await ours(host, ['backup', 'now']);
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

const listed = async (host: ThrowAway): Promise<readonly unknown[]> =>
	(JSON.parse(await ours(host, ['backup', 'list', '--format', 'json'])) as {snapshots: unknown[]}).snapshots;

const ours = async (host: ThrowAway, words: readonly string[]): Promise<string> => {
	const {code, stdout, stderr} = await host.run([setup, ...words]);
	if (code !== 0) throw new Error(`setup ${words.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
	return stdout;
};

const text = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');
