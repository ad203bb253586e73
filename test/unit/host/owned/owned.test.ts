/** Paths in somebody else's directory: real links, real second names, real swaps. Owners are only another's where root runs the tests. */

import {spawnSync} from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readlinkSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, describe, expect, test} from 'vitest';
import {sha256} from '#host/files/stash.ts';
import {giveAway, makeDirectory, makeLink, moveName, removeName} from '#host/owned/change.ts';
import {listAt, readAt, statAt} from '#host/owned/look.ts';
import {removeTreeAt} from '#host/owned/remove-tree.ts';
import {replaceFile} from '#host/owned/replace.ts';

const app = 54321;
const root = {uid: 0, gid: 0};
const around = {stashed: () => Promise.resolve(), noted: () => () => {}};
const place = mkdtempSync(join(tmpdir(), 'owned-'));
/** Root's, with a file that nobody else may read. */
const secret = join(place, 'secret');
/** The application's, and what is in it. */
const theirs = join(place, 'theirs');
afterAll(() => rmSync(place, {recursive: true, force: true}));

beforeEach(() => {
	rmSync(secret, {recursive: true, force: true});
	rmSync(theirs, {recursive: true, force: true});
	mkdirSync(secret, {mode: 0o700});
	writeFileSync(join(secret, 'key'), 'of root', {mode: 0o600});
	mkdirSync(join(theirs, 'data'), {recursive: true});
	writeFileSync(join(theirs, 'settings.py'), 'DEBUG = 1\n');
	for (const one of ['.', 'data', 'settings.py']) chownSync(join(theirs, one), app, app);
});

const linkOf = (owner: number, target: string, name: string): string => {
	const path = join(theirs, name);
	rmSync(path, {recursive: true, force: true});
	symlinkSync(target, path);
	spawnSync('chown', ['-h', `${owner}:${owner}`, path]);
	return path;
};
const victim = () => {
	const {uid, gid, mode, mtimeMs, ctimeMs} = lstatSync(join(secret, 'key'));
	return {
		uid,
		gid,
		mode,
		mtimeMs,
		ctimeMs,
		text: readFileSync(join(secret, 'key'), 'utf8'),
		above: lstatSync(secret).ctimeMs,
	};
};
const refused = (code: string) => expect.objectContaining({code}) as Error;

