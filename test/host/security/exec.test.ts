/**
 * What root runs while it only looks: attacks by the user of the application and by an account that has nothing to do with it, each with a marker that code
 * of theirs, or a file of root's made at their word, would leave.
 */
import {describe, expect} from 'vitest';
import type {Row} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, prepareDjango, project, restartApp, settings, unitPath} from '../doctor/support/django.ts';
import {doctorIn, shown, withProgram} from '../doctor/support/recipes.ts';
import {put, sh} from '../doctor/support/web.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';

const want = {layer: djangoLayer, network: 'none', timeout: 900_000} as const;

/** Who runs it says who it was. */
const marking = (name: string): string => `#!/bin/sh\nid -un >> /tmp/marker-${name}\nexit 0\n`;

const markers = async (host: ThrowAway): Promise<string> =>
	(
		await sh(
			host,
			'for one in /tmp/marker-* /etc/marker-*; do test -e "$one" && echo "$one: $(cat "$one")"; done; true',
		)
	).trim();

const give = async (host: ThrowAway, path: string, text: string, owner: string, mode = '755'): Promise<void> => {
	await put(host, path, text);
	await sh(host, `chown ${owner}: ${path}; chmod ${mode} ${path}`);
};

const row = (rows: readonly Row[], check: string, item?: string): Row | undefined =>
	rows.find(one => one.check === check && (item === undefined || one.item === item));

