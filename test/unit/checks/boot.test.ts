/** What a boot depends on, over files: fstab as it is written on real hosts and in containers, what systemd refuses, where the journal goes. */
import {describe, expect, test} from 'vitest';
import {check as fstab} from '#checks/boot/fstab.ts';
import {check as keptLogs} from '#checks/boot/kept-logs.ts';
import {check as unitFiles} from '#checks/boot/unit-files.ts';
import {check as sources} from '#checks/host/package-sources.ts';
import {check as packagesCheck} from '#checks/host/packages.ts';
import {check as updates} from '#checks/host/updates.ts';
import {remedyOf, said} from '#doctor/kinds.ts';
import {packages, parseStatus} from '#host/apt/packages.ts';
import {fstabIn, mountTable, placeOf} from '#host/mounts/mount-table.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Told} from '#model/finding.ts';
import type {Ran, Reader} from '#model/host.ts';
import {fileReader} from '../support/file-reader.ts';

/** A running host of these files; programs answer by their first words. */
const hostOf = (
	files: Readonly<Record<string, string>>,
	programs: Readonly<Record<string, Partial<Ran>>> = {},
): Reader => {
	const probe = async (argv: readonly string[]): Promise<Ran> => {
		const [, ran] = Object.entries(programs).find(([words]) => argv.join(' ').startsWith(words)) ?? [];
		return {code: 0, stdout: '', stderr: '', ...ran};
	};
	const facts = new Map<string, Promise<unknown>>();
	const host: Reader = {
		...fileReader(files),
		root: '/',
		fact: fact => {
			if (!facts.has(fact.id)) facts.set(fact.id, fact.read(host));
			return facts.get(fact.id) as ReturnType<typeof fact.read>;
		},
		probe,
		query: async argv => (await probe(argv)).stdout,
	};
	return host;
};

const look = async (check: AnyCheck, host: Reader, facts: object = {}): Promise<readonly Told[]> =>
	said(check, await check.inspect({host, facts: facts as never, expect: [], now: Date.parse('2026-11-30T12:00:00Z')}));

const states = (told: readonly Told[]): readonly string[] =>
	told.map(({item, is, state, layers}) =>
		[item ?? '', is, layers.file !== undefined && 'because' in layers.file ? 'unknown' : state].join(' ').trim(),
	);

const booted = {'/run/systemd/system/x': ''};

const mounts = async (host: Reader, container?: string): Promise<readonly Told[]> =>
	look(fstab, host, {mountTable: await host.fact(mountTable), container});

const real = `# /etc/fstab: static file system information.
# <file system> <mount point>   <type>  <options>       <dump>  <pass>
UUID=0f1d / ext4 errors=remount-ro 0 1
UUID="ABCD-1234"  /boot/efi       vfat    umask=0077      0       1
LABEL=my\\040disk /srv/my\\040data ext4 defaults 0 2 # the big one
/dev/sr0        /media/cdrom0   udf,iso9660 user,noauto     0       0
/dev/sdb1 /mnt auto defaults,nofail,x-systemd.requires=cloud-init.service 0 2
nas:/export /srv/share nfs _netdev,x-systemd.automount 0 0
//nas/x /srv/win cifs credentials=/root/c,noauto 0 0
tmpfs /tmp tmpfs nosuid
overlay /srv/over overlay lowerdir=/a,upperdir=/b,workdir=/c 0 0
/srv/my\\040data/www /var/www none bind
/swapfile none swap sw 0 0
`;

const mounted = [
	'/dev/sda1 / ext4 rw 0 0',
	'/dev/sda2 /boot/efi vfat rw 0 0',
	'/dev/sdc1 /srv/my\\040data ext4 rw 0 0',
	'systemd-1 /srv/share autofs rw 0 0',
	'tmpfs /tmp tmpfs rw 0 0',
	'overlay /srv/over overlay rw 0 0',
	'/dev/sdc1 /var/www ext4 rw 0 0',
].join('\n');

