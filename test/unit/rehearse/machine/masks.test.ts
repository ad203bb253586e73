import {mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {enabledUnits, masksFor, writeMasks} from '#rehearse/machine/masks.ts';

let root = '';

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'hs-masks-'));
	const units = join(root, 'usr/lib/systemd/system');
	for (const unit of [
		'ssh',
		'cron',
		'postfix',
		'postgresql',
		'systemd-journald',
		'systemd-timesyncd',
		'dbus',
		'nfs-client',
	])
		put(join(units, `${unit}.service`));
	for (const [link, to] of [
		['multi-user.target.wants/cron.service', 'cron.service'],
		['multi-user.target.wants/postfix.service', 'postfix.service'],
		['multi-user.target.wants/postgresql.service', 'postgresql.service'],
		['multi-user.target.wants/getty.target', 'getty.target'],
		['multi-user.target.wants/openvpn@office.service', 'openvpn@.service'],
		['sysinit.target.wants/systemd-timesyncd.service', 'systemd-timesyncd.service'],
		['timers.target.wants/apt-daily.timer', 'apt-daily.timer'],
		['sockets.target.wants/docker.socket', 'docker.socket'],
		['sshd.service', 'ssh.service'],
	] as const) {
		mkdirSync(dirname(join(root, 'etc/systemd/system', link)), {recursive: true});
		symlinkSync(join(units, to), join(root, 'etc/systemd/system', link));
	}
	mkdirSync(join(units, 'sysinit.target.wants'));
	symlinkSync('../systemd-journald.service', join(units, 'sysinit.target.wants/systemd-journald.service'));
	mkdirSync(join(root, 'etc/rc2.d'), {recursive: true});
	symlinkSync('../init.d/oracle', join(root, 'etc/rc2.d/S05oracle'));
	symlinkSync('../init.d/old', join(root, 'etc/rc2.d/K05old'));
});

afterEach(() => rmSync(root, {recursive: true}));

it('finds what is enabled: wants, timers, sockets, instances, aliases, init scripts', () => {
	expect(enabledUnits(root)).toEqual([
		'apt-daily.timer',
		'cron.service',
		'docker.socket',
		'openvpn@office.service',
		'oracle.service',
		'postfix.service',
		'postgresql.service',
		'ssh.service',
		'sshd.service',
		'systemd-journald.service',
		'systemd-timesyncd.service',
	]);
});

it('masks all of it but the machine itself', () => {
	const {masked, held} = masksFor(root, []);
	expect(masked).toEqual([
		'apt-daily.timer',
		'cron.service',
		'docker.socket',
		'openvpn@office.service',
		'oracle.service',
		'postfix.service',
		'postgresql.service',
		'ssh.service',
		'sshd.service',
		'systemd-timesyncd.service',
	]);
	expect(held).toEqual([]);
});

it('starts what the plan starts, but never a database on a copy of its data', () => {
	const {masked, held} = masksFor(root, ['cron', 'docker.socket', 'postgresql']);
	expect(masked).not.toContain('cron.service');
	expect(masked).not.toContain('docker.socket');
	expect(masked).toContain('postgresql.service');
	expect(held).toEqual(['postgresql.service']);
});

it('writes the masks as systemd reads them', () => {
	const directory = join(root, 'masks');
	writeMasks(directory, ['a.service', 'b.timer']);
	writeMasks(directory, ['a.service']);
	expect(readdirSync(directory).map(name => [name, readlinkSync(join(directory, name))])).toEqual([
		['a.service', '/dev/null'],
		['b.timer', '/dev/null'],
	]);
});

const put = (path: string): void => {
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, '[Unit]\n');
};

it('lets a database wait for fresh data, whether the plan starts it or not', () => {
	const fresh = [/^postgresql(@.*)?\.service$/];
	for (const unmask of [[], ['postgresql']]) {
		const masks = masksFor(root, unmask, fresh);
		expect([masks.waiting, masks.held]).toEqual([['postgresql.service'], []]);
		expect(masks.masked).toContain('postgresql.service');
	}
});
