/** What apt refuses or fails at, in our words: a code, a sentence that names the thing, a hint, and a host that the next run can go on from. */
import {rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {Fault} from '#model/fault.ts';
import type {Look, Resource} from '#model/resource.ts';
import {type AptPackagesSpec, aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {createBench} from './bench.ts';
import {closeArchive, openArchive} from './local-archive.ts';
import {output, quietly} from './tools.ts';

// releases: bookworm trixie

const fail = '/run/conformance-fail';
const bench = createBench(join(tmpdir(), 'conformance-faults'));
const wanted = (spec: AptPackagesSpec, id = 'apt:test'): Resource => aptPackages(spec, {id});

const faultOf = async (act: Promise<unknown>): Promise<Fault> => {
	const error = await act.then(
		() => undefined,
		(caught: unknown) => caught,
	);
	expect(error, String(error)).toBeInstanceOf(Fault);
	return error as Fault;
};

const lookAt = (resource: Resource): Promise<Look> => resource.look(bench.reader());

const applyBlindly = async (resource: Resource): Promise<void> => {
	const look = await lookAt(resource);
	if (look.state !== 'change') throw new Error(JSON.stringify(look));
	await look.apply(bench.host());
};

/** Locks as apt and dpkg do, tells its number, and leaves after three seconds. */
const holdsLock = `use Fcntl;
open(my $file, '>>', '/var/lib/dpkg/lock-frontend') or die;
my $lock = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0);
fcntl($file, F_SETLK, $lock) or die;
$| = 1;
print "$$\\n";
sleep 3;`;

describe('apt', () => {
	beforeAll(
		() =>
			openArchive([
				{name: 'cf-lib', version: '1.0'},
				{name: 'cf-app', version: '2.0', fields: {Depends: 'cf-lib'}},
				{name: 'cf-plain', version: '1.0'},
				{name: 'cf-rival', version: '1.0', fields: {Conflicts: 'cf-plain'}},
				{name: 'cf-orphan', version: '1.0', fields: {Depends: 'cf-nowhere'}},
				{name: 'cf-big', version: '1.0', size: 3_000_000},
				{name: 'cf-fragile', version: '1.0', scripts: {postinst: `#!/bin/sh\n[ ! -e ${fail} ]\n`}},
			]),
		60_000,
	);
	beforeEach(async () => {
		await rm(fail, {force: true});
		await quietly('apt-mark', 'unhold', 'cf-plain', 'cf-app');
		await quietly(
			'dpkg',
			'--purge',
			'--force-all',
			'cf-app',
			'cf-lib',
			'cf-plain',
			'cf-rival',
			'cf-orphan',
			'cf-big',
			'cf-fragile',
		);
		await quietly('sh', '-c', 'rm -f /var/cache/apt/*.bin');
	});
	afterAll(closeArchive);

	it('a package that the lists do not know is a note in the plan and a fault when its turn comes', async () => {
		const look = await lookAt(wanted({names: ['cf-plain', 'cf-typo']}));
		expect(look).toMatchObject({
			state: 'change',
			changes: [
				{what: 'package cf-plain', to: '1.0'},
				{what: 'package cf-typo'},
				{what: 'note', to: expect.stringContaining('cf-typo')},
			],
		});
		expect(await faultOf(applyBlindly(wanted({names: ['cf-plain', 'cf-typo']})))).toMatchObject({
			code: 'apt.no-package',
			sentence: expect.stringContaining('cf-typo'),
		});
	});

	it('a removal needs a yes', async () => {
		await output('apt-get', 'install', '-y', 'cf-plain');
		expect(await lookAt(wanted({names: ['cf-rival']}))).toMatchObject({
			state: 'failed',
			fault: {code: 'apt.would-remove', details: ['cf-plain']},
		});
		const allowed = wanted({names: ['cf-rival'], allowRemove: ['cf-plain']});
		expect(await lookAt(allowed)).toMatchObject({
			state: 'change',
			changes: [{what: 'package cf-rival'}, {what: 'package cf-plain', from: 'installed', to: null}],
		});
		await bench.converge(allowed);
	});

	it('a version that the archive does not have', async () => {
		expect(await lookAt(wanted({names: [{name: 'cf-plain', version: '>=3'}]}))).toMatchObject({
			state: 'failed',
			fault: {code: 'apt.too-old', sentence: expect.stringContaining('1.0')},
		});
		expect(await faultOf(applyBlindly(wanted({names: [{name: 'cf-plain', version: '3'}]})))).toMatchObject({
			code: 'apt.no-version',
		});
	});

	it('dependencies that cannot be met', async () => {
		expect(await lookAt(wanted({names: ['cf-orphan']}))).toMatchObject({
			state: 'failed',
			fault: {code: 'apt.broken-dependencies'},
		});
	});

	it('a script that fails, and the next run after it was mended', async () => {
		await writeFile(fail, '');
		expect(await faultOf(bench.converge(wanted({names: ['cf-fragile']})))).toMatchObject({
			code: 'apt.postinst',
			sentence: expect.stringContaining('cf-fragile'),
		});
		expect(await lookAt(dpkgConsistent())).toMatchObject({
			state: 'change',
			changes: [{from: 'cf-fragile (half-configured)'}],
		});
		expect(await faultOf(bench.converge(dpkgConsistent()))).toMatchObject({code: 'apt.postinst'});
		await rm(fail);
		await bench.converge(dpkgConsistent());
		expect(await lookAt(wanted({names: ['cf-fragile']}))).toEqual({state: 'ok'});
	});

	it('a held package that would have to change', async () => {
		await output('apt-get', 'install', '-y', 'cf-plain');
		await output('apt-mark', 'hold', 'cf-plain');
		expect(await lookAt(wanted({names: ['cf-plain']}))).toEqual({state: 'ok'});
		expect(await lookAt(wanted({names: ['cf-rival'], allowRemove: ['cf-plain']}))).toMatchObject({
			state: 'failed',
			fault: {code: 'apt.held', sentence: expect.stringContaining('cf-plain')},
		});
	});

	it('a full disk, and the next run once there is space', async () => {
		await output('mkdir', '-p', '/usr/share/conformance');
		await output('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/usr/share/conformance');
		try {
			expect(await faultOf(bench.converge(wanted({names: ['cf-big']})))).toMatchObject({code: 'apt.no-space'});
		} finally {
			await output('umount', '/usr/share/conformance');
		}
		await bench.converge(wanted({names: ['cf-big']}));
	});

	it('another program that holds the lock is waited for, and named', async () => {
		const holder = execa('perl', ['-e', holdsLock], {reject: false});
		await new Promise(done => holder.stdout.once('data', done));
		await bench.converge(wanted({names: ['cf-plain']}));
		expect(
			bench.told().some(line => line.includes('"type":"wait"') && line.includes(`process ${holder.pid} (perl)`)),
		).toBe(true);
		await holder;
	}, 30_000);

	it('no lists: the plan says so, the run fetches them', async () => {
		await output('sh', '-c', 'rm -rf /var/lib/apt/lists/*');
		expect(await lookAt(wanted({names: ['cf-plain']}))).toMatchObject({
			state: 'change',
			changes: [
				{what: 'package cf-plain', to: 'newest'},
				{what: 'note', to: expect.stringContaining('lists are empty')},
			],
		});
		await bench.converge(wanted({names: ['cf-plain']}));
	});

	it('no network and no lists', async () => {
		await output(
			'sh',
			'-c',
			'cp /etc/apt/sources.list /etc/apt/sources.kept; echo "deb http://mirror.invalid/debian bookworm main" >/etc/apt/sources.list; rm -rf /var/lib/apt/lists/*',
		);
		try {
			expect(await faultOf(bench.converge(wanted({names: ['cf-plain']})))).toMatchObject({
				code: 'apt.no-network',
				sentence: expect.stringContaining('mirror.invalid'),
			});
		} finally {
			await output('sh', '-c', 'mv /etc/apt/sources.kept /etc/apt/sources.list; apt-get update');
		}
	}, 60_000);

	it('nodes that are ready together are one transaction, and one of them tells what comes along', async () => {
		const nodes = [wanted({names: ['cf-app']}, 'apt:a'), wanted({names: ['cf-plain']}, 'apt:b')];
		const reader = bench.reader();
		const looks = await Promise.all(nodes.map(node => node.look(reader)));
		const batches = looks.flatMap(look => (look.state === 'change' && look.batch ? [look.batch] : []));
		expect(
			looks
				.flatMap(look => (look.state === 'change' ? look.changes : []))
				.filter(change => change.what === 'what they need'),
		).toHaveLength(1);
		expect(new Set(batches.map(batch => batch.key)).size).toBe(1);
		const before = bench.told().length;
		await batches[0]!.run(
			batches.map(batch => batch.part),
			bench.host(),
		);
		const told = bench.told().slice(before).join('\n');
		expect(told.match(/newly installed/g)).toHaveLength(1);
		expect(told).toContain('node-progress');
		for (const node of nodes) expect(await node.look(bench.reader())).toEqual({state: 'ok'});
	});
});
