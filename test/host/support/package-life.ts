/** The package's whole life on a host: what both the short test and the soak walk through. */
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {installPackage} from './package.ts';
import {checkout} from './setup.ts';
import {openWizard} from './wizard.ts';

const stack = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(checkout, 'docs/stacks.md'), 'utf8'))?.[1] ?? '';
const folder = '/etc/host-setup/stacks/bootnote';

export type Packages = {readonly deb: string; readonly earlier: string};

/** Installs the earlier one, starts it in every way, installs half a stack, upgrades, goes on, takes it back, removes, purges. `extra` comes before the undo. */
export const livePackage = async (
	host: ThrowAway,
	{deb, earlier}: Packages,
	extra: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
	const setup = (...words: readonly string[]) => host.run(['/usr/bin/setup', ...words], {timeout: 120_000});
	const text = async (...words: readonly string[]): Promise<string> => (await setup(...words)).stdout;
	await installPackage(host, earlier);

	expect(await text('--version')).toMatch(
		/^0\.1\.0 \(one executable for \w+ with a start-up snapshot, Node 26\.\d+\.\d+, commit \w+/,
	);
	expect((await text('list', 'stacks')).split('\n').length).toBeGreaterThan(5);
	expect(await text('explain', 'ipynbsrv')).toContain('ipynbsrv');
	expect((await host.run(['systemctl', 'is-enabled', 'host-setup-doctor.timer'])).stdout.trim()).toBe('disabled');
	expect(existsSync(join(host.root, 'usr/share/man/man1/setup.1.gz'))).toBe(true);

	const looked = await setup('doctor', '--format', 'json');
	expect(looked.stderr).toBe('');
	expect((JSON.parse(looked.stdout) as {readonly rows: readonly unknown[]}).rows.length).toBeGreaterThan(100);
	{
		await using pty = await openWizard(host, 'What shall be done?', '/usr/bin/setup');
		pty.type('\u0003');
		await pty.ended;
	}

	mkdirSync(join(host.root, folder), {recursive: true, mode: 0o755});
	writeFileSync(join(host.root, folder, 'stack.ts'), stack, {mode: 0o644});
	writeFileSync(join(host.root, 'root/note.yaml'), await text('answers', 'init', 'bootnote'));
	expect((await setup('plan', '/root/note.yaml')).code).toBe(2);
	// Half an install: what is left out is done after the upgrade.
	await setup('apply', '/root/note.yaml', '--skip', 'unit:bootnote.service');
	await installPackage(host, deb);
	const detached = await setup('apply', '--detach', '/root/note.yaml');
	expect(detached.code, detached.stderr).toBe(0);
	const watched = await setup('attach');
	expect(watched.stdout + watched.stderr).toContain('bootnote');
	expect((await setup('plan', '/root/note.yaml')).code).toBe(0);

	await extra();

	const undone = await setup('undo', 'bootnote', '--yes');
	expect(undone.code, undone.stderr).toBe(0);
	expect(existsSync(join(host.root, 'etc/bootnote'))).toBe(false);

	await host.must(['dpkg', '--remove', 'host-setup']);
	expect(existsSync(join(host.root, 'usr/lib/host-setup'))).toBe(false);
	expect(existsSync(join(host.root, 'var/lib/host-setup/journal.jsonl'))).toBe(true);
	expect(await host.must(['dpkg', '--purge', 'host-setup'])).toContain('/var/lib/host-setup');
	expect(existsSync(join(host.root, 'var/lib/host-setup/journal.jsonl'))).toBe(true);
	expect(existsSync(join(host.root, folder, 'stack.ts'))).toBe(true);
};
