/** Many files of one directory looked at by descriptors: what is behind a link is not there. */
import {mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {statsBelow} from '#host/owned/stats.ts';

const place = mkdtempSync(join(tmpdir(), 'stats-'));
afterAll(() => rmSync(place, {recursive: true, force: true}));

test('each file by the directory that it is in, and nothing through a link; no descriptor stays open', () => {
	mkdirSync(join(place, 'top/a/b'), {recursive: true});
	mkdirSync(join(place, 'outside'));
	const sizes = {'top/one': 1, 'top/a/two': 2, 'top/a/b/three': 3, 'outside/secret': 4};
	for (const [path, size] of Object.entries(sizes)) writeFileSync(join(place, path), 'x'.repeat(size));
	symlinkSync('../outside', join(place, 'top/way'));
	symlinkSync('../outside/secret', join(place, 'top/link'));
	const open = readdirSync('/proc/self/fd').length;
	const stats = statsBelow(join(place, 'top'), [
		'a/b/three',
		'a/two',
		'one',
		'./a/b/three',
		'way/secret',
		'one/below',
		'gone/file',
		'../outside/secret',
		'a/../../outside/secret',
	]);
	expect(stats.map(stat => stat?.size)).toEqual([3, 2, 1, 3, ...Array.from({length: 5}, () => undefined)]);
	expect(statsBelow(join(place, 'top'), ['link'])[0]?.isSymbolicLink()).toBe(true);
	expect(readdirSync('/proc/self/fd').length).toBe(open);
});
