import {describe, expect, test} from 'vitest';
import {apacheReads} from '#host/apache/reads.ts';
import {powersOf} from '#host/app-servers/powers.ts';
import {nginxReads} from '#host/nginx/reads.ts';
import {programsIn} from '#host/trust/programs-in.ts';
import {rootReads} from '#host/trust/root-reads.ts';
import {fileReader} from '../../support/file-reader.ts';

describe('what nginx reads when it is told to test', () => {
	test('includes, code, and the directories where it opens and makes files', async () => {
		const host = fileReader({
			'/etc/nginx/nginx.conf':
				'load_module modules/ngx_x.so; # include /not/this.conf;\npid /run/nginx.pid;\nhttp {\n lua_package_path "/srv/lua/?.lua;;";\n init_by_lua_file /srv/init.lua;\n include conf.d/*.conf;\n include /etc/nginx/sites/*;\n}\n',
			'/etc/nginx/sites/app':
				'server { ssl_certificate_key "engine:/srv/x.so:y"; access_log /srv/log/a.log; include /srv/app/more.conf; root /srv/pages; }',
			'/srv/app/more.conf': 'client_body_temp_path /srv/tmp/body;',
		});
		expect((await host.fact(nginxReads('/etc/nginx/nginx.conf'))).toSorted()).toEqual([
			'/etc/nginx/conf.d',
			'/etc/nginx/nginx.conf',
			'/etc/nginx/sites',
			'/etc/nginx/sites/app',
			'/run',
			'/srv/app/more.conf',
			'/srv/init.lua',
			'/srv/log',
			'/srv/lua',
			'/srv/tmp',
			'/srv/x.so',
			'/usr/share/nginx/modules/ngx_x.so',
		]);
	});

	test('also where a file is broken', async () => {
		const host = fileReader({
			'/etc/nginx/nginx.conf': 'http {\n server { listen 80\n include /srv/a.conf;\n }}}\n include /srv/b.conf;',
			'/srv/a.conf': '',
			'/srv/b.conf': '',
		});
		expect(await host.fact(nginxReads('/etc/nginx/nginx.conf'))).toEqual(
			expect.arrayContaining(['/srv/a.conf', '/srv/b.conf']),
		);
	});
});

test('what Apache reads when it is told to test', async () => {
	const host = fileReader({
		'/etc/apache2/apache2.conf': 'IncludeOptional mods/*.load\nInclude /srv/site.conf\n<Broken\n',
		'/etc/apache2/mods/x.load': 'LoadModule x_module /usr/lib/apache2/modules/mod_x.so\n',
		'/srv/site.conf': 'LoadFile /srv/x.so\nErrorLog /srv/log\n',
	});
	expect((await host.fact(apacheReads)).toSorted()).toEqual([
		'/etc/apache2/apache2.conf',
		'/etc/apache2/envvars',
		'/etc/apache2/mods',
		'/etc/apache2/mods/x.load',
		'/srv/site.conf',
		'/srv/x.so',
		'/usr/lib/apache2/modules/mod_x.so',
	]);
});

test.each([
	['cd /srv && /opt/a/backup.sh /home/web/to > /dev/null', ['/opt/a/backup.sh']],
	['test -x /usr/sbin/x || { /usr/sbin/y -a; }', ['/usr/sbin/y']],
	['A=1 nice -n 5 /opt/b; . /etc/c.sh', ['/opt/b', '/etc/c.sh']],
	['/usr/bin/python3 -I /srv/job.py /data', ['/usr/bin/python3', '/srv/job.py']],
	['runuser -u web -- /srv/web/job', []],
	['sh -c "/srv/x"', ['/srv/x']],
	["bash -ec 'cd /srv/app && ./run --all'", ['/srv/app/run']],
	['cd /srv/app && python3 manage.py clear', ['/srv/app/manage.py', '/srv/app']],
	['cd /srv/app; tar -czf /backup/a.tgz .', []],
	['timeout 60 flock -n /run/lock/x /srv/app/job', ['/srv/app/job']],
	['runuser -u web -- sh -c "/srv/web/job"', []],
] as const)('%s runs', (line, expected) => {
	expect(programsIn(line)).toEqual(expected);
});

