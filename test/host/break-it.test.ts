/**
 * What goes wrong on real hosts, one row each: the fault has a code, a sentence and a hint, nothing is half-written, and the same
 * command works once the cause is gone.
 */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {FaultData} from '#model/fault.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {mendedFile} from '../../fixtures/debs/build.ts';
import type {Order, Told} from '../../fixtures/light/run.ts';
import {holdAptLock} from './support/apt-lock.ts';
import {addDebs} from './support/debs.ts';
import {begin, bringLight, type LightRan, lightHost, node, runLight, state} from './support/light.ts';
import {until} from './support/until.ts';
import {hostTest, withPackages} from './support/with-host.ts';

type Mend = () => Promise<unknown>;

type Row = {
	readonly name: string;
	readonly stack: keyof typeof import('../../fixtures/light/troubles.ts').troubles & string;
	readonly with: Readonly<Record<string, string>>;
	/** Makes the trouble; gives what takes it away. */
	cause(host: ThrowAway): Promise<Mend>;
	readonly fault: Omit<FaultData, 'details'>;
	/** What must be as it was after the failure, by path inside. */
	readonly untouched: readonly string[];
	readonly packages?: readonly string[];
};

const rows: readonly Row[] = [
	{
		name: 'a full disk under a file',
		stack: 'file',
		with: {path: '/srv/full/app.conf', size: '300000'},
		cause: async host => {
			await host.must(['mkdir', '/srv/full']);
			await host.must(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', '/srv/full']);
			await host.must(['tee', '/srv/full/app.conf'], {stdin: 'as it was\n'});
			return () => host.must(['mount', '-o', 'remount,size=4m', '/srv/full']);
		},
		fault: {
			code: 'file.no-space',
			sentence: 'no space left to write /srv/full/app.conf',
			hint: 'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
		},
		untouched: ['/srv/full'],
	},
	{
		name: 'a full disk under our own state',
		stack: 'file',
		with: {path: '/srv/app.conf', size: '10'},
		cause: async host => {
			await host.must(['mkdir', '-p', state]);
			await host.must(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', state]);
			// One page is left, for the lock.
			await host.must(['sh', '-c', `head -c 61440 /dev/zero > ${state}/filler`]);
			return () => host.must(['rm', `${state}/filler`]);
		},
		fault: {
			code: 'file.no-space',
			sentence: `no space left to write ${state}/journal.jsonl`,
			hint: 'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
		},
		untouched: ['/srv'],
	},
	{
		name: 'a read-only /etc under an edit',
		stack: 'edit',
		with: {path: '/etc/app.conf'},
		cause: async host => {
			await host.must(['tee', '/etc/app.conf'], {stdin: 'COLOUR=red\n'});
			return readOnlyEtc(host);
		},
		fault: {
			code: 'file.read-only',
			sentence: '/etc/app.conf lies on a read-only file system',
			hint: 'Mount it writable, then run the same command again.',
		},
		untouched: ['/etc'],
	},
	{
		name: 'a read-only /etc under a package',
		stack: 'packages',
		with: {names: 'hs-conffile'},
		cause: async host => {
			await addDebs(host);
			return readOnlyEtc(host);
		},
		fault: {
			code: 'apt.read-only',
			sentence: 'installing hs-conffile: a file system is read-only',
			hint: 'Mount it writable, then run the same command again.',
		},
		untouched: ['/etc'],
	},
	{
		name: 'a package whose own script fails',
		stack: 'packages',
		with: {names: 'hs-broken'},
		cause: async host => {
			await addDebs(host);
			return () => host.must(['touch', mendedFile]);
		},
		fault: {
			code: 'apt.postinst',
			sentence: 'installing hs-broken: the package hs-broken failed in its own scripts',
			hint: 'Its words are below (journalctl -n 50 may tell more). Mend the cause and run the same command again: it is mended first.',
		},
		untouched: ['/etc'],
	},
	{
		name: 'a package that somebody left half-configured',
		stack: 'packages',
		with: {names: 'hs-conffile'},
		cause: async host => {
			await addDebs(host);
			expect((await host.run(['apt-get', 'install', '-y', 'hs-broken'])).code).toBe(100);
			return () => host.must(['touch', mendedFile]);
		},
		fault: {
			code: 'apt.postinst',
			sentence: 'mending the packages: the package hs-broken failed in its own scripts',
			hint: 'Its words are below (journalctl -n 50 may tell more). Mend the cause and run the same command again: it is mended first.',
		},
		untouched: ['/etc'],
	},
	{
		name: 'a download that breaks off',
		stack: 'download',
		with: {
			from: 'http://127.0.0.1:8099/file',
			to: '/srv/file',
			sha256: '80c51973c6d904e6ba75c5caa963641aa9ca5a1f9700f83cfc3d97bfb3e803dd',
		},
		cause: async host => {
			await host.must(['tee', '/srv/file'], {stdin: 'an older one\n'});
			const told = new Set<string>();
			void host
				.run([node, `${programDir}/fixtures/light/drops.ts`, '8099', '/srv/mended'], {onLine: line => told.add(line)})
				.catch(() => undefined);
			await until(() => told.has('listening'), {what: 'the server'});
			return () => host.must(['touch', '/srv/mended']);
		},
		fault: {
			code: 'http.broken',
			sentence: 'the connection to 127.0.0.1:8099 broke (ECONNRESET)',
			hint: 'Run it again; if it happens again, look at the network and the proxy.',
		},
		untouched: ['/srv'],
	},
	{
		name: 'a make that fails',
		stack: 'build',
		with: {archive: '/srv/tiny.tar.gz', prefix: '/opt/tiny'},
		packages: ['make'],
		cause: async host => {
			await host.must(['tee', '/srv/tiny.tar.gz'], {stdin: tinyArchive()});
			return () => host.must(['touch', mendedFile]);
		},
		fault: {
			code: 'build.make-failed',
			sentence: `make of tiny failed: error: no ${mendedFile}`,
			hint: 'The whole output is in /var/lib/host-setup/logs/build-tiny.log. Nothing was installed; mend the cause and run it again.',
		},
		untouched: ['/opt', '/srv'],
	},
];

describe('a clear fault, nothing half-written, and the same command works afterwards:', () => {
	for (const row of rows) {
		hostTest(
			row.name,
			{...lightHost, ...(row.packages && {layer: withPackages('node-and-more', ['libatomic1', ...row.packages])})},
			async host => {
				await bringLight(host);
				const order: Omit<Order, 'state'> = {do: 'apply', stack: row.stack, with: row.with};
				const mend = await row.cause(host);
				const before = await seen(host, row.untouched);
				const ran = await runLight(host, order);
				expect({code: ran.code, fault: faultOf(ran), stderr: ran.stderr}).toEqual({
					code: 1,
					fault: {...row.fault, details: expect.any(Array)},
					stderr: '',
				});
				expect(await seen(host, row.untouched)).toBe(before);
				expect(await host.must(['find', '/', '-xdev', '-name', '*.host-setup*~'])).toBe('');
				await mend();
				expect(await runLight(host, order)).toMatchObject({code: 0, stderr: ''});
				expect((await runLight(host, {...order, do: 'plan'})).told).toMatchObject([
					{type: 'planned', counts: {change: 0, unknown: 0, failed: 0}},
				]);
			},
		);
	}

	hostTest('no fault at all: another program holds the lock of apt', lightHost, async host => {
		await bringLight(host);
		await addDebs(host);
		const lock = await holdAptLock(host);
		const run = begin(host, {do: 'apply', stack: 'packages', with: {names: 'hs-conffile'}});
		await run.says('"type":"wait"');
		await lock.release();
		const {code, told} = await run.ended;
		expect(told).toContainEqual({
			type: 'wait',
			for: 'the package lock',
			holder: expect.stringMatching(/^process \d+ \(perl\)$/),
		});
		expect(code).toBe(0);
	});
});

const faultOf = ({told}: LightRan): FaultData | undefined =>
	told.flatMap((one: Told) => ('fault' in one && one.fault ? [one.fault] : []))[0];

/** Kinds, modes, owners, sizes and contents below some paths, mounts included. */
const seen = (host: ThrowAway, paths: readonly string[]): Promise<string> =>
	host.must([
		'sh',
		'-c',
		'find "$@" -printf "%p %y %m %U:%G %s %l\\n" | sort; find "$@" -type f -exec sha256sum {} + | sort',
		'sh',
		...paths,
	]);

const readOnlyEtc = async (host: ThrowAway): Promise<Mend> => {
	await host.must(['mount', '--bind', '/etc', '/etc']);
	await host.must(['mount', '-o', 'remount,ro,bind', '/etc']);
	return () => host.must(['umount', '/etc']);
};

/** A source archive whose `make` wants a file that is not there. */
const tinyArchive = (): Buffer => {
	const directory = mkdtempSync(join(tmpdir(), 'hs-tiny-'));
	try {
		execFileSync('mkdir', [join(directory, 'tiny-1')]);
		writeFileSync(
			join(directory, 'tiny-1/configure'),
			'#!/bin/sh\n[ "$1" = --help ] && { echo "  --prefix=PATH"; echo "  --with-all"; exit; }\necho "PREFIX=${1#--prefix=}" | cat - Makefile.in > Makefile\n',
			{mode: 0o755},
		);
		writeFileSync(
			join(directory, 'tiny-1/Makefile.in'),
			`all:\n\t@test -e ${mendedFile} || { echo "error: no ${mendedFile}" >&2; exit 1; }\ninstall:\n\tmkdir -p $(DESTDIR)$(PREFIX)/bin\n\tprintf '#!/bin/sh\\necho tiny 1\\n' > $(DESTDIR)$(PREFIX)/bin/tiny\n\tchmod 755 $(DESTDIR)$(PREFIX)/bin/tiny\n`,
		);
		return execFileSync('tar', ['-C', directory, '-cz', 'tiny-1']);
	} finally {
		rmSync(directory, {recursive: true, force: true});
	}
};
