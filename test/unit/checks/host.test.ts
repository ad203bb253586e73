/** The parsers and judgements behind the checks of the host: on what Debian 11, 12 and 13 really print, and for what a test host cannot be made to be. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {check as disk} from '#checks/host/disk.ts';
import {check as firewall} from '#checks/host/firewall.ts';
import {check as memory} from '#checks/host/memory.ts';
import {check as ports} from '#checks/host/ports.ts';
import {check as release} from '#checks/host/release.ts';
import {applicationIn} from '#checks/host/root-processes.ts';
import {check as sudoers} from '#checks/host/sudoers.ts';
import {check as swap} from '#checks/host/swap.ts';
import {remedyOf, said} from '#doctor/kinds.ts';
import {versionsIn} from '#host/apt/security-updates.ts';
import type {Forward} from '#host/network/forwards.ts';
import {type FileSystem, parseMounts} from '#host/system/file-systems.ts';
import type {Listener} from '#host/system/listeners.ts';
import {filtersOf} from '#host/system/packet-rules.ts';
import {parseSettings} from '#host/system/sshd.ts';
import {goneIn} from '#host/system/stale-processes.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Told} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const recorded = (release: string, name: string): string =>
	readFileSync(join(import.meta.dirname, '../../../fixtures/recorded', release, `${name}.txt`), 'utf8');
const releases = ['bullseye', 'bookworm', 'trixie'] as const;

const hostOf = (files: Readonly<Record<string, string>>, root = '/'): Reader =>
	({
		root,
		read: async (path: string) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
		list: async () => undefined,
		stat: async () => undefined,
		// All that root reads is root's alone.
		fact: async () => () => ({end: 'absent', writers: []}),
	}) as unknown as Reader;

const inspect = async (
	check: AnyCheck,
	facts: object,
	host = hostOf({}),
	now = Date.parse('2026-11-21T12:00:00Z'),
): Promise<readonly [Told, ...Told[]]> =>
	said(check, await check.inspect({host, facts: facts as never, expect: [], now}));
const states = (findings: readonly Told[]): string =>
	findings.map(one => `${one.item === undefined ? '' : `${one.item} `}${one.state}: ${one.says ?? ''}`).join('\n');

describe.each(releases)('recorded on %s', name => {
	test('sshd -T', () => {
		const settings = parseSettings(recorded(name, 'sshd-T'));
		expect([
			settings.get('port'),
			settings.get('permitrootlogin'),
			settings.get('passwordauthentication'),
			settings.get('permitemptypasswords'),
		]).toEqual([['22'], ['without-password'], ['yes'], ['no']]);
	});

	test('nft list ruleset', () => {
		const kinds = ['nft-empty', 'nft-debian-default', 'nft-iptables', 'nft-ufw'];
		expect(kinds.map(kind => filtersOf(recorded(name, kind)))).toEqual([
			{ip4: false, ip6: false},
			{ip4: false, ip6: false},
			{ip4: true, ip6: false},
			{ip4: true, ip6: true},
		]);
	});

	test('mounts: each disk once, memory only where it fills up', () => {
		const mounts = parseMounts(recorded(name, 'mounts'));
		expect(mounts.map(one => one.path)).toEqual(['/', '/var/lib/docker', '/tmp', '/run']);
	});

	test('maps of a program that was replaced', () => {
		expect(goneIn(recorded(name, 'maps-gone'))).toEqual(['/usr/local/bin/w']);
	});

	test.each([
		['visudo-good', 'ok', undefined],
		['visudo-syntax', 'fail', '/etc/sudoers.d/mine:1'],
		['visudo-mode', 'fail', '/etc/sudoers.d/mine'],
	])('%s', async (kind, state, where) => {
		const stdout = recorded(name, kind);
		const host = {
			...hostOf({'/etc/sudoers': ''}),
			fact: async () => () => ({path: '', writers: [], end: 'file', real: ''}),
			probe: async () => ({code: kind === 'visudo-good' ? 0 : 1, stdout, stderr: ''}),
		} as unknown as Reader;
		const [syntax] = await inspect(sudoers, {}, host);
		expect(syntax.state).toBe(state);
		if (where !== undefined)
			expect(syntax.layers.file).toMatchObject({where: expect.stringMatching(new RegExp(`^${where}(:|$)`)) as string});
		if (kind === 'visudo-mode')
			expect(remedyOf(sudoers, syntax)?.commands).toContainEqual(['chmod', '0440', '/etc/sudoers.d/mine']);
	});
});

test('mounts: blanks in paths, subvolumes once, no network share', () => {
	expect(
		parseMounts(
			[
				'/dev/sda1 / ext4 rw 0 0',
				'/dev/sda1 /bound ext4 ro 0 0',
				'/dev/sdb1 /srv/my\\040data xfs ro,relatime 0 0',
				'nas:/x /mnt nfs4 rw 0 0',
				'tmpfs /dev/shm tmpfs rw 0 0',
				'tmpfs /run/user/0 tmpfs rw 0 0',
			].join('\n'),
		),
	).toEqual([
		{path: '/', device: '/dev/sda1', type: 'ext4', readOnly: false},
		{path: '/srv/my data', device: '/dev/sdb1', type: 'xfs', readOnly: true},
	]);
});

const GiB = 1024 ** 3;

test.each([
	[{total: 4 * GiB, available: 2 * GiB, swap: 0}, /^ok: 4\.0 GiB$/],
	[{total: 4 * GiB, available: 0.3 * GiB, swap: 0}, /^warn: 307 MiB of 4\.0 GiB are available/],
	[{total: 4 * GiB, available: 0.1 * GiB, swap: 0}, /^fail: only 102 MiB/],
	[{total: 0.4 * GiB, available: 0.3 * GiB, swap: 0}, /^warn: 410 MiB in all: too little/],
])('memory %o', async (facts, says) => {
	expect(states(await inspect(memory, {memory: facts}))).toMatch(says);
});

test.each([
	['MemTotal: 1000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n', /^warn: no swap, with 977 MiB/],
	['MemTotal: 8000000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n', /^ok: none/],
	['MemTotal: 8000000 kB\nSwapTotal: 1000000 kB\nSwapFree: 100000 kB\n', /^warn: 879 MiB of 977 MiB are used/],
	['MemTotal: 8000000 kB\nSwapTotal: 1000000 kB\nSwapFree: 900000 kB\n', /^ok: 879 MiB free/],
])('swap %#', async (meminfo, says) => {
	expect(states(await inspect(swap, {}, hostOf({'/proc/meminfo': meminfo})))).toMatch(says);
});

test.each([
	[{}, /^\/ ok/],
	[{free: 2 * GiB}, /^\/ warn: 2\.0 GiB of 100 GiB/],
	[{free: 0.05 * GiB}, /^\/ fail: 51 MiB/],
	[{freeFiles: 5}, /^\/ warn: 5 of 100 inodes/],
	[{freeFiles: 1}, /^\/ fail: 1 of 100 inodes/],
	[{files: 0, freeFiles: 0}, /^\/ ok/],
	[{readOnly: true}, /^\/ fail: it is mounted read-only, and \/etc\/fstab does not say so/],
])('disk %o', async (part, says) => {
	const one: FileSystem = {
		path: '/',
		device: '/dev/sda1',
		type: 'ext4',
		readOnly: false,
		total: 100 * GiB,
		free: 5 * GiB + 20 * GiB,
		files: 100,
		freeFiles: 90,
		...part,
	};
	// Below a tenth of 100 GiB there is a warning only where it is less than 20 GiB.
	expect(
		states(
			await inspect(disk, {fileSystems: [one]}, hostOf({'/etc/fstab': '/dev/sda1 / ext4 errors=remount-ro 0 1\n'})),
		),
	).toMatch(says);
});

test('a release ends: by the calendar, and as of another day', async () => {
	const on = async (codename: string, day: string): Promise<string> =>
		states(await inspect(release, {release: {codename, name: codename}}, hostOf({}), Date.parse(day)));
	expect(await on('bookworm', '2026-01-01')).toBe('ok: support until 2028-06-30');
	expect(await on('bookworm', '2026-11-21')).toBe('ok: long-term support until 2028-06-30');
	expect(await on('bookworm', '2028-05-01')).toBe(
		'warn: bookworm gets security updates for 60 more days, until 2028-06-30',
	);
	expect(await on('bullseye', '2026-11-21')).toBe('fail: bullseye has had no security updates since 2026-08-31');
	expect(await on('noble', '2026-11-21')).toMatch(/^ok/);
	await expect(on('sid', '2026-11-21')).rejects.toThrow(/not known to this version/);
});

const listening = (protocol: Listener['protocol'], address: string, port: number, name?: string): Listener => ({
	protocol,
	address,
	port,
	uid: 0,
	...(name !== undefined && {process: {pid: 7, name, unit: `${name}.service`}}),
});

test('ports: only what is meant, the rest by name; two sockets of one port are one finding', async () => {
	const facts = (...listeners: Listener[]) => ({
		listeners,
		interfaces: new Map([
			['172.17.0.1', 'docker0'],
			['192.0.2.7', 'eth0'],
		]),
		accounts: {users: new Map(), groups: new Map()},
		forwards: [] as readonly Forward[],
	});
	const good = [
		listening('tcp', '0.0.0.0', 22, 'sshd'),
		listening('tcp6', '::', 22, 'sshd'),
		listening('tcp', '127.0.0.1', 6379, 'redis'),
		listening('udp', '0.0.0.0', 68),
	];
	expect(states(await inspect(ports, facts(...good)))).toBe('ok: only tcp/22');
	const rule = {port: 7000, to: 6379, by: 'a rule of the kernel', where: 'nft list ruleset', isRule: true};
	expect(states(await inspect(ports, {...facts(...good), forwards: [rule]}))).toMatch(
		/^tcp\/7000 fail: .*port 6379 .*\(Redis\)$/,
	);
	// A program that only this host reaches hands nothing on to others.
	expect(states(await inspect(ports, {...facts(...good), forwards: [{...rule, isRule: false}]}))).toBe(
		'ok: only tcp/22',
	);
	// For containers of this host it is not outside.
	expect(states(await inspect(ports, facts(...good, listening('tcp', '172.17.0.1', 5432, 'postgres'))))).toBe(
		'ok: only tcp/22',
	);
	expect(
		states(
			await inspect(
				ports,
				facts(
					...good,
					listening('tcp', '192.0.2.7', 5432, 'postgres'),
					listening('tcp', '0.0.0.0', 8000),
					listening('tcp6', '::', 8000),
				),
			),
		),
	).toBe(
		'tcp/5432 fail: postgres (PostgreSQL) answers from outside\ntcp/8000 warn: a process of user 0 answers from outside',
	);
	const moved = hostOf({'/etc/ssh/sshd_config': '# Port 22\nPort 2222\n'});
	expect(states(await inspect(ports, facts(listening('tcp', '0.0.0.0', 2222, 'sshd')), moved))).toBe(
		'ok: only tcp/2222',
	);
	await expect(inspect(ports, facts(), hostOf({}, '/mnt'))).rejects.toThrow(/not running/);
});

test('a firewall that only root can see is unknown where one is set up, and never ok', async () => {
	const kernel = {because: 'needs-root', need: 'x'} as const;
	await expect(inspect(firewall, {firewall: {configured: [{name: 'ufw', where: 'x'}], kernel}})).rejects.toThrow(
		/needs root/,
	);
	expect(states(await inspect(firewall, {firewall: {configured: [], kernel}}))).toBe('warn: no firewall is set up');
});

test.each([
	[['/usr/bin/python3', '/srv/x/bin/gunicorn', 'x.wsgi'], 'gunicorn'],
	[['gunicorn: master [x]'], 'gunicorn'],
	[['/usr/bin/uwsgi', '--ini', 'x'], 'uwsgi'],
	[['/usr/bin/node', 'server.js'], 'node'],
	[['python3.11', 'manage.py', 'runserver'], 'python manage.py'],
	[['/usr/bin/python3', '-m', 'http.server'], 'python http.server'],
	[['/usr/bin/python3', '/usr/share/unattended-upgrades/unattended-upgrade-shutdown', '--wait-for-signal'], undefined],
	[['/usr/bin/python3', '/usr/bin/supervisord', '-n'], undefined],
	[['nginx: master process /usr/sbin/nginx'], undefined],
	[['/usr/sbin/sshd', '-D'], undefined],
])('%o is %s', (argv, kind) => {
	expect(applicationIn({argv, name: argv[0]?.split('/').at(-1) ?? ''})).toBe(kind);
});

test('versions in a package list', () => {
	const list =
		'Package: a\nSource: z (1)\nVersion: 1:2-3\nArchitecture: amd64\n\nPackage: b\nVersion: 4\n\nPackage: ab\nDescription: x\n Version: 9\nVersion: 5\n';
	expect(versionsIn(list, () => true)).toEqual([
		{name: 'a', version: '1:2-3'},
		{name: 'b', version: '4'},
		{name: 'ab', version: '5'},
	]);
	expect(versionsIn(list, name => name === 'b')).toEqual([{name: 'b', version: '4'}]);
	expect(versionsIn('', () => true)).toEqual([]);
});
