/** What a plan of an undo would have taken away, written or moved is seen so by what is asked next; the host itself is only read. */
import {expect, test} from 'vitest';
import {createOverlay} from '#engine/overlay.ts';
import type {Reader, Stat} from '#model/host.ts';

const files: Readonly<Record<string, string>> = {'/d/a': 'one', '/d/sub/b': 'two', '/e/c': 'three'};
const directories = new Set(['/d', '/d/sub', '/e']);

const stat = (kind: Stat['kind']): Stat => ({kind, mode: 0o644, uid: 0, gid: 0, size: 1, mtimeMs: 0, ctimeMs: 0});
const reader = {
	root: '/',
	stat: async (path: string) => (path in files ? stat('file') : directories.has(path) ? stat('directory') : undefined),
	read: async (path: string) => (path in files ? Buffer.from(files[path]!) : undefined),
	list: async (path: string) =>
		directories.has(path)
			? [...Object.keys(files), ...directories]
					.filter(one => one.startsWith(`${path}/`) && !one.slice(path.length + 1).includes('/'))
					.map(one => one.slice(path.length + 1))
					.toSorted()
			: undefined,
} as unknown as Reader;

const text = async (bytes: Promise<Uint8Array | undefined>): Promise<string | undefined> => {
	const read = await bytes;
	return read === undefined ? undefined : Buffer.from(read).toString('utf8');
};

test('what was removed is gone, with all below it, and its directory is empty', async () => {
	const overlay = createOverlay(reader);
	expect(await overlay.list('/d')).toEqual(['a', 'sub']);
	overlay.remove('/d/a');
	overlay.remove('/d/sub');
	expect(await overlay.list('/d')).toEqual([]);
	expect([await overlay.stat('/d/sub/b'), await overlay.read('/d/a')]).toEqual([undefined, undefined]);
	expect(await text(overlay.read('/e/c'))).toBe('three');
});

test('what was written has its content and its mode; made again after a removal it is there', async () => {
	const overlay = createOverlay(reader);
	await overlay.write('/d/a', Buffer.from('new'), undefined);
	await overlay.write('/d/new', Buffer.from('more'), 0o600);
	expect(await text(overlay.read('/d/a'))).toBe('new');
	expect(await overlay.stat('/d/a')).toMatchObject({kind: 'file', mode: 0o644});
	expect(await overlay.stat('/d/new')).toMatchObject({mode: 0o600, size: 4});
	expect(await overlay.list('/d')).toEqual(['a', 'new', 'sub']);
	overlay.remove('/d');
	overlay.mkdir('/d', 0o700);
	expect(await overlay.list('/d')).toEqual([]);
});

test('what was moved is where it went, and no longer where it was', async () => {
	const overlay = createOverlay(reader);
	overlay.rename('/d', '/f');
	expect(await text(overlay.read('/f/sub/b'))).toBe('two');
	expect(await overlay.list('/f')).toEqual(['a', 'sub']);
	expect([await overlay.stat('/d'), await overlay.list('/d')]).toEqual([undefined, undefined]);
});
