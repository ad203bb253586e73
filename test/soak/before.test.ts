/** What `setup doctor --before trixie` says of a Debian 12, and then the upgrade itself: each row is what really happens. */
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {put, sh} from '../host/doctor/support/inside.ts';
import {buildProgram, checkout, setup} from '../host/support/setup.ts';
import {hostTest, withPackages} from '../host/support/with-host.ts';

const servers = [
	'libatomic1',
	'nginx',
	'openssh-server',
	'dovecot-core',
	'postgresql',
	'mariadb-server',
	'php8.2-fpm',
	'python3-venv',
	'ntp',
];

const unit = `[Service]
User=nobody
ExecStart=/srv/app/venv/bin/python -m app_thing
`;

hostTest(
	'before an upgrade from 12 to 13, what it takes away is said; the upgrade takes it away',
	{layer: withPackages('before-upgrade', servers), binds: [bring(checkout)], timeout: 2_400_000},
	async host => {
		buildProgram();
		await prepare(host);
		const told = await host.run([setup, 'doctor', '--before', 'trixie', '--format', 'json'], {timeout: 60_000});
		const {rows} = JSON.parse(told.stdout) as {
			rows: readonly {readonly key: string; readonly state: string; readonly says: string}[];
		};
		expect(
			rows
				.filter(({state}) => state !== 'ok')
				.map(({key, state}) => `${state} ${key}`)
				.toSorted(),
		).toEqual([
			'fail before.configuration[dovecot /etc/dovecot/dovecot.conf]',
			'fail before.configuration[nginx /etc/nginx/conf.d/old.conf:1]',
			'fail before.configuration[sshd /etc/ssh/sshd_config.d/old.conf:1]',
			'fail before.databases[15/main old_snapshot_threshold]',
			'fail before.environments[/srv/app/venv]',
			'warn before.configuration[systemd-sysctl /etc/sysctl.conf:1]',
			'warn before.databases[15/main]',
			'warn before.databases[mariadb]',
			'warn before.environments[php8.2]',
			'warn before.packages[ntp]',
			'warn before.packages[php8.2-fpm]',
			'warn before.ready[php8.2-fpm]',
		]);
		expect(told.code).toBe(1);

		await host.must(['apt-mark', 'unhold', 'php8.2-fpm']);
		await sh(host, "sed -i 's/bookworm/trixie/' /etc/apt/sources.list && apt-get update -q");
		// nginx and sshd refuse what they find, and dpkg with them: that is what was said.
		const upgraded = await host.run(
			['apt-get', 'full-upgrade', '-y', '-q', '-o', 'Dpkg::Options::=--force-confold', '-o', 'Dpkg::Use-Pty=0'],
			{timeout: 1_500_000, env: {DEBIAN_FRONTEND: 'noninteractive'}},
		);
		expect(await host.must(['cat', '/etc/debian_version'])).toMatch(/^13/);

		const fails = async (...argv: readonly string[]): Promise<string> => {
			const ran = await host.run(argv, {timeout: 60_000});
			expect(ran.code, argv.join(' ')).not.toBe(0);
			return `${ran.stdout}\n${ran.stderr}`;
		};
		expect(await fails('nginx', '-t')).toMatch(/unknown directive "ssl"/);
		expect(await fails('sshd', '-t')).toMatch(/ssh-dss|Bad key types/);
		expect(await fails('doveconf', '-n')).toMatch(/dovecot_config_version/);
		expect(await fails('/srv/app/venv/bin/python', '-m', 'app_thing')).toMatch(/No module named/);
		expect(
			await fails(
				...['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'],
				...['/usr/lib/postgresql/17/bin/postgres', '-C', 'port', '-D', '/var/lib/postgresql/15/main'],
				...['-c', 'config_file=/etc/postgresql/15/main/postgresql.conf'],
			),
		).toMatch(/unrecognized configuration parameter "old_snapshot_threshold"/);
		expect(await host.must(['pg_lsclusters', '-h'])).toMatch(/^15 +main/m);
		expect(await host.must(['mariadbd', '--version'])).toMatch(/11\.8/);
		expect(await host.must(['/usr/lib/systemd/systemd-sysctl', '--cat-config'])).not.toMatch(/swappiness/);
		for (const name of ['ntp', 'php8.2-fpm', 'postgresql-15'])
			expect(await host.must(['apt-cache', 'policy', name]), name).not.toMatch(/trixie/);
		console.log(`full-upgrade ended with ${upgraded.code}`);
	},
);

const prepare = async (host: ThrowAway): Promise<void> => {
	await put(host, '/etc/nginx/conf.d/old.conf', 'ssl off;\n');
	await put(host, '/etc/ssh/sshd_config.d/old.conf', 'PubkeyAcceptedAlgorithms +ssh-dss\n');
	await put(host, '/etc/sysctl.conf', 'vm.swappiness = 7\n');
	await put(host, '/etc/postgresql/15/main/conf.d/old.conf', 'old_snapshot_threshold = 1h\n');
	await put(host, '/etc/systemd/system/app.service', unit);
	await sh(host, 'mkdir -p /srv/app && python3 -m venv /srv/app/venv');
	await put(host, '/srv/app/venv/lib/python3.11/site-packages/app_thing.py', 'import time\ntime.sleep(100000)\n');
	await sh(host, 'systemctl daemon-reload && systemctl start app.service && apt-mark hold php8.2-fpm');
	expect(await host.must(['nginx', '-t'])).toBe('');
	await host.must(['sshd', '-t']);
};
