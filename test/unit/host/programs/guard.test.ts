import {chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {guardedArgv, homeDirectory} from '#host/programs/guard.ts';
import {handedOn} from '#host/programs/handed-on.ts';
import {runProgram} from '#host/programs/run-program.ts';
import {createReader} from '#host/reader.ts';

let directory: string;
const at = (name: string): string => join(directory, name);
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'guard-'));
	chmodSync(directory, 0o755);
	mkdirSync(at('theirs'));
	for (const name of ['ours', 'theirs/program', 'handed'])
		writeFileSync(at(name), `#!/bin/sh\ntouch ${at('mark')}\n`, {mode: 0o755});
	chownSync(at('handed'), 12_345, 12_345);
	chownSync(at('theirs'), 12_345, 12_345);
});
afterEach(() => rmSync(directory, {recursive: true}));

describe.runIf(process.getuid?.() === 0)('root runs only what is root’s', () => {
	test('by its place in a path of ours, whatever the caller’s is', () => {
		expect(guardedArgv(['true', 'x'])).toEqual(['/usr/bin/true', 'x']);
		expect(guardedArgv([at('ours')])).toEqual([at('ours')]);
		expect(guardedArgv(['there-is-no-such-program'])).toEqual(['there-is-no-such-program']);
	});

	test.each([
		['its owner', () => [at('handed')]],
		['a directory above', () => [at('theirs/program')]],
		['a link on the way', () => [at('link')]],
		['an interpreter is handed it', () => ['sh', at('handed')]],
		['an interpreter is handed it after options', () => ['python3', '-I', '-B', at('handed')]],
		['a wrapper is handed it', () => ['systemd-run', '--quiet', '-p', 'KillMode=process', '--', at('handed')]],
		['a wrapper of wrappers is handed it', () => ['env', 'A=1', 'nice', '-n', '5', at('handed')]],
		['setpriv that stays root is handed it', () => ['setpriv', '--no-new-privs', '--', at('handed')]],
		['the interpreter in its first line', () => [at('script')]],
	] as const)('not what another may write: %s', async (_why, argv) => {
		symlinkSync('theirs/program', at('link'));
		writeFileSync(at('script'), `#!${at('handed')}\n`, {mode: 0o755});
		await expect(runProgram(argv())).rejects.toMatchObject({
			code: 'program.untrusted',
			sentence: expect.stringContaining('the user uid 12345 may write'),
		});
		await expect(createReader().query(argv())).rejects.toMatchObject({why: {because: 'unsafe'}});
		expect(existsSync(at('mark'))).toBe(false);
	});

	test('nor what another may put there the next moment', async () => {
		await expect(runProgram([at('theirs/to-come')])).rejects.toMatchObject({code: 'program.untrusted'});
		await expect(runProgram([at('nothing')])).rejects.toMatchObject({why: {because: 'no-tool'}});
	});

	test('nor in a directory that another may write', async () => {
		await expect(runProgram(['true'], {cwd: at('theirs')})).rejects.toMatchObject({code: 'program.untrusted'});
		await expect(runProgram(['true'], {cwd: directory})).resolves.toMatchObject({code: 0});
	});

	test('what runs as its owner is the owner’s affair, who also enters the directory', async () => {
		const ran = await runProgram(['sh', at('handed')], {as: 'nobody', cwd: at('theirs')});
		expect(ran.code).not.toBe(0);
		expect(ran.stderr).toContain('mark');
		mkdirSync(at('closed'), {mode: 0o700});
		symlinkSync(at('closed'), at('theirs/way-in'));
		const inside = await runProgram(['ls'], {as: 'nobody', cwd: at('theirs/way-in')});
		expect(inside).toMatchObject({code: 125, stdout: ''});
	});

	test('with a home of root', () => {
		const before = process.env['HOME'];
		process.env['HOME'] = at('theirs');
		try {
			expect(homeDirectory()).toBe('/root');
		} finally {
			process.env['HOME'] = before;
		}
	});
});

test.each([
	[['python3', '-c', 'print(1)'], {drops: false}],
	[['python3', '-m', 'venv', '/srv/x'], {drops: false}],
	[['node', '/opt/x.ts', 'a'], {drops: false, script: '/opt/x.ts'}],
	[['sh', '-c', 'x', 'sh'], {drops: false}],
	[['xargs', '-0', 'rm', '--'], {drops: false, inner: ['rm', '--']}],
	[['setpriv', '--reuid=web', '--', '/srv/x'], {drops: true, inner: ['/srv/x']}],
	[['nsenter', '--mount=/proc/1/ns/mnt', 'x'], {drops: true}],
	[['cp', '/srv/a', '/b'], {drops: false}],
] as const)('%j hands on', (argv, expected) => {
	expect(handedOn(argv)).toEqual(expected);
});
