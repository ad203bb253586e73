/** What a stranger can put where root looks for a server or for its options: sockets, option files, cron's path, a directory for a report. Each has a marker. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {Row} from '#doctor/types.ts';

import {doctorIn, shown, withProgram} from '../doctor/support/recipes.ts';
import {services} from '../doctor/support/services.ts';
import {put, sh} from '../doctor/support/web.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';

const row = (rows: readonly Row[], check: string, item?: string): Row | undefined =>
	rows.find(one => one.check === check && (item === undefined || one.item === item));

hostTest(
	'no password goes to a socket of a stranger, no option of theirs to a client of root, no report through their link',
	withProgram({layer: services, network: 'none', timeout: 600_000}),
	async host => {
		buildProgram();
		await sh(host, 'useradd --create-home eve; chmod 755 /home/eve; install -d -o eve /srv/x; systemctl start mariadb');
		await put(host, '/home/eve/listen.py', listening);

		// A client's options name code and servers.
		expect(row((await doctorIn(host, 'mysql')).report.rows, 'mysql.accounts')?.state).toBe('ok');
		await put(host, '/srv/x/evil.cnf', '[client]\nplugin-dir=/srv/x\ndefault-auth=evil\n');
		await put(host, '/etc/mysql/conf.d/zz.cnf', '!include /srv/x/evil.cnf\n');
		await sh(host, 'chown eve: /srv/x/evil.cnf');
		const {rows} = (await doctorIn(host)).report;
		expect(row(rows, 'mysql.accounts')?.state, shown(rows)).toBe('ok');
		expect(row(rows, 'host.root-reads', '/srv/x')?.says, shown(rows)).toContain('client of MariaDB');
		await sh(host, 'rm /etc/mysql/conf.d/zz.cnf');

		// A socket in /tmp, while its server is down.
		await put(host, '/etc/mysql/conf.d/zz.cnf', '[mysqld]\nsocket=/tmp/mysql.sock\n');
		await put(
			host,
			'/etc/supervisor/supervisord.conf',
			'[unix_http_server]\nfile=/tmp/supervisor.sock\nusername=root\npassword=secret-of-root\n[supervisord]\n',
		);
		await sh(
			host,
			`systemctl stop supervisor mariadb redis-server
sed -i 's/^# *unixsocket .*//; s/^port .*/port 0/' /etc/redis/redis.conf; printf 'unixsocket /tmp/redis.sock\\nrequirepass secret-of-root\\n' >> /etc/redis/redis.conf
runuser -u eve -- setsid python3 /home/eve/listen.py /tmp/mysql.sock /tmp/supervisor.sock /tmp/redis.sock >/dev/null 2>&1 &`,
		);
		await until(async () => (await host.run(['test', '-S', '/tmp/redis.sock'])).code === 0, {what: 'her sockets'});
		const told = (await doctorIn(host)).report.rows;
		expect((await host.run(['cat', '/home/eve/heard'])).stdout, shown(told)).toBe('');
		// And she is heard where she is meant, or nothing was shown.
		await host.run(['python3', '-c', "import socket; s=socket.socket(socket.AF_UNIX); s.connect('/tmp/redis.sock')"]);
		await until(async () => (await host.run(['test', '-s', '/home/eve/heard'])).code === 0, {what: 'her ear'});
		await sh(host, 'pkill -u eve; rm -f /tmp/*.sock /etc/mysql/conf.d/zz.cnf');

		// What root runs by way of somebody else's directory is told.
		await put(host, '/etc/cron.d/x', 'PATH=/srv/x:/usr/bin\n5 4 * * * root tidy\n6 4 * * * root cd /srv/x && ./tick\n');
		expect(row((await doctorIn(host, 'host.root-reads')).report.rows, 'host.root-reads', '/srv/x')).toMatchObject({
			state: 'fail',
			says: expect.stringContaining('cron'),
		});

		// A report that the operator wants in her directory, which is a link by then.
		await sh(host, 'mkdir /etc/victim.d; runuser -u eve -- ln -s /etc/victim.d /srv/x/reports');
		const report = await host.run([setup, 'doctor', 'host.memory', '--format', 'json', '--output', '/srv/x/reports/r']);
		expect(report.code).not.toBe(0);
		expect(report.stderr).toContain('is a link to /etc/victim.d');
		expect(readdirSync(join(host.root, 'etc/victim.d'))).toEqual([]);
		await host.must([setup, 'doctor', 'host.memory', '--format', 'json', '--output', '/srv/x/r.json']);
		expect(await host.must(['stat', '-c', '%U %a', '/srv/x/r.json'])).toBe('root 600\n');
	},
);

/** Says in a file when somebody comes, and what they say first. */
const listening = `import os, select, socket, sys
ears = []
for path in sys.argv[1:]:
    one = socket.socket(socket.AF_UNIX)
    one.bind(path)
    os.chmod(path, 0o777)
    one.listen()
    ears.append(one)
out = open('/home/eve/heard', 'ab', buffering=0)
while True:
    for one in select.select(ears, [], [])[0]:
        client, _ = one.accept()
        client.settimeout(1)
        try:
            said = client.recv(4096)
        except OSError:
            said = b''
        out.write(b'somebody: ' + said + b'\\n')
        client.close()
`;
