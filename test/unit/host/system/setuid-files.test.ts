/** Files with the setuid bit of root, on a root of its own: what is found, and what a directory without end may cost. */
import {chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {rootByFile} from '#host/system/setuid-files.ts';

let root: string;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'setuid-'));
	for (const name of ['usr/bin', 'tmp/deep', 'srv']) mkdirSync(join(root, name), {recursive: true});
	writeFileSync(join(root, 'usr/bin/dash'), 'the bytes of a shell');
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

it.runIf(process.getuid?.() === 0)('a copy of a shell, two levels deep, and not behind a link', async () => {
	for (const name of ['tmp/deep/.x', 'srv/other']) {
		copyFileSync(join(root, 'usr/bin/dash'), join(root, name));
		chownSync(join(root, name), 0, 0);
		chmodSync(join(root, name), 0o4755);
	}
	writeFileSync(join(root, 'srv/other'), 'of the same size !!!');
	chmodSync(join(root, 'srv/other'), 0o4755);
	symlinkSync('deep', join(root, 'tmp/link'));
	const {setuid, cutOff} = await rootByFile.read(createReader(root));
	expect(setuid).toEqual([
		{path: '/tmp/deep/.x', ofUsers: true, copyOf: 'dash'},
		{path: '/srv/other', ofUsers: true},
	]);
	expect(cutOff).toEqual([]);
});

it('a directory of too many names is told, and what lies beside it is still looked at', async () => {
	mkdirSync(join(root, 'srv/many'));
	for (let at = 0; at < 3001; at++) mkdirSync(join(root, `srv/many/${at}`));
	const {cutOff} = await rootByFile.read(createReader(root));
	expect(cutOff).toEqual(['/srv/many']);
});