test('what root reads without being asked', async () => {
	const host = fileReader({
		'/etc/systemd/system/a.service': '[Service]\nExecStart=-/srv/a/run --x\n',
		'/etc/systemd/system/b.service': '[Service]\nUser=web\nExecStartPre=+/srv/b/pre\nExecStart=/srv/b/run\n',
		'/etc/systemd/system/b.service.d/x.conf': '[Service]\nExecStopPost=!/srv/b/post\n',
		'/etc/systemd/system/c.service':
			'[Service]\nEnvironmentFile=-/srv/c/env\nWorkingDirectory=/srv/c\nExecStart=/usr/bin/python3 app.py --x=/srv/c/a.ini\n',
		'/etc/cron.d/c': 'PATH=/srv/bin:/usr/bin\n* * * * * root cd /srv/tick && ./tick\n',
		'/root/.bashrc': 'source /srv/env.sh\n',
		'/etc/crontab': '17 * * * * root /srv/cron/hourly\n5 4 * * * web /srv/web/job\n',
		'/var/spool/cron/crontabs/root': '@daily /srv/cron/own\n',
		'/etc/sudoers': 'web ALL=(root) NOPASSWD: /srv/sudo/tool, /usr/bin/id\n',
		'/etc/logrotate.d/a': '/var/log/a {\n postrotate\n  /srv/rotate/after\n endscript\n}\n',
		'/etc/pam.d/x': 'session optional pam_exec.so /srv/pam/hook\n',
		'/etc/apt/apt.conf.d/99': 'DPkg::Post-Invoke {"test -x /srv/apt/hook && /srv/apt/hook"; };\n',
		'/etc/ld.so.conf.d/own.conf': '# ours\n/srv/lib\n',
		'/etc/udev/rules.d/70-x.rules': 'RUN+="/srv/x"\n',
		'/usr/local/lib/python3.11/dist-packages/sitecustomize.py': '',
		'/etc/letsencrypt/renewal/x.conf': 'renew_hook = /srv/hook\n',
		'/etc/containers/systemd/x.container': '[Container]\nImage=x\n',
	});
	const paths = (await host.fact(rootReads)).map(({path}) => path);
	expect(paths).toEqual(
		expect.arrayContaining([
			'/etc/letsencrypt/renewal/x.conf',
			'/etc/containers/systemd/x.container',
			'/etc/apt/sources.list',
			'/srv/a/run',
			'/srv/b/pre',
			'/srv/b/post',
			'/srv/c/env',
			'/srv/c/app.py',
			'/srv/c',
			'/srv/c/a.ini',
			'/srv/bin',
			'/srv/tick/tick',
			'/srv/env.sh',
			'/etc/systemd/system/b.service.d/x.conf',
			'/srv/cron/hourly',
			'/srv/cron/own',
			'/srv/sudo/tool',
			'/usr/bin/id',
			'/srv/rotate/after',
			'/srv/pam/hook',
			'/srv/apt/hook',
			'/srv/lib',
			'/etc/udev/rules.d/70-x.rules',
			'/usr/local/lib/python3.11/dist-packages',
		]),
	);
	expect(paths.filter(path => ['/srv/b/run', '/srv/web/job', '/var/log/a'].includes(path))).toEqual([]);
});

test('what makes a user root in all but name', async () => {
	const host = fileReader({
		'/etc/passwd': 'web:x:1000:1000::/:\n',
		'/etc/group': 'web:x:1000:\ndocker:x:200:web\nops:x:300:web\naudio:x:29:web\n',
		'/etc/sudoers':
			'Defaults env_reset\n%ops ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl restart web, /usr/bin/vim\nother ALL=(ALL) ALL\nweb ALL=(postgres) ALL\n',
		'/etc/systemd/system/web.service':
			'[Service]\nUser=web\nAmbientCapabilities=CAP_NET_BIND_SERVICE CAP_DAC_OVERRIDE\n',
	});
	const server = {
		kind: 'gunicorn',
		item: 'web',
		unit: 'web.service',
		where: '/etc/systemd/system/web.service:4',
		python: '',
		sockets: [],
		processes: 1,
	} as const;
	expect((await powersOf(server, 'web', host)).map(({words, where}) => `${where}: ${words}`)).toEqual([
		'/etc/systemd/system/web.service:3: CAP_DAC_OVERRIDE (reads and writes every file)',
		'/etc/group: docker: the group docker (starts containers that mount the whole host)',
		'/etc/sudoers:2: sudo lets it run /usr/bin/vim',
	]);
});
