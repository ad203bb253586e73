/** Another content than what a process read: on a real file system, with the times that people and programs give files. */
import {chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {changedSince, changeTime} from '#host/files/changed-since.ts';
import {createReader} from '#host/reader.ts';

const directory = mkdtempSync(join(tmpdir(), 'changed-since-'));
afterAll(() => rmSync(directory, {recursive: true}));

/** The kernel's clock of files runs a tick behind. */
const tick = (): void => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20) as unknown as undefined;

const started = (name: string): {readonly path: string; readonly since: number} => {
	const path = join(directory, name);
	writeFileSync(path, 'before\n');
	tick();
	const since = Date.now();
	tick();
	return {path, since};
};

describe('without an earlier look', () => {
	test('an unchanged file', async () => {
		const {path, since} = started('same');
		expect(await changedSince(createReader(), [path], since)).toEqual([]);
	});
	test('one that was given an old time', async () => {
		const {path, since} = started('old');
		writeFileSync(path, 'after\n');
		utimesSync(path, new Date(0), new Date(0));
		expect((await changedSince(createReader(), [path], since)).map(one => one.path)).toEqual([path]);
		expect(await changeTime(createReader(), path)).toBeGreaterThan(since);
	});
	test('one with a time that is still to come, read since', async () => {
		const path = join(directory, 'future');
		writeFileSync(path, 'before\n');
		utimesSync(path, new Date('2099-01-01'), new Date('2099-01-01'));
		tick();
		const since = Date.now();
		expect(await changedSince(createReader(), [path], since)).toEqual([]);
		tick();
		writeFileSync(path, 'after\n');
		utimesSync(path, new Date('2099-01-01'), new Date('2099-01-01'));
		expect((await changedSince(createReader(), [path], since)).map(one => one.path)).toEqual([path]);
	});
});

describe('after an earlier look', () => {
	const looked = async (name: string) => {
		const {path, since} = started(name);
		const reader = createReader();
		expect(await changedSince(reader, [path], since)).toEqual([]);
		return {path, since, changed: async () => (await changedSince(reader, [path], since)).length > 0};
	};
	test('touched and chmodded with the same bytes is as it was', async () => {
		const {path, changed} = await looked('touched');
		chmodSync(path, 0o600);
		writeFileSync(path, readFileSync(path));
		expect(await changed()).toBe(false);
	});
	test('another content is another', async () => {
		const {path, changed} = await looked('other');
		writeFileSync(path, 'after\n');
		expect(await changed()).toBe(true);
		writeFileSync(path, 'before\n');
		expect(await changed()).toBe(false);
	});
});
