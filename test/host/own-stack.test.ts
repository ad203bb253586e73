/** The page docs/stacks.md on a booted host: its stack is listed, planned, applied, explained and undone like one of ours; one that others may write is refused. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import {lightHost} from './support/light.ts';
import {applyIn, buildProgram, checkout, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(checkout, 'docs/stacks.md'), 'utf8'))?.[1] ?? '';

beforeAll(buildProgram, 300_000);

hostTest("an operator's own stack is taken like one of setup's", lightHost, async host => {
	const folder = '/etc/host-setup/stacks/bootnote';
	const write = (path: string, text: string): void => writeFileSync(join(host.root, path), text, {mode: 0o644});
	mkdirSync(join(host.root, folder), {recursive: true, mode: 0o755});
	write(`${folder}/stack.ts`, code);
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
