/** The checks of the host itself, each broken for real on a booted Debian; first as an ordinary user, who must get no false ok and no false failure. */
import {expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {withPackages} from '../support/with-host.ts';
import {doctorIn, type Recipe, recipes, shown} from './support/recipes.ts';

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
mkdir -p /var/log/journal
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
		is: 'ended',
		break: run('sed -i s/VERSION_CODENAME=bookworm/VERSION_CODENAME=bullseye/ /usr/lib/os-release'),
		verdict: 'fail',
		says: /no security updates since 2026-08-31/,
		layers: {file: 'bullseye'},
		mend: run('sed -i s/VERSION_CODENAME=bullseye/VERSION_CODENAME=bookworm/ /usr/lib/os-release'),
	},
	{
		name: '/usr/share with the mode 750',
		check: 'host.open',
		is: 'shut',
		item: '/usr/share',
		break: run('chmod 750 /usr/share'),
		verdict: 'fail',
		says: /is closed to everybody but its owner \(mode 0750\)/,
		mend: 'remedy',
	},
	{
		name: '/etc/nsswitch.conf with the mode 600',
		check: 'host.open',
		is: 'unreadable',
		item: '/etc/nsswitch.conf',
		break: run('chmod 600 /etc/nsswitch.conf'),
		verdict: 'fail',
		says: /cannot be read by everybody/,
		mend: 'remedy',
	},
	{
		name: '/tmp with the mode 755',
		check: 'host.open',
		is: 'notWritable',
		item: '/tmp',
		break: run('chmod 755 /tmp'),
		verdict: 'fail',
		says: /cannot be written by everybody/,
		mend: 'remedy',
	},
	{
		name: '/tmp with the mode 777',
		check: 'host.open',
		is: 'notSticky',
		item: '/tmp',
		break: run('chmod 777 /tmp'),
		verdict: 'fail',
		says: /without the sticky bit/,
		mend: 'remedy',
	},
	{
		name: 'a file in the place of /dev/null',
		check: 'host.open',
		is: 'device',
		item: '/dev/null',
		break: run('mv /dev/null /dev/null.kept; echo lost > /dev/null; chmod 644 /dev/null'),
		verdict: 'fail',
		says: /\/dev\/null is a file/,
		mend: run('mv /dev/null.kept /dev/null'),
	},
	{
		name: 'no /etc/hosts',
		check: 'host.open',
		is: 'gone',
		item: '/etc/hosts',
		break: run('mv /etc/hosts /root/hosts'),
		verdict: 'fail',
		says: /\/etc\/hosts is not there/,
		mend: run('mv /root/hosts /etc/hosts'),
	},
	{
		name: 'localhost somewhere else',
		check: 'host.open',
		is: 'localhost',
		item: 'localhost',
		break: run('cp /etc/hosts /root/hosts; echo "203.0.113.7 localhost" > /etc/hosts'),
		verdict: 'fail',
		says: /localhost is 203\.0\.113\.7/,
		mend: run('cp /root/hosts /etc/hosts'),
	},
	{
		name: 'a limit that lets nobody in',
		check: 'host.logins',
		is: 'limited',
		item: '* maxlogins',
		break: run(
			'cp /etc/security/limits.conf /root/limits.conf; echo "* hard maxlogins 0" >> /etc/security/limits.conf',
		),
		verdict: 'fail',
		says: /nobody but root may log in \(maxlogins 0, \/etc\/security\/limits\.conf:\d+\)/,
		mend: run('cp /root/limits.conf /etc/security/limits.conf'),
	},
	{
		name: 'logins closed since some maintenance',
		check: 'host.logins',
		is: 'closed',
		item: '/etc/nologin',
		break: run('echo maintenance > /etc/nologin'),
		verdict: 'warn',
		says: /nobody but root may log in/,
		mend: 'remedy',
	},
	{
		name: 'no loopback',
		check: 'host.open',
		is: 'loopback',
		item: 'lo',
		break: run('ip link set lo down'),
		verdict: 'fail',
		says: /the interface lo is down/,
		mend: 'remedy',
	},
	{
		name: 'a name that nobody knows',
		check: 'host.open',
		is: 'ownName',
		item: 'renamed-by-hand',
		break: run('hostname > /root/name; hostname renamed-by-hand'),
		verdict: 'warn',
		says: /renamed-by-hand, has no address/,
		mend: run('hostname "$(cat /root/name)"'),
	},
	{
		name: 'a line of PAM that says no to everybody',
		check: 'host.logins',
		is: 'refused',
		item: 'login account',
		break: run(
			"cp /etc/pam.d/common-account /root/; sed -i '1i account requisite pam_deny.so' /etc/pam.d/common-account",
		),
		verdict: 'fail',
		says: /PAM refuses everybody at login, whatever they prove \(account\)/,
		mend: run('cp /root/common-account /etc/pam.d/common-account'),
	},
	{
		name: 'a program that was moved while it runs',
		check: 'services.programs',
		is: 'gone',
		item: 'ssh.service /usr/sbin/sshd',
		break: run('mv /usr/sbin/sshd /usr/sbin/sshd.old'),
		verdict: 'fail',
		says: /ssh\.service does not start again: \/usr\/sbin\/sshd is not there/,
		mend: run('mv /usr/sbin/sshd.old /usr/sbin/sshd'),
	},
	{
		name: 'a program that lost its x bit while it runs',
		check: 'services.programs',
		is: 'notExecutable',
		item: 'ssh.service /usr/sbin/sshd',
		break: run('chmod 644 /usr/sbin/sshd'),
		verdict: 'fail',
		says: /is not executable/,
		mend: 'remedy',
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
		is: 'half',
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
		name: 'a unit that ends again and again and is never failed',
		check: 'host.failed-units',
		is: 'loops',
		item: 'loop.service',
		async break(host) {
			await sh(
				host,
				`printf '[Service]\\nExecStart=/bin/sleep 0.2\\nRestart=always\\nRestartSec=200ms\\n' > /etc/systemd/system/loop.service
				systemctl daemon-reload; systemctl start loop.service`,
			);
			await until(async () => Number(await host.must(['systemctl', 'show', '-P', 'NRestarts', 'loop.service'])) >= 3, {
				what: 'some restarts',
			});
		},
		verdict: 'fail',
		says: /ends again and again: systemd has started it \d+ times/,
		mend: run('systemctl stop loop.service; rm /etc/systemd/system/loop.service; systemctl daemon-reload'),
	},
	{
		name: 'a line of fstab whose disk is not there',
		check: 'boot.fstab',
		is: 'noSource',
		item: '/srv/gone',
		break: run(
			'cp /etc/fstab /root/fstab; mkdir -p /srv/gone; echo "/dev/sdz9 /srv/gone ext4 defaults 0 2" >> /etc/fstab',
		),
		verdict: 'fail',
		says: /\/dev\/sdz9 is not there.* emergency shell/,
		layers: {file: '/dev/sdz9: not there'},
		mend: run("sed -i '/sdz9/s/defaults/nofail/' /etc/fstab"),
	},
	{
		name: 'a swap file that is not there',
		check: 'boot.fstab',
		is: 'noSwap',
		item: '/swapfile',
		break: run('echo "/swapfile none swap sw 0 0" >> /etc/fstab'),
		verdict: 'warn',
		says: /the swap \/swapfile is not there/,
		mend: run("sed -i '/swapfile/d' /etc/fstab"),
	},
	{
		name: 'a share that no program of this host mounts',
		check: 'boot.fstab',
		is: 'noType',
		item: '/mnt',
		break: run('echo "nas.example.org:/x /mnt nfs defaults 0 0" >> /etc/fstab'),
		verdict: 'warn',
		says: /nothing on this host can mount nfs/,
		mend: run("sed -i '/nas.example/s/defaults/noauto/' /etc/fstab"),
	},
	{
		name: 'a mount point that is gone',
		check: 'boot.fstab',
		is: 'noPoint',
		item: '/srv/scratch',
		break: run('echo "tmpfs /srv/scratch tmpfs size=1m 0 0" >> /etc/fstab'),
		verdict: 'warn',
		says: /\/srv\/scratch is not there/,
		mend: 'remedy',
	},
	{
		name: 'a file system that somebody unmounted',
		check: 'boot.fstab',
		is: 'notMounted',
		item: '/srv/scratch',
		break: run('umount /srv/scratch'),
		verdict: 'warn',
		says: /\/srv\/scratch is not mounted/,
		mend: run('mount /srv/scratch'),
	},
	{
		name: 'a line of fstab with a blank in a name',
		check: 'boot.fstab',
		is: 'unread',
		break: run('echo "/dev/sdz9 /srv/my data ext4 nofail 0 2" >> /etc/fstab'),
		verdict: 'warn',
		says: /is none that mount reads/,
		mend: run('umount /srv/scratch; cp /root/fstab /etc/fstab; systemctl daemon-reload'),
	},
	{
		name: 'a unit that changed and was not read',
		check: 'boot.unit-files',
		is: 'unread',
		item: 'job.service',
		break: run(`
			printf '[Service]\\nExecStart=/bin/sleep 10000\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/job.service
			systemctl daemon-reload; systemctl enable --now job.service; sleep 1.1
			mkdir /etc/systemd/system/job.service.d; printf '[Service]\\nNice=5\\n' > /etc/systemd/system/job.service.d/nice.conf`),
		verdict: 'warn',
		says: /job\.service\.d\/nice\.conf changed and systemd has not read it: job\.service is run as before/,
		mend: 'remedy',
	},
	{
		name: 'a unit that changed, with a mistake in it',
		check: 'boot.unit-files',
		is: 'refused',
		item: 'job.service',
		break: run('sleep 1.1; sed -i s/ExecStart/ExecStrat/ /etc/systemd/system/job.service'),
		verdict: 'fail',
		says: /does not start with it again: .*ExecStrat/,
		mend: run('sed -i s/ExecStrat/ExecStart/ /etc/systemd/system/job.service; systemctl daemon-reload'),
	},
	{
		name: 'a unit with a mistake in it that systemd has read',
		check: 'boot.unit-files',
		is: 'bad',
		item: 'job.service',
		break: run('sed -i s/ExecStart/ExecStrat/ /etc/systemd/system/job.service; systemctl daemon-reload'),
		verdict: 'fail',
		says: /job\.service runs, and does not start again: .*ExecStrat/,
		layers: {runtime: 'bad-setting'},
		mend: run('sed -i s/ExecStrat/ExecStart/ /etc/systemd/system/job.service; systemctl daemon-reload'),
	},
	{
		name: 'a unit that is enabled, and whose file is gone',
		check: 'boot.unit-files',
		is: 'bad',
		item: 'job.service',
		break: run('systemctl stop job.service; mv /etc/systemd/system/job.service /root; systemctl daemon-reload'),
		verdict: 'fail',
		says: /job\.service is enabled, and does not start: its file is gone/,
		mend: run(
			'rm -r /etc/systemd/system/job.service.d /etc/systemd/system/*.wants/job.service; systemctl daemon-reload',
		),
	},
	{
		name: 'a boot into the rescue shell',
		check: 'boot.unit-files',
		is: 'wrongTarget',
		item: 'default.target',
		break: run('systemctl set-default rescue.target'),
		verdict: 'fail',
		says: /leads to rescue\.target: a shell at the console/,
		mend: 'remedy',
	},
	{
		name: 'a boot into nothing',
		check: 'boot.unit-files',
		is: 'noTarget',
		item: 'default.target',
		break: run('ln -sfn /lib/systemd/system/multi-usr.target /etc/systemd/system/default.target'),
		verdict: 'fail',
		says: /leads to multi-usr\.target, which is not there/,
		mend: 'remedy',
	},
	{
		name: 'a journal that keeps nothing',
		check: 'boot.kept-logs',
		is: 'nowhere',
		break: run(
			"mkdir -p /var/log/journal /etc/systemd/journald.conf.d; printf '[Journal]\\nStorage=none\\n' > /etc/systemd/journald.conf.d/none.conf",
		),
		verdict: 'warn',
		says: /keeps nothing \(Storage=none\)/,
		layers: {file: 'none'},
		mend: run('rm /etc/systemd/journald.conf.d/none.conf'),
	},
	{
		name: 'a journal in memory alone',
		check: 'boot.kept-logs',
		is: 'inMemory',
		break: run('rm -r /var/log/journal'),
		verdict: 'warn',
		says: /there is no \/var\/log\/journal/,
		mend: 'remedy',
	},
	{
		name: 'a configuration that apt cannot read',
		check: 'host.package-sources',
		is: 'unreadable',
		break: run('printf \'APT { Get "1"\\n\' > /etc/apt/apt.conf.d/98mistake'),
		verdict: 'fail',
		says: /apt does not run, .*98mistake:2/,
		mend: run('rm /etc/apt/apt.conf.d/98mistake'),
	},
	{
		name: 'no package source at all',
		check: 'host.package-sources',
		is: 'none',
		break: run('mkdir /root/apt; mv /etc/apt/sources.list* /root/apt'),
		verdict: 'warn',
		says: /there is no package source/,
		mend: run('mv /root/apt/sources.list* /etc/apt'),
	},
	{
		name: 'a database of packages that is empty',
		check: 'host.packages',
		is: 'lost',
		item: 'status',
		break: run('cp /var/lib/dpkg/status /var/lib/dpkg/status-old; : > /var/lib/dpkg/status'),
		verdict: 'fail',
		says: /names no package/,
		mend: 'remedy',
	},
	{
		name: 'a package on hold',
		check: 'host.updates',
		is: 'onHold',
		item: 'hold',
		break: run("echo 'dpkg hold' | dpkg --set-selections"),
		verdict: 'warn',
		says: /dpkg is on hold/,
		mend: run("echo 'dpkg install' | dpkg --set-selections"),
	},
	{
		name: 'a unit that somebody froze',
		check: 'host.failed-units',
		is: 'stilled',
		item: 'still.service',
		break: run('systemd-run --unit=still.service sleep 1000; systemctl freeze still.service'),
		verdict: 'fail',
		says: /still.service is active, and frozen/,
		mend: 'remedy',
	},
	{
		name: 'an account with an empty password',
		check: 'host.logins',
		is: 'noPassword',
		item: 'guest',
		break: run('useradd -m guest; passwd -d guest'),
		verdict: 'fail',
		says: /guest has an empty password/,
		mend: 'remedy',
	},
	{
		name: 'root by another name',
		check: 'host.logins',
		is: 'otherRoot',
		item: 'toor',
		break: run('useradd -o -u 0 toor'),
		verdict: 'fail',
		layers: {file: 0},
		mend: run("sed -i '/^toor:/d' /etc/passwd /etc/shadow"),
	},
	{
		name: 'a line of PAM that says yes before the others are asked',
		check: 'host.logins',
		is: 'open',
		item: 'login',
		async break(host) {
			await sh(
				host,
				"cp -a /etc/pam.d/common-auth /root/common-auth; sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/common-auth",
			);
			expect(await sh(host, 'su -s /bin/sh nobody -c "su root -c id </dev/null"')).toContain('uid=0(root)');
		},
		verdict: 'fail',
		says: /PAM lets everybody in to login, whatever they type \(\/etc\/pam.d\/common-auth:1\)/,
		mend: run('cp -a /root/common-auth /etc/pam.d/common-auth'),
	},
	...['pam_localuser.so', 'pam_succeed_if.so quiet', 'pam_succeed_if.so uid >= 0', 'pam_permit.so'].map(
		(module): Recipe => ({
			name: `whoever has an account becomes root: ${module}`,
			check: 'host.logins',
			is: 'open',
			item: 'su',
			async break(host) {
				await sh(host, `sed -i '1i auth sufficient ${module}' /etc/pam.d/su`);
				expect(
					await sh(host, "setpriv --reuid=daemon --regid=daemon --clear-groups sh -c 'echo wrong | su -c id root'"),
				).toContain('uid=0');
			},
			verdict: 'fail',
			says: /PAM lets everybody in to su, whatever they type \(\/etc\/pam\.d\/su:1\)/,
			mend: run('sed -i 1d /etc/pam.d/su'),
		}),
	),
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
		is: 'outside',
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
		is: 'outside',
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
		name: 'a proxy of systemd hands a database of this host on',
		check: 'host.ports',
		is: 'forwards',
		item: 'tcp/7001',
		break: run(`
			printf '[Socket]\\nListenStream=7001\\n' > /etc/systemd/system/pass.socket
			printf '[Service]\\nExecStart=/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:5432\\n' > /etc/systemd/system/pass.service
			systemctl daemon-reload; systemctl start pass.socket`),
		verdict: 'fail',
		says: /systemd-socket-proxyd takes it from outside and hands it on to port 5432 of this host alone \(PostgreSQL\)/,
		mend: run('systemctl stop pass.socket; rm /etc/systemd/system/pass.*; systemctl daemon-reload'),
	},
	{
		name: 'a rule of the kernel sends what comes from outside to a database of this host',
		check: 'host.ports',
		is: 'forwards',
		item: 'tcp/33061',
		break: run(
			"nft 'table ip pass { chain pre { type nat hook prerouting priority -100; tcp dport 33061 dnat to 127.0.0.1:3306; }; }'",
		),
		verdict: 'fail',
		says: /a rule of the kernel takes it from outside and hands it on to port 3306 of this host alone \(MySQL\)/,
		mend: run('nft delete table ip pass'),
	},
	{
		name: 'a copy of the passwords that everybody may read',
		check: 'host.secrets',
		is: 'copy',
		item: '/etc/shadow.bak',
		break: run('install -m 644 /etc/shadow /etc/shadow.bak'),
		verdict: 'fail',
		says: /everybody can read \/etc\/shadow\.bak, a copy of \/etc\/shadow: passwords of accounts/,
		layers: {file: ['everybody']},
		mend: 'remedy',
	},
	{
		name: 'a key of sshd that its mode gives away',
		check: 'host.secrets',
		is: 'open',
		item: '/etc/ssh/ssh_host_ed25519_key',
		async break(host) {
			// A public key, an example without a password and a closed copy are none.
			await sh(
				host,
				'cp -p /etc/shadow /etc/shadow.old; install -m 644 /etc/ssh/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_ed25519_key.pub.bak',
			);
			const {report} = await doctorIn(host, 'host.secrets');
			expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
			await sh(host, 'chmod 644 /etc/ssh/ssh_host_ed25519_key');
		},
		verdict: 'fail',
		says: /everybody can read \/etc\/ssh\/ssh_host_ed25519_key: a private key/,
		mend: 'remedy',
	},
	{
		name: 'the secrets of a service that its unit names',
		check: 'host.secrets',
		is: 'open',
		item: '/etc/shop.env',
		break: run(`
			printf 'SHOP_SECRET=abcdefghijkl\\n' > /etc/shop.env; chmod 644 /etc/shop.env
			printf '[Service]\\nEnvironmentFile=/etc/shop.env\\nExecStart=/bin/true\\n' > /etc/systemd/system/shop.service`),
		verdict: 'fail',
		says: /everybody can read \/etc\/shop\.env: secrets of a service/,
		mend: run('rm /etc/shop.env /etc/systemd/system/shop.service'),
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
		name: 'a security update of a package that is held',
		check: 'host.updates',
		is: 'held',
		break: run(
			`printf 'Package: dpkg\\nVersion: 99:1\\nArchitecture: amd64\\n\\n' >> ${list}; echo 'dpkg hold' | dpkg --set-selections`,
		),
		verdict: 'fail',
		says: /dpkg has a security update, and is held/,
		mend: run(`echo 'dpkg install' | dpkg --set-selections; sed -i '/^Package: dpkg$/,$d' ${list}`),
	},
	{
		name: 'a source that needs no signature',
		check: 'host.package-sources',
		is: 'unsigned',
		item: 'http://deb.example.org/x',
		break: run("echo 'deb [trusted=yes] http://deb.example.org/x ./' > /etc/apt/sources.list.d/x.list"),
		verdict: 'fail',
		says: /is taken without a signature \(trusted=yes\)/,
		mend: run('rm /etc/apt/sources.list.d/x.list'),
	},
	{
		name: 'apt told to take packages without a signature',
		check: 'host.package-sources',
		is: 'lax',
		item: 'APT::Get::AllowUnauthenticated',
		break: run(`echo 'APT { Get { AllowUnauthenticated "true"; }; };' > /etc/apt/apt.conf.d/99x`),
		verdict: 'fail',
		says: /packages without a signature are installed/,
		mend: run('rm /etc/apt/apt.conf.d/99x'),
	},
	{
		name: 'a name server that is not there',
		check: 'host.resolver',
		is: 'silent',
		item: '127.0.0.9',
		break: run(
			'ip route add default dev eth0; cat /etc/resolv.conf > /root/resolv; echo nameserver 127.0.0.9 > /etc/resolv.conf',
		),
		verdict: 'fail',
		says: /127\.0\.0\.9 gives no answer: no name is found/,
		mend: run('ip route del default; cat /root/resolv > /etc/resolv.conf'),
	},
	{
		name: 'a name server that this host has no way to',
		check: 'host.resolver',
		is: 'silent',
		item: '2001:db8::53',
		break: run(
			'ip route add default dev eth0; cat /etc/resolv.conf > /root/resolv; echo nameserver 2001:db8::53 > /etc/resolv.conf',
		),
		verdict: 'fail',
		says: /2001:db8::53 gives no answer/,
		mend: run('ip route del default; cat /root/resolv > /etc/resolv.conf'),
	},
	{
		name: 'no source of names but the file',
		check: 'host.resolver',
		is: 'unasked',
		item: 'hosts',
		break: run("ip route add default dev eth0; sed -i.was 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /no name server is asked/,
		mend: run('ip route del default; mv /etc/nsswitch.conf.was /etc/nsswitch.conf'),
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
		is: 'service',
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
		is: 'rootPassword',
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
		is: 'passwords',
		item: 'passwords',
		break: run('echo PasswordAuthentication yes > /etc/ssh/sshd_config.d/00-cloud.conf; systemctl reload ssh.service'),
		verdict: 'warn',
		says: /passwords are accepted/,
		layers: {file: 'yes', runtime: 'started or reloaded after its files'},
		mend: run('rm /etc/ssh/sshd_config.d/00-cloud.conf; systemctl reload ssh.service'),
	},
	{
		name: 'what its command line says over its file',
		check: 'host.sshd',
		is: 'rootPassword',
		item: 'root-login',
		break: run(
			'cp /etc/default/ssh /root/default-ssh; echo \'SSHD_OPTS="-oPermitRootLogin=yes -o PasswordAuthentication=yes"\' > /etc/default/ssh; systemctl restart ssh',
		),
		verdict: 'fail',
		says: /root may log in with a password/,
		mend: run('cp /root/default-ssh /etc/default/ssh; systemctl restart ssh'),
	},
	{
		name: 'a second one, with a file of its own',
		check: 'host.sshd',
		is: 'rootPassword',
		item: 'sshd-admin.service root-login',
		break: run(
			"printf 'Port 2222\\nPermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_admin; printf '[Service]\\nExecStart=/usr/sbin/sshd -D -f /etc/ssh/sshd_admin\\n' > /etc/systemd/system/sshd-admin.service; systemctl daemon-reload; systemctl start sshd-admin; for n in $(seq 200); do ss -Hltn | grep -q ':2222 ' && break; sleep 0.1; done",
		),
		verdict: 'fail',
		says: /root may log in with a password/,
		mend: run('systemctl stop sshd-admin; rm /etc/systemd/system/sshd-admin.service; systemctl daemon-reload'),
	},
	{
		name: 'users without a password',
		check: 'host.sshd',
		is: 'emptyPasswords',
		item: 'passwords',
		break: run(
			"printf 'PasswordAuthentication yes\\nPermitEmptyPasswords yes\\n' > /etc/ssh/sshd_config.d/00-empty.conf; systemctl reload ssh.service",
		),
		verdict: 'fail',
		says: /users without a password may log in/,
		layers: {file: 'yes'},
		mend: run('rm /etc/ssh/sshd_config.d/00-empty.conf; systemctl reload ssh.service'),
	},
	{
		name: 'a port that sshd has not taken up',
		check: 'host.sshd',
		is: 'port',
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
		is: 'stale',
		item: 'restart',
		break: run('sleep 0.1; echo "MaxAuthTries 3" > /etc/ssh/sshd_config.d/30-tries.conf'),
		verdict: 'warn',
		says: /changed in the file, not in the process/,
		layers: {file: ['/etc/ssh/sshd_config.d/30-tries.conf'], runtime: 'started before its files'},
	},
	{
		name: 'a group of sudo that is asked for no password',
		check: 'host.sudoers',
		is: 'noPassword',
		item: 'grouped',
		break: run(
			"useradd -m grouped; printf 'Defaults:%%grouped !authenticate\\ngrouped ALL=(ALL) ALL\\n' > /etc/sudoers.d/grouped; chmod 440 /etc/sudoers.d/grouped; runuser -u grouped -- sudo -n true",
		),
		verdict: 'warn',
		mend: run('rm /etc/sudoers.d/grouped; userdel -r grouped 2>/dev/null'),
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
		name: 'one command without a password, which runs what it is told',
		check: 'host.sudoers',
		is: 'wayToRoot',
		item: 'alice',
		break: run(
			'mkdir /etc/sudoers.more; echo "alice ALL=(root) NOPASSWD: /usr/bin/find" > /etc/sudoers.more/a; chmod 440 /etc/sudoers.more/a; echo "@includedir /etc/sudoers.more" > /etc/sudoers.d/more; chmod 440 /etc/sudoers.d/more',
		),
		verdict: 'warn',
		says: /alice may run \/usr\/bin\/find as root without a password/,
		mend: run('rm -r /etc/sudoers.more /etc/sudoers.d/more'),
	},
	{
		name: 'one harmless command without a password, and whatever environment',
		check: 'host.sudoers',
		is: 'wayToRoot',
		item: 'alice',
		break: run(
			'printf "alice ALL=NOPASSWD: SETENV: /usr/bin/id\\nbob elsewhere=NOPASSWD: ALL\\n" > /etc/sudoers.d/env; chmod 440 /etc/sudoers.d/env',
		),
		verdict: 'warn',
		says: /alice may run \/usr\/bin\/id .* LD_PRELOAD/,
		mend: run('rm /etc/sudoers.d/env'),
	},
	{
		name: 'a copy of a shell that makes whoever runs it root',
		check: 'host.setuid',
		is: 'setuid',
		item: '/var/tmp/.cache/x',
		break: run('mkdir -p /var/tmp/.cache; cp /bin/dash /var/tmp/.cache/x; chmod 4755 /var/tmp/.cache/x'),
		verdict: 'fail',
		says: /is a copy of dash with the setuid bit of root/,
		mend: 'remedy',
	},
	{
		name: 'an interpreter with capabilities',
		check: 'host.setuid',
		is: 'capable',
		item: '/usr/local/bin/python3.11',
		break: run('cp /bin/true /usr/local/bin/python3.11; setcap cap_setuid=ep /usr/local/bin/python3.11'),
		verdict: 'fail',
		says: /has cap_setuid=ep/,
		mend: 'remedy',
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
		is: 'unmerged',
		item: '/etc/ssh/sshd_config.ucf-dist',
		break: run('touch /etc/ssh/sshd_config.ucf-dist'),
		verdict: 'warn',
		says: /never merged/,
		mend: run('rm /etc/ssh/sshd_config.ucf-dist'),
	},
	{
		name: 'what an installation left that was cut off',
		check: 'host.leftovers',
		is: 'cutOff',
		item: '/etc/ssh/ssh_config.dpkg-new',
		break: run('touch /etc/ssh/ssh_config.dpkg-new'),
		verdict: 'warn',
		says: /cut off/,
		mend: run('rm /etc/ssh/ssh_config.dpkg-new'),
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
			'libcap2-bin',
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
