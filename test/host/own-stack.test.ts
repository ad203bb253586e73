/** The page docs/stacks.md on a booted host: its stack is listed, asked about, planned, applied, explained and undone like one of ours; one that others may write is refused. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {chooseStack} from '../ui/support/choose.ts';
import {lightHost} from './support/light.ts';
import {applyIn, buildProgram, checkout, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';
import {openWizard} from './support/wizard.ts';

const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(checkout, 'docs/stacks.md'), 'utf8'))?.[1] ?? '';

beforeAll(buildProgram, 300_000);

const folder = '/etc/host-setup/stacks/bootnote';
const put = (host: ThrowAway): void => {
	mkdirSync(join(host.root, folder), {recursive: true, mode: 0o755});
	writeFileSync(join(host.root, folder, 'stack.ts'), code, {mode: 0o644});
};

hostTest('in a terminal it is chosen, asked about, planned, installed and undone', lightHost, async host => {
	put(host);
	{
		await using pty = await openWizard(host, 'What shall be done?');
		await chooseStack(pty, 'A note of the last boot');
		for (const [question, answer] of [
			['The note lies in it.', '/srv/elsewhere'],
			['Stands above the time.', 'Since then'],
		] as const) {
			await pty.until(question);
			pty.type('\u0015');
			pty.type(answer);
			await pty.until(answer);
			pty.type('\r');
		}
		await pty.until(/review ·/);
		await pty.until(/\d+ changes/, 30_000);
		expect(pty.text()).toMatch(/Place +2 changes/);
		pty.type('i');
		await pty.until(/is installed/, 120_000);
		pty.type('\r');
		expect((await pty.ended).code, pty.history()).toBe(0);
	}
	expect((await host.run(['cat', '/srv/elsewhere/note'])).stdout).toMatch(/^Since then\n.*\d\d:\d\d:\d\d/);
	expect((await host.run([setup, 'list', 'stacks'])).stdout).toMatch(/^bootnote .*, installed\)$/m);
	expect((await host.run([setup, 'undo', 'bootnote'])).code).toBe(0);
	// The note itself was written by the unit, and is nobody's to take away.
	expect((await host.run(['ls', '/etc/bootnote', '/etc/systemd/system/bootnote.service'])).stdout).toBe('');
});

hostTest("an operator's own stack is taken like one of setup's", lightHost, async host => {
	const write = (path: string, text: string): void => writeFileSync(join(host.root, path), text, {mode: 0o644});
	put(host);
	write(`${folder}/GUIDE.md`, '# bootnote: nothing leads nowhere\n');

	const listed = await host.run([setup, 'list', 'stacks', '--format', 'json']);
	expect(listed.stderr).toBe('');
	expect(JSON.parse(listed.stdout)).toContainEqual({
		id: 'bootnote',
		title: 'A note of the last boot',
		origin: folder,
		installed: false,
	});
	expect((await host.run([setup, 'explain', 'bootnote'])).stdout).toContain('nothing leads nowhere');

	const template = await host.run([setup, 'answers', 'init', 'bootnote']);
	const file = '/root/note.yaml';
	write(file, template.stdout);
	expect((await host.run([setup, 'plan', file])).code).toBe(2);
	const first = await applyIn(host, {file});
	expect([first.outcome, first.faults]).toEqual(['done', []]);
	expect((await host.run(['cat', '/srv/bootnote/note'])).stdout).toMatch(/^Up since\n.*\d\d:\d\d:\d\d/);
	expect((await applyIn(host, {file})).changed).toBe(0);
	expect((await host.run([setup, 'list', 'stacks'])).stdout).toMatch(/^bootnote .*, installed\)$/m);
	expect((await host.run([setup, 'status'])).stdout).toContain('bootnote');

	expect((await host.run([setup, 'undo'])).code).toBe(0);
	const left = await host.run(['ls', '/etc/bootnote', '/etc/systemd/system/bootnote.service']);
	expect(left.stdout).toBe('');

	await host.run(['chmod', '0666', `${folder}/stack.ts`]);
	const refused = await host.run([setup, 'plan', file]);
	expect([refused.code, refused.stderr]).toEqual([
		1,
		expect.stringMatching(/everybody may write .*bootnote\/stack\.ts/),
	]);
	expect((await host.run([setup, 'list', 'stacks'])).stdout).toMatch(
		/bootnote +cannot be taken: .*everybody may write/,
	);
});