describe('root runs nothing of somebody else’s', () => {
	hostTest('by a look at a host', withProgram(want), async host => {
		buildProgram();
		await prepareDjango(host);
		await sh(host, 'useradd --create-home eve; chmod 755 /home/eve; rm -f /tmp/marker-*');
		await settingsThatTell(host);
		const healthy = (await doctorIn(host)).report.rows;
		expect(row(healthy, 'nginx.config')?.state, shown(healthy)).toBe('ok');
		expect(row(healthy, 'nginx.running')?.state).toBe('ok');
		expect(await markers(host)).toBe('/tmp/marker-asked: coralnet');

		// A stranger: a process titled as nginx, whose program is another by the time that root looks.
		await sh(host, 'cp /bin/bash /home/eve/nginx; chown eve: /home/eve/nginx');
		await put(
			host,
			'/home/eve/start',
			"exec -a 'nginx: master process /home/eve/nginx' /home/eve/nginx -c 'echo $$ > /home/eve/pid; while :; do sleep 1; done'\n",
		);
		await sh(host, 'setsid runuser -u eve -- bash /home/eve/start >/dev/null 2>&1 &');
		await until(async () => (await host.run(['test', '-s', '/home/eve/pid'])).code === 0, {what: 'the process of eve'});
		await sh(host, 'rm /home/eve/nginx');
		await give(host, '/home/eve/nginx', marking('title'), 'eve');
		// The same under her own nginx, while the host's is down.
		await give(
			host,
			'/home/eve/nginx.conf',
			'pid /home/eve/nginx.pid; error_log /home/eve/log; events {} http { access_log off; client_body_temp_path /home/eve/a; proxy_temp_path /home/eve/b; fastcgi_temp_path /home/eve/c; uwsgi_temp_path /home/eve/d; scgi_temp_path /home/eve/e; server { listen 8081; } }\n',
			'eve',
		);
		await sh(host, 'runuser -u eve -- nginx -c /home/eve/nginx.conf; systemctl stop nginx');
		// A program in the search path of root, by a group that may write there.
		await sh(host, 'groupadd admins; usermod -aG admins eve; chgrp admins /usr/local/bin; chmod 2775 /usr/local/bin');
		for (const name of ['systemctl', 'getent', 'git', 'nginx', 'dpkg-query'])
			await give(host, `/usr/local/bin/${name}`, marking(`path-${name}`), 'eve');
		const strange = (await doctorIn(host)).report.rows;
		expect(await markers(host)).toBe('/tmp/marker-asked: coralnet');
		expect(row(strange, 'nginx.running', 'nginx'), shown(strange)).toMatchObject({
			state: 'fail',
			says: expect.stringMatching(/nginx does not run; process \d+ of eve calls itself nginx and is not it/),
		});
		expect(strange.filter(one => one.check.startsWith('nginx.') && /eve/.test(one.item ?? ''))).toEqual([]);
		await sh(host, 'pkill -u eve; rm -f /usr/local/bin/*; chmod 755 /usr/local/bin; systemctl start nginx');

		// The application: what root's nginx includes is its own.
		await give(
			host,
			'/srv/www/coralnet/site.conf',
			'error_log /etc/marker-site;\nserver { listen 82; access_log /etc/marker-access; }\n',
			'coralnet',
		);
		await sh(host, 'ln -s /srv/www/coralnet/site.conf /etc/nginx/sites-enabled/app');
		await expectForeign(host, /the user coralnet may write \/srv\/www\/coralnet/);
		await sh(host, 'rm /etc/nginx/sites-enabled/app');
		// Root's own file, that opens a log in a directory of the application: a link there makes any file.
		await put(host, '/etc/nginx/conf.d/log.conf', 'error_log /srv/www/coralnet/log/error.log;\n');
		await sh(
			host,
			'cd /srv/www/coralnet; mkdir log; ln -s /etc/marker-log log/error.log; chown -h coralnet: log log/error.log',
		);
		await expectForeign(host, /the user coralnet may write/);
		await sh(host, 'rm /etc/nginx/conf.d/log.conf');
		// A stranger, by an access list on a directory of includes.
		if ((await host.run(['sh', '-c', 'command -v setfacl'])).code === 0) {
			await sh(host, 'setfacl -m u:eve:rwx /etc/nginx/conf.d');
			await expectForeign(host, /the user eve \(access list\) may write \/etc\/nginx\/conf\.d/);
			await sh(host, 'setfacl -b /etc/nginx/conf.d; chmod 755 /etc/nginx/conf.d');
		}
		expect(row((await doctorIn(host, 'nginx.config')).report.rows, 'nginx.config')?.state).toBe('ok');
		expect(await markers(host)).toBe('/tmp/marker-asked: coralnet');
	});

	hostTest('nor asks an application as root, whatever its own files say', withProgram(want), async host => {
		buildProgram();
		await prepareDjango(host);
		await settingsThatTell(host);
		await give(host, `${project}/gunicorn.conf.py`, '', 'coralnet', '644');
		await sh(host, `sed -i 's/--bind/--config gunicorn.conf.py --bind/' ${unitPath}`);
		await restartApp(host);
		// Not root, it could not become root: what it writes there is for who believes it.
		await give(host, `${project}/gunicorn.conf.py`, "user = 'root'\n", 'coralnet', '644');
		await sh(host, 'rm -rf /tmp/marker-*');
		const said = (await doctorIn(host)).report.rows;
		expect(await markers(host)).toBe('/tmp/marker-asked: coralnet');
		expect(row(said, 'django.debug')?.state, shown(said)).toBe('ok');
		await sh(host, `rm ${project}/gunicorn.conf.py; sed -i 's/--config gunicorn.conf.py //' ${unitPath}`);
		// The unit says root: then nobody is asked, and the report says why.
		await sh(host, `sed -i 's/^User=.*/User=root/' ${unitPath}; rm -rf /tmp/marker-* /var/lib/host-setup/cache`);
		await restartApp(host);
		const asRoot = (await doctorIn(host)).report.rows;
		expect(await markers(host)).toBe('');
		expect(row(asRoot, 'appserver.user', 'coralnet')).toMatchObject({state: 'fail', is: 'asRoot'});
		expect(row(asRoot, 'django.debug'), shown(asRoot)).toMatchObject({
			state: 'unknown',
			says: expect.stringMatching(/would run as root/),
		});
	});
});

/** Settings that are computed, so that Python must be asked, and that tell who asked. */
const settingsThatTell = async (host: ThrowAway): Promise<void> => {
	await sh(
		host,
		`cat >> ${settings} <<'END'
import getpass, os, sys
DEBUG = os.environ.get('NO_SUCH') is not None
if sys.argv[0] == '-c':
    with open('/tmp/marker-asked', 'w') as mark:
        mark.write(getpass.getuser())
END`,
	);
	await restartApp(host);
};

const expectForeign = async (host: ThrowAway, says: RegExp): Promise<void> => {
	const {rows} = (await doctorIn(host, 'nginx')).report;
	expect(row(rows, 'nginx.config', 'nginx'), shown(rows)).toMatchObject({
		state: 'fail',
		is: 'foreign',
		says: expect.stringMatching(says),
	});
	expect(await markers(host)).toBe('/tmp/marker-asked: coralnet');
};
