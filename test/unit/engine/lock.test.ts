import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {isHeld, readHolder, takeRunLock} from '#engine/lock.ts';
import {until} from '../../host/support/until.ts';

let state: string;
let other: ChildProcess | undefined;
beforeEach(() => {
	state = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => {
	other?.kill('SIGKILL');
	rmSync(state, {recursive: true});
});

/** Somebody else has the lock, shared or not, for so many seconds; says so once it has. */
const held = async (how: '--shared' | '--exclusive', seconds: number): Promise<void> => {
	const path = join(state, 'lock');
	writeFileSync(path, JSON.stringify({pid: 7, what: 'setup apply x', since: '2026'}));
	other = spawn('flock', [how, '--no-fork', path, 'sh', '-c', `echo held; exec sleep ${seconds}`], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	let said = '';
	other.stdout!.on('data', chunk => {
		said += String(chunk);
	});
	await until(() => said.includes('held'));
};

describe('the run lock', () => {
	test('is taken once; who only looks sees it, and its holder', () => {
		expect(isHeld(state)).toBe(false);
		const release = takeRunLock(state, 'setup undo');
		expect(isHeld(state)).toBe(true);
		expect(readHolder(state)).toMatchObject({pid: process.pid, what: 'setup undo'});
		expect(() => takeRunLock(state, 'setup apply')).toThrow(/another run holds this host: setup undo/);
		release();
		expect(isHeld(state)).toBe(false);
	});

	test('is refused while another run has it', async () => {
		await held('--exclusive', 60);
		expect(() => takeRunLock(state, 'setup undo')).toThrow(
			expect.objectContaining({code: 'run.held', sentence: expect.stringContaining('setup apply x, process 7')}),
		);
	});

	test('is not refused because somebody just looks', async () => {
		await held('--shared', 0.4);
		takeRunLock(state, 'setup undo')();
	});
});
