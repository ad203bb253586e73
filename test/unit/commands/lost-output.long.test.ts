/** Reports that a full disk takes: cron jobs redirect them, and a stack trace of Node or a success would both be untrue. */
import {spawn, spawnSync} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as pause} from 'node:timers/promises';
import {execa} from 'execa';
import {expect, it} from 'vitest';
import {sample} from '../report/doctor/sample.ts';

const program = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../../../src/cli.ts')] as const;

it.each([
	{argv: ['doctor', 'host.memory']},
	{argv: ['doctor', 'host.memory', '--format', 'json']},
	{argv: ['--help']},
	{argv: ['explain', 'host.memory']},
])('setup $argv on a full disk is one sentence and an exit code', ({argv}) => {
	const full = openSync('/dev/full', 'w');
	try {
		const {status, stderr} = spawnSync(process.execPath, [...program, ...argv], {
			stdio: ['ignore', full, 'pipe'],
			encoding: 'utf8',
		});
		expect(stderr).toContain('what was to be shown could not be written: no space left');
		expect(stderr).not.toContain('node:');
		expect([1, 2, 74]).toContain(status);
	} finally {
		closeSync(full);
	}
});

it('a reader that goes after the first line is no fault', async () => {
	const child = execa(process.execPath, [...program, 'explain', 'host.memory'], {reject: false});
	child.stdout?.destroy();
	const {stderr, exitCode} = await child;
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
});

it('what is larger than a pipe takes at once comes whole, also to a reader that takes its time', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'lost-output-'));
	try {
		const report = {
			...sample,
			rows: Array.from({length: 1000}, (_, n) => ({...sample.rows[0], key: `mysql.bind[${n}]`})),
		};
		writeFileSync(join(directory, 'report.json'), JSON.stringify(report));
		const argv = [...program, 'doctor', '--from', join(directory, 'report.json'), '--format', 'json'];
		const child = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'inherit']});
		await pause(1500);
		expect((JSON.parse(await text(child.stdout)) as {rows: unknown[]}).rows.length).toBe(1000);
	} finally {
		rmSync(directory, {recursive: true});
	}
});
