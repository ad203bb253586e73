/** The checks of the host itself, each broken for real on a booted Debian; first as an ordinary user, who must get no false ok and no false failure. */
import {expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {withPackages} from '../support/with-host.ts';
import {type Recipe, recipes, shown} from './support/recipes.ts';

const sh = (host: ThrowAway, script: string): Promise<string> =>
	host.must(['sh', '-ec', script]).catch(error => {
		throw error instanceof Fault ? new Error(`${error.sentence}: ${error.details.join(' | ')}`) : error;
	});
const run =
	(script: string) =>
	async (host: ThrowAway): Promise<void> =>
		void (await sh(host, script));

const list =
	'/var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages';

/** What a careful administrator would have done: a firewall, keys only, updates by themselves, a clock. */
const healthy = `
cat > /etc/nftables.conf <<-'END'
	flush ruleset
	table inet filter {
		chain input { type filter hook input priority 0; policy drop; iif lo accept; ct state established,related accept; tcp dport { 22, 80, 443 } accept; }
	}
	END
systemctl enable --now nftables.service
printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication no\\n' > /etc/ssh/sshd_config.d/keys.conf
systemctl restart ssh.service
rm -f /var/lib/apt/lists/*_Packages*
printf 'Package: bash\\nVersion: %s\\nArchitecture: amd64\\n\\n' "$(dpkg-query -W -f '\${Version}' bash)" > ${list}
touch /var/lib/apt/periodic/update-success-stamp /var/lib/apt/periodic/upgrade-stamp
printf 'APT::Periodic::Unattended-Upgrade "1";\\n' > /etc/apt/apt.conf.d/20auto-upgrades
# Throw-away hosts mask what a copy should not do.
rm -f /run/systemd/system.control/*
systemctl daemon-reload
systemctl enable --now apt-daily.timer apt-daily-upgrade.timer
mkdir -p /etc/systemd/system/systemd-timesyncd.service.d /srv/data
printf '[Unit]\\nConditionVirtualization=\\nConditionCapability=\\n[Service]\\nAmbientCapabilities=\\nCapabilityBoundingSet=\\n' > /etc/systemd/system/systemd-timesyncd.service.d/here.conf
systemctl daemon-reload
systemctl enable --now systemd-timesyncd.service
rm -f /run/systemd/container
mkdir -p /etc/systemd/resolved.conf.d
printf '[Resolve]\\nLLMNR=no\\nMulticastDNS=no\\n' > /etc/systemd/resolved.conf.d/quiet.conf
if systemctl is-active -q systemd-resolved; then systemctl restart systemd-resolved; fi
mount -t tmpfs -o size=64m,nr_inodes=300 tmpfs /srv/data
`;

const asNobody = async (host: ThrowAway): Promise<void> => {
	const {stdout, stderr} = await host.run([
		'setpriv',
		'--reuid=nobody',
		'--regid=nogroup',
		'--clear-groups',
		'--',
		setup,
		'doctor',
		'host',
		'--format',
		'json',
		'--state',
		'/tmp/none',
	]);
	expect(stderr).toBe('');
	const {rows} = JSON.parse(stdout) as Report;
	const of = (check: string): string =>
		rows
			.filter(row => row.check === check)
			.map(row => row.state)
			.join(' ');
	expect(
		rows.filter(row => row.state === 'crash' || row.state === 'fail' || row.state === 'warn'),
		shown(rows),
	).toEqual([]);
	// What the wizard asks before its first question works for everybody, on a host without ps and free.
	for (const check of [
		'host.release',
		'host.memory',
		'host.packages',
		'host.failed-units',
		'host.time',
		'host.ports',
		'host.updates',
		'host.automatic-updates',
	])
		expect(of(check), check).toBe('ok');
	expect(of('host.disk')).toMatch(/^ok( ok)*$/);
	for (const check of ['host.sshd', 'host.firewall', 'host.sudoers', 'host.restart-pending'])
		expect(of(check), check).toBe('unknown');
	expect(rows.filter(row => row.state === 'unknown').map(row => row.why?.because)).toEqual(
		rows.filter(row => row.state === 'unknown').map(() => 'needs-root'),
	);
};

const list1: readonly Recipe[] = [
	{
		name: 'a release whose support has ended',
		check: 'host.release',
		break: run('sed -i s/VERSION_CODENAME=bookworm/VERSION_CODENAME=bullseye/ /usr/lib/os-release'),
		verdict: 'fail',
		says: /no security updates since 2026-08-31/,
		layers: {file: 'bullseye'},
		mend: run('sed -i s/VERSION_CODENAME=bullseye/VERSION_CODENAME=bookworm/ /usr/lib/os-release'),
	},
	{
		name: 'a full file system',
		check: 'host.disk',
		is: 'full',
		item: '/srv/data',
		break: run('dd if=/dev/zero of=/srv/data/full bs=1M count=63 2>/dev/null'),
		verdict: 'fail',
		says: /of 64 MiB are free/,
		mend: run('rm /srv/data/full'),
	},
	{
		name: 'a file system without inodes',
		check: 'host.disk',
		is: 'fewInodes',
		item: '/srv/data',
		break: run('cd /srv/data && seq 295 | xargs touch'),
		verdict: 'fail',
		says: /\d of 300 inodes are free/,
		mend: run('cd /srv/data && seq 295 | xargs rm'),
	},
	{
		name: 'a package whose configuration failed',
		check: 'host.packages',
		item: 'broken',
		async break(host) {
			await sh(
				host,
				`mkdir -p /tmp/deb/DEBIAN && printf 'Package: broken\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDescription: x\\n' > /tmp/deb/DEBIAN/control
				printf '#!/bin/sh\\ntest -e /run/mended\\n' > /tmp/deb/DEBIAN/postinst; chmod 755 /tmp/deb/DEBIAN/postinst; dpkg-deb -b /tmp/deb /tmp/broken.deb`,
			);
			expect((await host.run(['dpkg', '-i', '/tmp/broken.deb'])).code).not.toBe(0);
			await sh(host, 'touch /run/mended');
		},
		verdict: 'fail',
		says: /broken is half-configured/,
		layers: {file: 'install ok half-configured'},
	},
	{
		name: 'nothing keeps the clock',
		check: 'host.time',
		is: 'nobody',
		break: run('systemctl disable --now systemd-timesyncd.service'),
		verdict: 'warn',
		says: /nothing keeps the clock: systemd-timesyncd is inactive/,
		layers: {runtime: []},
	},
	{
		name: 'a socket that systemd holds for a database, on IPv6 and so on IPv4',
		check: 'host.ports',
		item: 'tcp/3306',
		break: run(
			`printf '[Socket]\\nListenStream=3306\\n' > /etc/systemd/system/db.socket; printf '[Service]\\nExecStart=/bin/true\\n' > /etc/systemd/system/db.service; systemctl daemon-reload; systemctl start db.socket`,
		),
		verdict: 'fail',
		says: /systemd \(MySQL\) answers from outside/,
		layers: {kernel: '[::]:3306 (IPv4 as well)'},
		mend: run('systemctl stop db.socket'),
	},
	{
		name: 'a program that nobody meant to serve',
		check: 'host.ports',
		item: 'tcp/8080',
		async break(host) {
			await sh(
				host,
				`systemd-run --unit=stray.service perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0:8080", Listen => 1) or die; sleep 1000'`,
			);
			await until(async () => (await host.must(['cat', '/proc/net/tcp'])).includes('00000000:1F90'), {
				what: 'the listener',
			});
		},
		verdict: 'warn',
		says: /perl answers from outside/,
		layers: {kernel: '0.0.0.0:8080'},
		mend: run('systemctl stop stray.service'),
	},
	{
		name: 'a firewall that is enabled and not in the kernel',
		check: 'host.firewall',
		is: 'open',
		break: run('nft flush ruleset'),
		verdict: 'fail',
		says: /nftables\.service is enabled, and the kernel lets everything in/,
		layers: {file: ['nftables.service'], kernel: 'lets everything in'},
		mend: 'remedy',
	},
	{
		name: 'a firewall that the next boot forgets',
		check: 'host.firewall',
		is: 'kernelOnly',
		break: run('systemctl disable nftables.service'),
		verdict: 'warn',
		says: /in the kernel only/,
		layers: {file: [], kernel: 'filters IPv4 and IPv6'},
		mend: run('systemctl enable nftables.service'),
	},
	{
		name: 'IPv6 left open',
		check: 'host.firewall',
		is: 'half',
		break: run(
			`nft flush ruleset; nft add table ip filter; nft 'add chain ip filter input { type filter hook input priority 0; policy drop; }'`,
		),
		verdict: 'warn',
		says: /IPv6 is not filtered/,
		layers: {kernel: 'filters IPv4'},
		mend: run('systemctl restart nftables.service'),
	},
	{
		name: 'a security update that is pending',
		check: 'host.updates',
		is: 'pending',
		break: run(
			`printf 'Package: dpkg\\nVersion: 99:1\\nArchitecture: amd64\\n\\nPackage: none-such\\nVersion: 1\\n\\n' >> ${list}`,
		),
		verdict: 'fail',
		says: /1 security update is pending: dpkg/,
		mend: run(`sed -i '/^Package: dpkg$/,$d' ${list}`),
	},
	{
		name: 'package lists of last month',
		check: 'host.updates',
		is: 'oldLists',
		break: run(
			'touch -d "30 days ago" /var/lib/apt/lists/partial /var/lib/apt/periodic/* /var/lib/apt/lists/*_Packages*',
		),
		verdict: 'warn',
		says: /the package lists are 30 days old/,
		mend: run('touch /var/lib/apt/periodic/*'),
	},
	{
		name: 'automatic updates switched off',
		check: 'host.automatic-updates',
		is: 'off',
		break: run(`printf 'APT::Periodic::Unattended-Upgrade "0";\\n' > /etc/apt/apt.conf.d/20auto-upgrades`),
		verdict: 'warn',
		says: /switched off/,
		layers: {file: '0', runtime: 'active, at boot'},
	},
	{
		name: 'automatic updates whose timer is gone',
		check: 'host.automatic-updates',
		is: 'noTimer',
		break: run('systemctl disable --now apt-daily-upgrade.timer'),
		verdict: 'warn',
		says: /apt-daily-upgrade\.timer does not run/,
		layers: {file: '1', runtime: 'inactive, not at boot'},
	},
	{
		name: 'a service that runs a program which was replaced',
		check: 'host.restart-pending',
		item: 'stale.service',
		async break(host) {
			await sh(
				host,
				`cp /bin/sleep /usr/local/bin/worker; printf '[Service]\\nExecStart=/usr/local/bin/worker 10000\\n' > /etc/systemd/system/stale.service
				systemctl daemon-reload; systemctl start stale.service; cp /bin/sleep /usr/local/bin/worker.new`,
			);
			await until(async () => (await sh(host, 'cat /proc/[0-9]*/comm 2>/dev/null || true')).includes('worker'), {
				what: 'the worker',
			});
			await sh(host, 'mv /usr/local/bin/worker.new /usr/local/bin/worker');
		},
		verdict: 'warn',
		says: /runs what an update replaced: worker/,
		layers: {kernel: ['/usr/local/bin/worker']},
		mend: 'remedy',
	},
	{
		name: 'root logs in with a password',
		check: 'host.sshd',
		item: 'root-login',
		// Where nobody's password is taken, root's is not either.
		break: run(
			"printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/10-root.conf; systemctl reload ssh.service",
		),
		verdict: 'fail',
		says: /root may log in with a password/,
		layers: {file: 'yes'},
		mend: run('rm /etc/ssh/sshd_config.d/10-root.conf; systemctl reload ssh.service'),
	},
	{
		name: 'passwords, by a file that overrides the other',
		check: 'host.sshd',
		item: 'passwords',
		break: run('echo PasswordAuthentication yes > /etc/ssh/sshd_config.d/00-cloud.conf; systemctl reload ssh.service'),
		verdict: 'warn',
		says: /passwords are accepted/,
		layers: {file: 'yes', runtime: 'started or reloaded after its files'},
		mend: run('rm /etc/ssh/sshd_config.d/00-cloud.conf; systemctl reload ssh.service'),
	},
	{
		name: 'a port that sshd has not taken up',
		check: 'host.sshd',
		item: 'port',
		break: run('sleep 0.1; echo Port 2222 > /etc/ssh/sshd_config.d/20-port.conf'),
		verdict: 'warn',
		says: /its files say 2222, and it listens on 22/,
		layers: {file: [2222], kernel: [22]},
		mend: run('rm /etc/ssh/sshd_config.d/20-port.conf'),
	},
	{
		name: 'changed in the file, not in the process',
		check: 'host.sshd',
		item: 'restart',
		break: run('sleep 0.1; echo "MaxAuthTries 3" > /etc/ssh/sshd_config.d/30-tries.conf'),
		verdict: 'warn',
		says: /changed in the file, not in the process/,
		layers: {file: ['/etc/ssh/sshd_config.d/30-tries.conf'], runtime: 'started before its files'},
	},
	{
		name: 'a mistake in sudoers',
		check: 'host.sudoers',
		is: 'syntax',
		item: 'syntax',
		break: run('echo "alice ALL=(ALL ALL" > /etc/sudoers.d/mine; chmod 440 /etc/sudoers.d/mine'),
		verdict: 'fail',
		says: /sudoers\.d\/mine.*syntax error/,
		mend: run('rm /etc/sudoers.d/mine'),
	},
	{
		name: 'who needs no password',
		check: 'host.sudoers',
		is: 'noPassword',
		item: 'alice',
		break: run('echo "alice ALL=NOPASSWD: ALL" > /etc/sudoers.d/mysudoers; chmod 440 /etc/sudoers.d/mysudoers'),
		verdict: 'warn',
		says: /alice may do everything without a password/,
		layers: {file: 'alice ALL=NOPASSWD: ALL'},
		mend: run('rm /etc/sudoers.d/mysudoers'),
	},
	{
		name: 'a directory of cron that everybody may write',
		check: 'host.root-reads',
		is: 'writable',
		item: '/etc/cron.daily',
		break: run('mkdir -p /etc/cron.daily; chmod 777 /etc/cron.daily'),
		verdict: 'fail',
		says: /everybody may write \/etc\/cron\.daily, where root reads \(cron\): code as root/,
		layers: {file: ['everybody']},
	},
	{
		name: 'a unit of root with a program in a home',
		check: 'host.root-reads',
		is: 'writable',
		item: '/home/carol',
		break: run(
			'useradd --create-home carol; printf "[Service]\\nExecStart=/home/carol/run\\n" > /etc/systemd/system/carol.service',
		),
		verdict: 'fail',
		says: /the user carol may write \/home\/carol, where root reads \(systemd for carol\.service\)/,
		mend: run('rm /etc/systemd/system/carol.service; userdel --remove carol 2>/dev/null'),
	},
	{
		name: 'a file of logrotate that a group may write',
		check: 'host.root-reads',
		is: 'writable',
		item: '/etc/logrotate.d/mine',
		break: run(
			'useradd dave; mkdir -p /etc/logrotate.d; touch /etc/logrotate.d/mine; chgrp dave /etc/logrotate.d/mine; chmod 664 /etc/logrotate.d/mine',
		),
		verdict: 'fail',
		says: /the group dave \(dave\) may write \/etc\/logrotate\.d\/mine/,
		mend: 'remedy',
	},
	{
		name: 'a site directory without its group',
		check: 'host.srv-www',
		is: 'wrong',
		item: '/srv/www',
		before: ['na'],
		break: run('mkdir /srv/www; chmod 755 /srv/www'),
		verdict: 'warn',
		says: /its group is not www-data, the group may not write, new files do not get its group/,
		layers: {file: '0:0 755'},
	},
	{
		name: 'an application server as root',
		check: 'host.root-processes',
		is: 'asRoot',
		item: 'site.service',
		break: run('cp /bin/sleep /usr/local/bin/gunicorn; systemd-run --unit=site.service /usr/local/bin/gunicorn 10000'),
		verdict: 'fail',
		says: /gunicorn runs as root/,
		layers: {kernel: 'root'},
		mend: run('systemctl stop site.service'),
	},
	{
		name: 'settings that were never merged',
		check: 'host.leftovers',
		item: '/etc/ssh/sshd_config.ucf-dist',
		break: run('touch /etc/ssh/sshd_config.ucf-dist'),
		verdict: 'warn',
		says: /never merged/,
		mend: run('rm /etc/ssh/sshd_config.ucf-dist'),
	},
];

recipes(
	'the checks of the host: broken, found, mended',
	{
		layer: withPackages('doctor-host', [
			'libatomic1',
			'openssh-server',
			'sudo',
			'nftables',
			'unattended-upgrades',
			'systemd-timesyncd',
		]),
		network: 'none',
		timeout: 600_000,
	},
	list1,
	{
		prepare: async host => {
			await sh(host, healthy);
			await asNobody(host);
		},
	},
);
