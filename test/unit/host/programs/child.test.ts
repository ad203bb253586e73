/** What every program that we start may do to us. */
import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {type ChildOptions, startChild} from '#host/programs/child.ts';

const options: ChildOptions = {cwd: '/', env: {PATH: '/usr/bin:/bin'}, most: 1_000_000, beyond: 'end'};
const sh = (script: string, more: Partial<ChildOptions> = {}) =>
	startChild('sh', ['-c', script], {...options, ...more});

test('its end: the code, the signal, both of its outputs', async () => {
	expect(await sh('echo out; echo err >&2; exit 7').ended).toEqual({code: 7, stdout: 'out\n', stderr: 'err\n'});
	expect(await sh('kill -TERM $$').ended).toEqual({signal: 'SIGTERM', stdout: '', stderr: ''});
});

test('a character that comes in two pieces is one', async () => {
	expect((await sh(`printf '\\303'; sleep 0.05; printf '\\244'`).ended).stdout).toBe('ä');
});

test.each([
	['not there', 'no-such-program', [], /ENOENT/],
	['no program', '/etc/passwd', [], /EACCES/],
	['an argument with a NUL', 'true', ['a\0b'], /null bytes/],
])('what cannot be started says why: %s', async (_name, file, argv, cause) => {
	const ended = await startChild(file, argv, options).ended;
	expect(ended.code ?? ended.signal).toBeUndefined();
	expect(String(ended.cause)).toMatch(cause);
});

test('reads what it is given, and need not', async () => {
	expect((await sh('cat', {input: 'x'.repeat(300_000)}).ended).stdout).toHaveLength(300_000);
	expect(await sh('exec 0<&-; exit 3', {input: 'x'.repeat(300_000)}).ended).toMatchObject({code: 3});
	expect((await sh('cat').ended).stdout).toBe('');
});

test('one that never stops talking is ended', async () => {
	const {signal, stdout, tooMuch} = await sh(
		'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
		{
			most: 10_000,
		},
	).ended;
	expect({signal, tooMuch}).toEqual({signal: 'SIGKILL', tooMuch: true});
	expect(stdout.length).toBeGreaterThan(10_000);
	expect(stdout.length).toBeLessThan(1_000_000);
});

test('one whose last words are wanted goes on, however much it says, and only those are kept', async () => {
	const {code, stdout, tooMuch} = await sh('seq 1 400000; echo last', {most: 10_000, beyond: 'keep-last'}).ended;
	expect({code, tooMuch}).toEqual({code: 0, tooMuch: undefined});
	expect(stdout).toHaveLength(10_000);
	expect(stdout.endsWith('400000\nlast\n')).toBe(true);
});

test('when it is killed its group is, and who took our pipes into another session is not waited for', async () => {
	const child = sh('sleep 1000 & echo $!; setsid sleep 1.5 & wait');
	let said = '';
	child.stdout?.on('data', (piece: Buffer) => (said += piece.toString()));
	while (!said.includes('\n')) await pause(5);
	const started = performance.now();
	child.kill();
	expect(await child.ended).toMatchObject({signal: 'SIGKILL'});
	expect(performance.now() - started).toBeLessThan(1000);
	const state = (): string => {
		try {
			return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${said.trim()}/status`, 'utf8'))?.[1] ?? '';
		} catch {
			return 'gone';
		}
	};
	const end = Date.now() + 5000;
	while (!['gone', 'Z'].includes(state()) && Date.now() < end) await pause(10);
	expect(['gone', 'Z']).toContain(state());
});
