/** The same words for a live host, whose links the kernel follows, and for an offline root, whose links must stay inside. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'reader-'));
	mkdirSync(join(directory, 'etc'));
	writeFileSync(join(directory, 'etc/hostname'), 'image\n');
	symlinkSync('loop', join(directory, 'loop'));
	symlinkSync('/etc/hostname', join(directory, 'absolute'));
	execFileSync('mkfifo', [join(directory, 'pipe')]);
});
afterAll(() => rmSync(directory, {recursive: true}));

const text = (bytes: Uint8Array | undefined): string | undefined =>
	bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');

describe.each([
	{kind: 'live', reader: () => createReader(), at: (path: string) => join(directory, path)},
	{kind: 'offline', reader: () => createReader(directory), at: (path: string) => `/${path}`},
])('$kind', ({reader, at}) => {
	test('what is not there is undefined', async () => {
		const host = reader();
		expect([
			await host.read(at('none')),
			await host.stat(at('none/below')),
			await host.list(at('etc/hostname')),
		]).toEqual([undefined, undefined, undefined]);
	});

	test('a file, its names, and a link as a link', async () => {
		const host = reader();
		expect(text(await host.read(at('etc/hostname')))).toBe('image\n');
		expect(text(await host.read(at('none/../etc/./hostname')))).toBe('image\n');
		expect(await host.list(at('etc'))).toEqual(['hostname']);
		expect(await host.stat(at('absolute'))).toMatchObject({kind: 'symlink', target: '/etc/hostname'});
	});

	test('a loop, a directory and a pipe without a writer are faults, at once', async () => {
		const host = reader();
		await expect(host.read(at('loop'))).rejects.toThrow(/file\.loop/);
		await expect(host.read(at('etc'))).rejects.toThrow(/file\.not-regular/);
		await expect(host.read(at('pipe'))).rejects.toThrow(/file\.not-regular/);
		await expect(host.read('etc')).rejects.toThrow(/not an absolute path/);
	});
});

test('an absolute link of an image stays inside it', async () => {
	expect(text(await createReader(directory).read('/absolute'))).toBe('image\n');
});

test('the system directories of a live host, and the kernel there', async () => {
	const host = createReader();
	expect(text(await host.read('/proc/self/comm'))).toMatch(/\S/);
	expect(await host.list('/proc/self/fd')).toContain('0');
	expect(await host.stat('/proc/self')).toMatchObject({kind: 'symlink'});
	expect(await host.read('/etc/no-such-file')).toBeUndefined();
	await expect(host.read('/etc')).rejects.toThrow(/file\.not-regular/);
});
