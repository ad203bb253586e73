import {mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';

let directory = '';
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'own-file-'));
});
afterEach(() => rm(directory, {recursive: true}));

test('writes with the mode asked for, whatever the umask, and leaves no temporary', async () => {
	const before = process.umask(0o077);
	try {
		await writeOwnFile(join(directory, 'a'), 'text', 0o644);
		await writeOwnFile(join(directory, 'b'), 'secret');
	} finally {
		process.umask(before);
	}
	expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o644);
	expect((await stat(join(directory, 'b'))).mode & 0o777).toBe(0o600);
	expect(await readdir(directory)).toEqual(['a', 'b']);
});

test('a reader sees the old file or the new one, never a part', async () => {
	const path = join(directory, 'state');
	const texts = ['x'.repeat(2_000_000), 'y'.repeat(2_000_000)];
	await writeOwnFile(path, texts[0]!);
	let writing = true;
	const writer = (async () => {
		for (let round = 0; round < 10; round++) await writeOwnFile(path, texts[round % 2]!);
		writing = false;
	})();
	let reads = 0;
	while (writing) {
		expect(texts).toContain(await readFile(path, 'utf8'));
		reads++;
	}
	await writer;
	expect(reads).toBeGreaterThan(2);
});

test('replaces a symbolic link instead of writing through it', async () => {
	await writeFile(join(directory, 'target'), 'theirs');
	await symlink('target', join(directory, 'link'));
	await writeOwnFile(join(directory, 'link'), 'ours');
	expect(await readFile(join(directory, 'target'), 'utf8')).toBe('theirs');
	expect(await readFile(join(directory, 'link'), 'utf8')).toBe('ours');
});

test('a failing write leaves nothing behind and the old file as it was', async () => {
	await makeOwnDirectory(join(directory, 'taken', 'full'));
	await expect(writeOwnFile(join(directory, 'taken'), 'text')).rejects.toThrow();
	await expect(writeOwnFile(join(directory, 'nowhere', 'file'), 'text')).rejects.toThrow('ENOENT');
	expect(await readdir(directory)).toEqual(['taken']);
});

test('a directory of our own is 0700, also its parents', async () => {
	await makeOwnDirectory(join(directory, 'a', 'b'));
	for (const path of ['a', 'a/b']) expect((await stat(join(directory, path))).mode & 0o777).toBe(0o700);
	await makeOwnDirectory(join(directory, 'a', 'b'));
});