const disks = {
	'/dev/disk/by-uuid/0f1d': '',
	'/dev/disk/by-uuid/ABCD-1234': '',
	'/dev/disk/by-label/my\\x20disk': '',
	'/srv/my data/www/index.html': '',
	'/swapfile': '',
};

describe('fstab', () => {
	test('what real hosts have is well', async () => {
		const host = hostOf({...booted, ...disks, '/etc/fstab': real, '/proc/self/mounts': mounted});
		expect(states(await mounts(host))).toEqual(['ok ok']);
	});

	test('disks that are gone, though mounted today; a swap file; a bind mount of nothing', async () => {
		const host = hostOf({...booted, '/dev/disk/by-uuid/other': '', '/etc/fstab': real, '/proc/self/mounts': mounted});
		const told = await mounts(host);
		expect(states(told)).toEqual([
			'/ noSource fail',
			'/boot/efi noSource fail',
			'/srv/my data noSource fail',
			'/var/www noSource fail',
			'/swapfile noSwap warn',
		]);
		expect(told[2]?.layers.file).toMatchObject({path: '/etc/fstab', line: 5});
		expect(remedyOf(fstab, told[2]!)?.sentence).toMatch(/line 5 of \/etc\/fstab.*nofail/);
	});

	test('without udev nobody can tell of names, and in a container systemd leaves disks alone', async () => {
		const files = {
			...booted,
			'/etc/fstab': 'UUID=0f1d / ext4 defaults 0 1\n/swap none swap sw\n',
			'/proc/self/mounts': mounted,
		};
		expect(states(await mounts(hostOf({...files, '/swap': ''})))).toEqual(['/ ok unknown']);
		expect(states(await mounts(hostOf(files), 'systemd-nspawn'))).toEqual(['ok ok']);
		await expect(mounts(hostOf({'/etc/fstab': '', '/proc/self/mounts': ''}), 'docker')).rejects.toThrow(/docker/);
	});

	test('not mounted, no directory, no program or module for it', async () => {
		const told = await mounts(
			hostOf({
				...booted,
				'/dev/sdb1': '',
				'/srv/a/x': '',
				'/srv/d/x': '',
				'/etc/fstab': [
					'/dev/sdb1 /srv/a/ ext4 defaults 0 2',
					'/dev/sdb1 /srv/b ext4 nofail 0 2',
					'nas:/x /srv/c nfs defaults',
					'/dev/sdb1 /srv/d newfs defaults 0 2',
					'/dev/sdz1 /srv/e ext4 nofail 0 2',
				].join('\n'),
				'/proc/self/mounts': mounted,
				'/proc/filesystems': 'nodev\tproc\n\text4\n',
				'/proc/sys/kernel/osrelease': '6.1.0\n',
				'/lib/modules/6.1.0/modules.alias': '\nalias fs-xfs xfs\n',
			}),
		);
		expect(states(told)).toEqual([
			'/srv/a notMounted warn',
			'/srv/b noPoint warn',
			'/srv/c noType warn',
			'/srv/d noType fail',
		]);
	});

	test('lines as mount reads them', () => {
		const {wanted, unread} = fstabIn(
			'a\n/dev/x y\n/dev/y /mnt/a b ext4 defaults 0 0\n/dev/z /q ext4 defaults x y\n/dev/w /q2 ext4\n',
		);
		expect([unread, wanted.map(one => one.target)]).toEqual([[1, 2, 3, 4], ['/q2']]);
		const place = (line: string): string | undefined => placeOf(fstabIn(line).wanted[0]!);
		expect(place('PARTLABEL=a/b /x ext4')).toBe('/dev/disk/by-partlabel/a\\x2fb');
		for (const line of [
			'//nas/x /x cifs',
			'tank/a /x zfs',
			'/a:/b /x fuse.mergerfs',
			'none /x tmpfs',
			'/dev/root / ext4',
		])
			expect(place(line), line).toBeUndefined();
	});
});

const shownUnit = (id: string, fields: Readonly<Record<string, string>>): string =>
	Object.entries({Id: id, LoadState: 'loaded', ActiveState: 'active', NeedDaemonReload: 'no', ...fields})
		.map(([key, value]) => `${key}=${value}`)
		.join('\n');

