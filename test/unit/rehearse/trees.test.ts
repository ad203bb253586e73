import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {changesOf, isNoise} from '#rehearse/changes.ts';
import {shareDebs} from '#rehearse/debs.ts';
import {digestDiff, digestTree} from '#rehearse/digest.ts';
import {layer, realMounts} from '#rehearse/machine/mounts.ts';

let dir = '';
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'hs-trees-'));
});
afterEach(() => rmSync(dir, {recursive: true}));

const put = (path: string, text: string): void => {
	mkdirSync(join(dir, path, '..'), {recursive: true});
	writeFileSync(join(dir, path), text);
};

describe('a digest', () => {
	it('sees content, mode, link targets, what came and what went', () => {
		put('t/a', '1');
		put('t/d/b', '2');
		put('t/gone', '3');
		symlinkSync('a', join(dir, 't/link'));
		chmodSync(join(dir, 't/a'), 0o644);
		const before = digestTree(join(dir, 't'));
		expect(digestDiff(before, digestTree(join(dir, 't')))).toEqual([]);
		chmodSync(join(dir, 't/a'), 0o600);
		put('t/d/b', '2!');
		put('t/new', '');
		rmSync(join(dir, 't/gone'));
		rmSync(join(dir, 't/link'));
		symlinkSync('d', join(dir, 't/link'));
		expect(digestDiff(before, digestTree(join(dir, 't'))).map(line => line.split(' ').slice(0, 2).join(' '))).toEqual([
			'~ /a',
			'~ /d/b',
			'- /gone',
			'~ /link',
			'+ /new',
		]);
	});

	it('leaves out what it is told to', () => {
		put('t/a', '1');
		put('t/d/b', '2');
		expect([...digestTree(join(dir, 't'), path => path === '/d').keys()]).toEqual(['/a']);
	});
});

it('changes name the package of a file and tell new packages and ports', () => {
	const status = (name: string, version: string): string =>
		`Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`;
	put('lower/var/lib/dpkg/status', status('base', '1'));
	put('lower/etc/old', 'x');
	put('lower/etc/same', 'x');
	put('upper/usr/bin/tool', 'x');
	put('upper/etc/mine', 'x');
	put('upper/etc/same', 'x');
	put('merged/usr/bin/tool', 'x');
	put('merged/etc/mine', 'x');
	put('merged/etc/same', 'x');
	put('merged/var/lib/dpkg/status', `${status('base', '2')}\n${status('tool', '7')}`);
	put('merged/var/lib/dpkg/info/tool.list', '/.\n/bin/tool\n');
	put('lower/usr/bin/other', 'x');
	put('merged/usr/bin/other', 'x');
	const port = (number: number) => ({protocol: 'tcp' as const, address: '0.0.0.0', port: number});
	const changes = changesOf(
		[layer('/', [join(dir, 'lower')], join(dir, 'upper'), join(dir, 'work'))],
		join(dir, 'merged'),
		[port(22), port(80)],
		[port(22)],
	);
	expect(changes.files).toEqual([
		{path: '/etc/mine', change: 'added'},
		{path: '/etc/old', change: 'removed'},
		{path: '/usr/bin/tool', change: 'added', package: 'tool'},
	]);
	expect(changes.packages).toEqual({added: ['tool 7'], changed: ['base 1 -> 2'], removed: []});
	expect(changes.ports).toEqual([port(80)]);
});

it('trees without an end and huge files, which what runs in a copy may make, are told and not gone through', () => {
	const deep = Array.from({length: 200}, () => 'd').join('/');
	for (const side of ['lower', 'upper', 'merged']) {
		put(`${side}/home/${deep}/file`, 'x');
		for (const name of ['same', 'other']) {
			put(`${side}/home/${name}`, '');
			truncateSync(join(dir, side, 'home', name), 3 * 1024 ** 3);
			utimesSync(join(dir, side, 'home', name), 1, name === 'other' && side === 'merged' ? 2 : 1);
		}
	}
	for (const side of ['upper', 'merged']) put(`${side}/new/${deep}/file`, 'x');
	const layers = [layer('/', [join(dir, 'lower')], join(dir, 'upper'), join(dir, 'work'))];
	expect(changesOf(layers, join(dir, 'merged'), [], []).files).toEqual([
		{path: `/home${'/d'.repeat(64)}`, change: 'changed'},
		{path: '/home/other', change: 'changed'},
		{path: '/new', change: 'added', files: 0},
	]);
});

it('logs and caches are noise, and their neighbours are not', () => {
	expect(['/var/log/syslog', '/tmp', '/var/cache/apt/x'].map(isNoise)).toEqual([true, true, true]);
	expect(['/var/logs', '/etc/resolv.conf.bak', '/var/lib/postgresql'].map(isNoise)).toEqual([false, false, false]);
});

it('a machine is made of its real file systems, parents first', () => {
	const line = (at: string, kind: string): string => `36 35 98:0 / ${at} rw,noatime master:1 - ${kind} /dev/x rw`;
	expect(
		realMounts(
			[
				line('/', 'ext4'),
				line('/proc', 'proc'),
				line('/srv/with\\040space', 'xfs'),
				line('/home', 'btrfs'),
				line('/home/deep', 'ext4'),
				line('/mnt/nas', 'nfs4'),
				line('/run/x', 'ext4'),
				line('/boot/efi', 'vfat'),
				line('/dev/shm', 'tmpfs'),
				line('/var/lib/docker/overlay2/x/merged', 'overlay'),
				line('/sys/fs/cgroup', 'cgroup2'),
			].join('\n'),
		),
	).toEqual(['/', '/home', '/home/deep', '/srv/with space']);
	expect(realMounts(line('/', 'overlay'))).toEqual(['/']);
});

it('downloaded packages are shared as whole files, whoever comes first', async () => {
	put('shared/a_1_all.deb', 'a');
	const one = await shareDebs(join(dir, 'shared'), join(dir, 'one'));
	const two = await shareDebs(join(dir, 'shared'), join(dir, 'two'));
	put('one/b_1_all.deb', 'b');
	put('two/b_1_all.deb', 'b');
	put('two/partial/c_1_all.deb', 'half');
	put('two/lock', '');
	one.harvest();
	two.harvest();
	expect(readdirSync(join(dir, 'shared'))).toEqual(['a_1_all.deb', 'b_1_all.deb']);
	expect(readFileSync(join(dir, 'one/a_1_all.deb'), 'utf8')).toBe('a');
});
