/** Terminals that are none, say nothing about themselves, or stand on a build machine. */
import {execFile} from 'node:child_process';
import {expect, test} from 'vitest';
import {useForm} from './support/form.ts';
import {openPty} from './support/pty.ts';

const form = useForm();

test('CI=1 on a real terminal still draws', async () => {
	await using pty = await form.open({env: {CI: '1', CONTINUOUS_INTEGRATION: 'true'}});
	pty.type('abc');
	await pty.until('name    abc');
});

test('a terminal that does not know its size is taken for 80x24, and no program is started to find out', async () => {
	await using pty = openPty(['/bin/sh', '-c', 'stty rows 0 cols 0; exec "$@"', 'sh', ...form.argv], {
		env: {COLUMNS: undefined},
	});
	await pty.until('a form of 80 columns');
});

test('without colours it draws as well', async () => {
	await using pty = await form.open({env: {NO_COLOR: '1'}});
	expect(pty.text()).toContain('> zone 1');
});

test.each([
	['stdin', 'exec "$@" </dev/null'],
	['stdout', 'exec "$@" >/dev/null'],
	['both ends', 'exec "$@" </dev/null | cat'],
])('%s not a terminal: a sentence that names the command that needs none, and exit 64', async (_which, script) => {
	await using pty = openPty(['/bin/sh', '-c', `(${script}); echo "code=$?"`, 'sh', ...form.argv]);
	await pty.until('code=');
	expect(pty.text()).toContain('is not a terminal');
	expect(pty.text()).toMatch(/setup\s+apply\s+FILE/);
	if (!script.includes('|')) expect(pty.text()).toContain('code=64');
	expect(pty.text()).not.toMatch(/Raw mode|at .*\.m?js:/);
});

test('no terminal at all: the same, and nothing on stdout', async () => {
	const [file, ...args] = form.argv;
	const ran = await new Promise<{readonly code: unknown; readonly stdout: string; readonly stderr: string}>(resolve => {
		execFile(file, args, (error, stdout, stderr) => resolve({code: error?.code, stdout, stderr})).stdin?.end();
	});
	expect(ran).toMatchObject({code: 64, stdout: '', stderr: expect.stringContaining('setup apply FILE')});
});

test.each(['dumb', 'unknown', undefined])('TERM=%s is no screen', async TERM => {
	await using pty = openPty(form.argv, {env: {TERM}});
	expect((await pty.ended).code).toBe(64);
	expect(pty.bytes()).toBeGreaterThan(0);
	expect(pty.text()).not.toContain('a form of');
});