describe('unit files', () => {
	const etc = '/etc/systemd/system';
	const files = {...booted, '/lib/systemd/system/default.target': '', [`${etc}/a.service`]: '[Service]\n'};
	const list = {
		'systemctl list-units': {stdout: 'a.service loaded active running A\nb.service loaded active running B\n'},
	};
	const show = (...units: readonly string[]) => ({'systemctl show --no-pager': {stdout: units.join('\n\n')}});
	const a = shownUnit('a.service', {NeedDaemonReload: 'yes', FragmentPath: `${etc}/a.service`});

	test('one that changed, what many share, and one with a mistake', async () => {
		const b = shownUnit('b.service', {NeedDaemonReload: 'yes', FragmentPath: `${etc}/a.service`});
		const [one, ...more] = await look(unitFiles, hostOf(files, {...list, ...show(a, b)}));
		expect([one?.is, one?.says, more.length]).toEqual([
			'unread',
			`${etc}/a.service changed and systemd has not read it: a.service and 1 more are run as before`,
			0,
		]);
		const stderr = `${etc}/a.service:2: Unknown key 'ExecStrat' in section [Service], ignoring.\na.service: Service has no ExecStart=. Refusing.\nUnit a.service has a bad unit file setting.\n`;
		const verify = {'systemd-analyze verify': {code: 1, stderr}};
		const told = await look(unitFiles, hostOf(files, {...list, ...show(a, shownUnit('b.service', {})), ...verify}));
		expect(told.map(({is, state, says}) => [is, state, says])).toEqual([
			['refused', 'fail', expect.stringMatching(/does not start with it again: .*'ExecStrat'/) as string],
		]);
	});

	test('a drop-in in a directory that systemd has not seen', async () => {
		const dropIn = `${etc}/a.service.d/nice.conf`;
		const more = {...files, [dropIn]: '[Service]', [`${etc}/a.service.d/off.conf`]: ''};
		const read = shownUnit('a.service', {FragmentPath: `${etc}/a.service`, DropInPaths: dropIn});
		const b = shownUnit('b.service', {});
		const unread = shownUnit('a.service', {FragmentPath: `${etc}/a.service`});
		expect((await look(unitFiles, hostOf(more, {...list, ...show(read, b)})))[0]?.is).toBe('ok');
		expect((await look(unitFiles, hostOf(more, {...list, ...show(unread, b)})))[0]?.is).toBe('unread');
	});

	test('one that does not load; what a removed package left is none', async () => {
		const links = {
			...files,
			[`${etc}/multi-user.target.wants/left.service`]: '',
			[`${etc}/multi-user.target.wants/own.service`]: '',
		};
		const gone = (id: string): string => shownUnit(id, {LoadState: 'not-found', ActiveState: 'inactive'});
		const ok = shownUnit('a.service', {});
		const host = hostOf(links, {
			...list,
			...show(ok, shownUnit('b.service', {LoadState: 'bad-setting'}), gone('left.service'), gone('own.service')),
		});
		const to: Readonly<Record<string, string>> = {left: '/lib/systemd/system/left.service', own: `${etc}/own.service`};
		const stat: Reader['stat'] = async (path, options) => {
			const found = await fileReader(links).stat(path, options);
			const target = to[/wants\/(\w+)\.service$/.exec(path)?.[1] ?? ''];
			return found === undefined || target === undefined ? found : {...found, kind: 'symlink', target};
		};
		expect((await look(unitFiles, {...host, stat})).map(({item, is, says}) => `${item} ${is}: ${says}`)).toEqual([
			'b.service bad: b.service runs, and does not start again: its file has a setting that systemd refuses',
			'own.service bad: own.service is enabled, and does not start: its file is gone',
		]);
	});
});

