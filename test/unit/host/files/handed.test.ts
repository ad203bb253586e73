/** What an operator hands over by its name, and what whoever owns the directory may have put there. */
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {openSource} from '#answers/file/source.ts';
import {readHanded} from '#host/files/handed.ts';
import {Blocked} from '#model/unknown.ts';

const directory = mkdtempSync(join(tmpdir(), 'handed-'));
afterAll(() => rmSync(directory, {recursive: true}));
const at = (name: string): string => join(directory, name);
const pipe = (name: string): string => {
	execFileSync('mkfifo', [at(name)]);
	return at(name);
};

test('a file, and no more of it than is wanted', async () => {
	writeFileSync(at('file'), 'stack: x\n');
	expect((await readHanded(at('file'), 100)).toString()).toBe('stack: x\n');
	await expect(readHanded(at('file'), 5)).rejects.toBeInstanceOf(Blocked);
});

test('what a command gives, also one that is slow', async () => {
	const path = pipe('slow');
	const writer = spawn('sh', ['-c', `exec >'${path}'; printf 'stack: '; sleep 0.3; printf 'x\\n'`]);
	const keeper = spawn('sh', ['-c', `exec 3<'${path}'; sleep 0.2`]);
	await new Promise(resolve => setTimeout(resolve, 100));
	expect((await readHanded(path, 100)).toString()).toBe('stack: x\n');
	writer.kill();
	keeper.kill();
});

test('a pipe that nobody writes is empty, and one that is never ended is left', async () => {
	expect((await readHanded(pipe('nobody'), 100)).toString()).toBe('');
	const path = pipe('endless');
	const holder = spawn('sh', ['-c', `exec 3<>'${path}'; sleep 20`]);
	await new Promise(resolve => setTimeout(resolve, 100));
	await expect(readHanded(path, 100, 300)).rejects.toMatchObject({code: 'ETIMEDOUT'});
	await expect(readHanded(path, 100, 0)).rejects.toMatchObject({code: 'ENOTFILE'});
	holder.kill();
});

test('a device is none, and an answers file says so', async () => {
	symlinkSync('/dev/zero', at('zero'));
	await expect(readHanded(at('zero'), 100)).rejects.toMatchObject({code: 'ENOTFILE'});
	await expect(openSource({path: at('zero')})).rejects.toMatchObject({
		code: 'answers.file',
		sentence: expect.stringContaining('is no file'),
	});
});
