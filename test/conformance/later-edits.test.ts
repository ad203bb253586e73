/** Undo never destroys what came after us: somebody else edits, adds or removes between our apply and our undo. */
import {appendFile, mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {user} from '#resources/accounts/user.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {createBench} from './bench.ts';
import {quietly} from './tools.ts';

const bench = createBench(join(tmpdir(), 'conformance-later'));
const place = '/etc/conformance';
const path = `${place}/one.conf`;
const old = 'base dc=old\nuri ldap://localhost/\n';
const ours = () =>
	edit({
		path,
		format: 'nslcd.conf',
		settings: [
			{key: 'base', value: ['dc=new']},
			{key: 'ssl', value: ['off']},
		],
	});

describe('after an edit', () => {
	beforeEach(async () => {
		await rm(place, {recursive: true, force: true});
		await mkdir(place);
		await writeFile(path, old);
	});

	it('a setting of others stays, ours goes back', async () => {
		const done = await bench.converge(ours());
		await appendFile(path, 'scope one\n');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
		expect(await readFile(path, 'utf8')).toBe(`${old}scope one\n`);
	});

	it('a setting of ours that somebody changed is a conflict with a diff, and the rest goes back', async () => {
		const done = await bench.converge(ours());
		await writeFile(path, (await readFile(path, 'utf8')).replace('dc=new', 'dc=theirs'));
		expect(await bench.undo(done, {})).toMatchObject([
			{outcome: 'conflict', why: expect.stringContaining('base'), diff: expect.stringContaining('dc=theirs')},
		]);
		expect(await readFile(path, 'utf8')).toBe('base dc=theirs\nuri ldap://localhost/\n');
	});

	it('a secret is never in the diff of a conflict', async () => {
		const secret = new Secret('bind', 'Kanarie-first');
		const done = await bench.converge(edit({path, format: 'nslcd.conf', settings: [{key: 'bindpw', value: [secret]}]}));
		await writeFile(path, (await readFile(path, 'utf8')).replace('Kanarie-first', 'Kanarie-second'));
		const results = await bench.undo(done, {});
		expect(results).toMatchObject([{outcome: 'conflict'}]);
		expect(JSON.stringify(results)).not.toContain('Kanarie');
	});

	it('a whole file of ours that somebody edited stays, with a diff', async () => {
		const done = await bench.converge(file({path: `${place}/whole`, text: 'ours\n'}));
		await appendFile(`${place}/whole`, 'theirs\n');
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'conflict', diff: expect.stringContaining('+theirs')}]);
		expect(await readFile(`${place}/whole`, 'utf8')).toBe('ours\ntheirs\n');
	});

	it('a whole file with a secret that somebody edited stays, without a diff', async () => {
		const done = await bench.converge(
			file({path: `${place}/whole`, text: ['password ', new Secret('one', 'Kanarie-third'), '\n']}),
		);
		await appendFile(`${place}/whole`, 'theirs\n');
		const results = await bench.undo(done, {});
		expect(results).toEqual([{outcome: 'conflict', why: expect.stringContaining('edited since')}]);
	});

	it('a directory that others filled stays, and with --purge-data it is packed away first', async () => {
		const made = () => directory({path: `${place}/data`}, {holdsData: true});
		const done = await bench.converge(made());
		await writeFile(`${place}/data/theirs`, 'x');
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'kept'}]);
		expect(await bench.undo(done, {purgeData: true})).toEqual([{outcome: 'undone'}]);
		await expect(stat(`${place}/data`)).rejects.toThrow('ENOENT');
		expect(bench.told().some(line => line.includes('/var/lib/host-setup/dumps/'))).toBe(true);
	});

	it('a user with running programs stays', async () => {
		await quietly('systemctl', 'stop', 'conformer-sleep');
		await quietly('userdel', 'conformer');
		const done = await bench.converge(user({name: 'conformer', home: '/nonexistent'}));
		await quietly('systemd-run', '--unit=conformer-sleep', '--property=Type=exec', '--uid=conformer', 'sleep', '60');
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'kept', why: expect.stringContaining('sleep')}]);
		await quietly('systemctl', 'stop', 'conformer-sleep');
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
	});
});