describe('apt', () => {
	const apt = {'/usr/bin/apt-get': '', '/usr/bin/dpkg': ''};

	test("apt's own words of its configuration; no source; a host that has no apt", async () => {
		const stderr = 'E: Syntax error /etc/apt/apt.conf.d/99x:2: Extra junk at end of file\n';
		const [mistake] = await look(sources, hostOf(apt, {'apt-config': {code: 100, stderr}}), {packageSources: []});
		expect([mistake?.is, mistake?.layers.file]).toEqual([
			'unreadable',
			expect.objectContaining({path: '/etc/apt/apt.conf.d/99x', line: 2}),
		]);
		expect(states(await look(sources, hostOf(apt), {packageSources: []}))).toEqual(['sources none warn']);
		expect(states(await look(sources, hostOf({}), {packageSources: []}))).toEqual(['ok ok']);
		const elsewhere = {...apt, '/etc/apt/apt.conf': 'Dir::Etc::sourcelist "/srv/list";\n'};
		expect(states(await look(sources, hostOf(elsewhere), {packageSources: []}))).toEqual(['ok ok']);
	});

	test('a database of packages that is gone, with the copy that is left', async () => {
		const lost = async (files: Readonly<Record<string, string>>) => {
			const host = hostOf({...apt, ...files});
			const [one] = await look(packagesCheck, host, {packages: await host.fact(packages)});
			return [one?.is, one === undefined ? undefined : remedyOf(packagesCheck, one)?.commands?.[0]?.at(-2)];
		};
		expect(await lost({'/var/lib/dpkg/status': '', '/var/lib/dpkg/status-old': 'Package: a\n'})).toEqual([
			'lost',
			'/var/lib/dpkg/status-old',
		]);
		expect(await lost({'/var/lib/dpkg/status-old': '', '/var/backups/dpkg.status.0': 'Package: a\n'})).toEqual([
			'lost',
			'/var/backups/dpkg.status.0',
		]);
		expect(await lost({})).toEqual(['lost', undefined]);
		expect((await lost({'/var/lib/dpkg/status.d/base': ''}))[0]).toBe('ok');
	});

	test('what is on hold is named once', async () => {
		const known = parseStatus(
			['nginx', 'libc6']
				.map(name => `Package: ${name}\nStatus: hold ok installed\nArchitecture: all\nVersion: 1\n`)
				.concat('Package: old\nStatus: hold ok config-files\nArchitecture: all\nVersion: 1\n')
				.join('\n'),
		);
		const now = Date.parse('2026-11-30T00:00:00Z');
		const facts = (pending: readonly object[]) => ({
			packages: known,
			securityUpdates: {pending, lists: ['x'], fetchedAt: now},
		});
		const host = hostOf({});
		expect(states(await look(updates, host, facts([])))).toEqual(['ok ok', 'hold onHold warn']);
		const told = await look(updates, host, facts([{name: 'nginx', have: '1', to: '2', list: 'x'}]));
		expect(told.map(one => one.says)).toEqual([
			expect.stringMatching(/^nginx has a security update, and is held/) as string,
			expect.stringMatching(/^libc6 is on hold/) as string,
		]);
	});
});

test.each([
	['', {}, 'inMemory warn'],
	['', {'/var/log/journal/x': ''}, 'ok ok'],
	['[Journal]\nStorage=none\n', {'/var/log/journal/x': ''}, 'nowhere warn'],
	[
		'[Journal]\nStorage=volatile\n',
		{'/etc/systemd/journald.conf.d/p.conf': '[Journal]\nStorage=persistent\n'},
		'ok ok',
	],
	['[Journal]\n#Storage=none\nStorage=nonsense\n', {'/var/log/journal/x': ''}, 'ok ok'],
])('the journal: %j %j', async (text, files, state) => {
	const quiet = shownUnit('x.service', {LoadState: 'not-found', ActiveState: 'inactive'});
	const all = {'/run/systemd/system/x': '', '/etc/systemd/journald.conf': text, ...(files as Record<string, string>)};
	const host = (show: string) => hostOf(all, {'systemctl show': {stdout: show}});
	expect(states(await look(keptLogs, host(quiet)))).toEqual([state]);
	expect((await look(keptLogs, host(shownUnit('syslog.service', {}))))[0]?.is).toBe('ok');
});
