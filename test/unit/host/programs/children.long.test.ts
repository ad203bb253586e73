import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {noteChild, reapChildren} from '#host/programs/children.ts';

let directory: string;
let started: ChildProcess[] = [];
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'children-'));
});
afterEach(() => {
	for (const {exitCode, signalCode, pid} of started)
		if (exitCode === null && signalCode === null && pid !== undefined) process.kill(-pid, 'SIGKILL');
	started = [];
	rmSync(directory, {recursive: true});
});

const start = async (script: string): Promise<number> => {
	const child = spawn('sh', ['-c', script], {detached: true, stdio: 'ignore'});
	started.push(child);
	await once(child, 'spawn');
	return child.pid!;
};

const notes = (): string => join(directory, 'notes');
const mark = (): string => join(directory, 'mark');

test('what ends soon may end by itself; what does not is killed with all it started', async () => {
	noteChild(notes(), await start(`sleep 0.5; touch ${mark()}`), 'short', false);
	noteChild(notes(), await start(`sleep 60 & sleep 60; touch ${mark()}.long`), 'long', false);
	const told: string[] = [];
	await reapChildren(notes(), program => told.push(program));
	expect(existsSync(mark())).toBe(true);
	expect(existsSync(`${mark()}.long`)).toBe(false);
	expect(started.map(one => one.signalCode)).toEqual([null, 'SIGKILL']);
	expect(told).toEqual([]);
	expect(readdirSync(notes())).toEqual([]);
});

test('apt is waited for, and that is said', async () => {
	noteChild(notes(), await start(`sleep 4; touch ${mark()}`), 'apt-get', true);
	const told: string[] = [];
	await reapChildren(notes(), program => told.push(program));
	expect(existsSync(mark())).toBe(true);
	expect(told).toEqual(['apt-get']);
});

test('a process that only has the number of a dead one is left alone', async () => {
	const pid = await start('sleep 60');
	noteChild(notes(), pid, 'long', false);
	writeFileSync(join(notes(), String(pid)), JSON.stringify({pid, started: '1', apt: false, program: 'older'}));
	writeFileSync(join(notes(), '999999'), 'torn');
	await reapChildren(notes(), () => {});
	expect(started[0]?.signalCode).toBe(null);
	expect(() => process.kill(pid, 0)).not.toThrow();
	expect(readdirSync(notes())).toEqual([]);
});