describe.skipIf(process.geteuid?.() !== 0)('in a directory of somebody else (needs: root)', () => {
	test.each<[string, (way: string) => Promise<unknown>]>([
		['read', way => readAt(join(way, 'key'))],
		['list', way => listAt(way)],
		['stat', way => statAt(join(way, 'key'))],
		['given away', way => giveAway(join(way, 'key'), {uid: app, gid: app})],
		['replaced', way => replaceFile(join(way, 'key'), Buffer.from('x'), {was: sha256('of root')}, around)],
		['made', way => makeDirectory(join(way, 'new'), 0o755, {uid: app, gid: app})],
		['linked', way => makeLink(join(way, 'new'), '/', {noted: () => () => {}})],
		['removed', way => removeName(join(way, 'key'))],
		['removed as a tree', way => removeTreeAt(join(way, 'key'))],
		['renamed', way => moveName(join(way, 'key'), join(theirs, 'mine'))],
	])('nothing behind a link that leads out is %s, and the link is named', async (_what, act) => {
		const before = victim();
		for (const target of [secret, '../secret', 'data/../../secret']) {
			const way = linkOf(app, target, 'way');
			await expect(act(way)).rejects.toThrow(refused('path.leads-out'));
			await expect(act(way)).rejects.toThrow(target);
		}
		// Root's own link can have been moved here by who owns the directory.
		await expect(act(linkOf(0, secret, 'way'))).rejects.toThrow(refused('path.leads-out'));
		expect(victim()).toEqual(before);
	});

	test('a link to a file that only root may read is not read, not replaced', async () => {
		const before = victim();
		const path = linkOf(app, join(secret, 'key'), 'settings.py');
		await expect(readAt(path)).rejects.toThrow(refused('path.leads-out'));
		await expect(replaceFile(path, Buffer.from('x'), {was: sha256('of root')}, around)).rejects.toThrow(
			refused('path.leads-out'),
		);
		expect(victim()).toEqual(before);
	});

	test("the owner's link to what is the owner's, in the same directory, is followed; to a file of another in it, not", async () => {
		expect(Buffer.from((await readAt(linkOf(app, 'settings.py', 'now.py')))!).toString()).toBe('DEBUG = 1\n');
		expect(await statAt(join(linkOf(app, 'data', 'current'), '.'), undefined, true)).toMatchObject({
			kind: 'directory',
			at: join(theirs, 'data'),
		});
		writeFileSync(join(theirs, 'data/root.key'), 'of root', {mode: 0o600});
		await expect(readAt(linkOf(app, 'data/root.key', 'now.py'))).rejects.toThrow(refused('path.leads-out'));
		await expect(readAt(join(linkOf(app, 'data', 'current'), 'root.key'))).rejects.toThrow(refused('path.leads-out'));
	});

	test('a link that names the same directory from the root on is followed too, whoever of the two made it, also by way of a link of root', async () => {
		const byName = join(place, 'by-name');
		symlinkSync('.', byName);
		for (const owner of [app, 0])
			for (const target of [join(theirs, 'data'), join(byName, 'theirs/data')])
				expect(await statAt(join(linkOf(owner, target, 'www'), '.'), undefined, true)).toMatchObject({
					kind: 'directory',
					at: join(theirs, 'data'),
				});
		rmSync(byName);
	});

	test("from the root on into another directory that is not root's, not", async () => {
		const other = join(place, 'other');
		mkdirSync(other);
		writeFileSync(join(other, 'key'), 'of another');
		for (const one of [other, join(other, 'key')]) chownSync(one, app, app);
		for (const owner of [app, 0])
			await expect(readAt(join(linkOf(owner, other, 'way'), 'key'))).rejects.toThrow(refused('path.leads-out'));
		await expect(readAt(join(linkOf(app, `${theirs}/data/../../other`, 'way'), 'key'))).rejects.toThrow(
			refused('path.leads-out'),
		);
		rmSync(other, {recursive: true});
	});

	test("root's link into it is followed", async () => {
		const path = join(place, 'enabled');
		symlinkSync(join(theirs, 'settings.py'), path);
		expect(Buffer.from((await readAt(path))!).toString()).toBe('DEBUG = 1\n');
		rmSync(path);
	});

	test('a second name of a file of root is neither read nor given away nor replaced', async () => {
		linkSync(join(secret, 'key'), join(theirs, 'data/key'));
		const before = victim();
		const path = join(theirs, 'data/key');
		await expect(readAt(path)).rejects.toThrow(refused('path.hard-link'));
		await expect(giveAway(path, {uid: app, gid: app})).rejects.toThrow(refused('path.hard-link'));
		await expect(giveAway(path, {mode: 0o666})).rejects.toThrow(refused('path.hard-link'));
		await expect(replaceFile(path, Buffer.from('x'), {was: sha256('of root')}, around)).rejects.toThrow(
			refused('path.hard-link'),
		);
		expect(victim()).toEqual(before);
	});

	test('a file keeps owner and mode when replaced, but for the bits that make it run as somebody', async () => {
		const path = join(theirs, 'settings.py');
		chmodSync(path, 0o4750);
		await replaceFile(path, Buffer.from('DEBUG = 0\n'), {was: sha256('DEBUG = 1\n')}, around);
		expect(lstatSync(path)).toMatchObject({uid: app, gid: app, nlink: 1});
		expect(lstatSync(path).mode & 0o7777).toBe(0o750);
		await replaceFile(path, Buffer.from('x'), {was: sha256('DEBUG = 0\n'), mode: 0o6755, owner: '0:0'}, around);
		expect(lstatSync(path).mode & 0o7777).toBe(0o755);
		await giveAway(path, {mode: 0o4755});
		expect(lstatSync(path).mode & 0o7777).toBe(0o755);
	});

	test('a directory is made where nothing is, and where something is it is a fault', async () => {
		await makeDirectory(join(theirs, 'homes'), 0o2770, {uid: app, gid: 7});
		expect(lstatSync(join(theirs, 'homes'))).toMatchObject({uid: app, gid: 7});
		expect(lstatSync(join(theirs, 'homes')).mode & 0o7777).toBe(0o2770);
		await expect(makeDirectory(join(theirs, 'homes'), 0o755, root)).rejects.toThrow(refused('path.in-the-way'));
		linkOf(app, secret, 'way');
		await expect(makeDirectory(join(theirs, 'way'), 0o755, {uid: app, gid: app})).rejects.toThrow();
	});

	test('a tree goes, and what its links point to stays; of a link only the link', async () => {
		for (let at = theirs, depth = 0; depth < 100; depth += 1) {
			at = join(at, 'd');
			mkdirSync(at);
			symlinkSync(secret, join(at, 'l'));
			writeFileSync(join(at, 'f'), '');
		}
		linkSync(join(secret, 'key'), join(theirs, 'data/key'));
		const {text, uid, mode} = victim();
		const link = linkOf(app, secret, 'way');
		await removeTreeAt(link);
		expect(existsSync(link)).toBe(false);
		await removeTreeAt(theirs);
		expect(existsSync(theirs)).toBe(false);
		expect(victim()).toMatchObject({text, uid, mode});
	});

	test('a tree deeper than any is left, with a word about it', async () => {
		spawnSync('python3', [
			'-c',
			`import os\nos.chdir(${JSON.stringify(theirs)})\nfor i in range(600):\n os.mkdir('d'); os.chdir('d')`,
		]);
		await expect(removeTreeAt(theirs)).rejects.toThrow(refused('tree.too-much'));
		spawnSync('rm', ['-rf', theirs]);
	});

	test('another thing than the one that was shown is not touched', async () => {
		const path = join(theirs, 'data');
		const {id} = await statAt(path);
		renameSync(path, `${path}.old`);
		mkdirSync(path);
		writeFileSync(join(path, 'file'), '');
		for (const act of [
			() => giveAway(path, {uid: app, gid: app}, id),
			() => removeName(path, id),
			() => removeTreeAt(path, id),
			() => moveName(path, join(theirs, 'elsewhere'), id),
			() => makeLink(path, '/', {was: 'absent', noted: () => () => {}}),
		])
			await expect(act()).rejects.toThrow(refused('file.moved'));
		expect(statSync(path)).toMatchObject({uid: 0});
		expect(existsSync(join(path, 'file'))).toBe(true);
	});

	test('a link is made, replaced and given to its owner; what it points to is not', async () => {
		const path = join(theirs, 'key');
		const before = victim();
		await makeLink(path, join(secret, 'key'), {owner: {uid: app, gid: app}, noted: () => () => {}});
		expect(lstatSync(path)).toMatchObject({uid: app});
		await makeLink(path, `${secret}/./key`, {noted: () => () => {}});
		expect(readlinkSync(path)).toBe(`${secret}/./key`);
		await giveAway(path, {uid: app, gid: app, mode: 0o777});
		expect(lstatSync(path)).toMatchObject({uid: app});
		expect(victim()).toEqual(before);
	});

	test('what is not there, or lies where nothing is, is removed already', async () => {
		for (const path of ['none', 'none/below', 'settings.py/below']) {
			await removeName(join(theirs, path));
			await removeTreeAt(join(theirs, path));
		}
	});

	test('a pipe is never waited for', async () => {
		spawnSync('mkfifo', [join(theirs, 'pipe')]);
		await expect(readAt(join(theirs, 'pipe'))).rejects.toThrow(refused('file.not-regular'));
		await giveAway(join(theirs, 'pipe'), {uid: app, gid: app});
		expect(lstatSync(join(theirs, 'pipe'))).toMatchObject({uid: app});
	});
});
