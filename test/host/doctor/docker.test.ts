/** The checks of Docker against Debian's own engine, booted: down, hung, open over TCP, and at another address than the application believes. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, type Layer, withPackages} from '../support/with-host.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {put, sh} from './support/web.ts';

/** Its own layers are overlays, which an overlay does not carry. */
const plain = ['/var/lib/docker', '/var/lib/containerd'];
const packages = withPackages('docker', ['libatomic1', 'docker.io', 'iptables', 'nginx', 'curl', 'procps']);
const layer: Layer = {...packages, options: {plain}};
const want = {layer, network: 'none', plain, timeout: 900_000} as const;
const settings = '/srv/app/app/settings.py';

/** An application that is told docker0's address, as the ipynbsrv guide has it. */
const prepare = async (host: ThrowAway): Promise<void> => {
	await up(host);
	await sh(host, 'mkdir -p /srv/app/app; touch /srv/app/manage.py; rm -f /etc/nginx/sites-enabled/default');
	await put(
		host,
		settings,
		"DEBUG = False\nALLOWED_HOSTS = ['app.example.org']\nSECRET_KEY = 'x7Kq9vRt2LmZ4wYc8NbHj3Pd6Sf1Ga5Ue0Qi'\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\nDOCKER_IFACE_IP = '172.17.0.1'  # ifconfig docker0\n",
	);
	await put(
		host,
		'/etc/systemd/system/app.service',
		'[Service]\nType=oneshot\nUser=www-data\nWorkingDirectory=/srv/app\nEnvironment=DJANGO_SETTINGS_MODULE=app.settings\nExecStart=-/usr/bin/gunicorn app.wsgi\n',
	);
	await put(
		host,
		'/etc/nginx/sites-enabled/app',
		'server {\n    listen 80;\n    location ~ ^/port/(\\d+)/ {\n        proxy_pass http://172.17.0.1:$1;\n    }\n}\n',
	);
	await sh(host, 'systemctl daemon-reload; systemctl reload nginx; mkdir -p /opt/cc-server/cc_server');
	await put(
		host,
		'/opt/cc-server/config.toml',
		"[defaults.data_container_description]\nimage = 'docker.io/curiouscontainers/cc-image-ubuntu:0.10'\n",
	);
	await image(host);
};

/** Without a registry: an image of one file. */
const image = async (host: ThrowAway): Promise<void> => {
	await sh(host, 'tar -C /etc -c hostname | docker import - curiouscontainers/cc-image-ubuntu:0.10');
};

const up = (host: ThrowAway): Promise<true> =>
	until(
		async () =>
			(await host.run(['curl', '-s', '--max-time', '3', '--unix-socket', '/run/docker.sock', 'http://docker/_ping']))
				.stdout === 'OK',
		{
			deadline: 60_000,
			what: 'an answer of Docker',
		},
	);

const restart = async (host: ThrowAway): Promise<void> => {
	await sh(
		host,
		'systemctl daemon-reload; systemctl reset-failed docker.service docker.socket; systemctl restart docker',
	);
	await up(host);
};

const drop = '/etc/systemd/system/docker.service.d/hosts.conf';

recipes(
	'Docker is looked at in its files, over its socket and in the kernel',
	want,
	[
		{
			name: 'the engine does not run',
			check: 'docker.engine',
			is: 'down',
			item: 'docker',
			break: async host => void (await sh(host, 'systemctl stop docker.socket docker.service')),
			verdict: 'fail',
			says: /the engine does not run/,
			layers: {file: 'enabled', runtime: 'inactive'},
		},
		{
			name: 'the engine waits for somebody to ask',
			check: 'docker.engine',
			is: 'notAtBoot',
			item: 'docker',
			break: async host => void (await sh(host, 'systemctl disable docker.service')),
			verdict: 'warn',
			says: /starts only when somebody asks it/,
			layers: {file: 'disabled'},
			mend: 'remedy',
		},
		{
			name: 'the socket is open to everybody',
			check: 'docker.socket',
			is: 'everybody',
			item: 'everybody',
			break: async host => void (await sh(host, 'chmod 666 /run/docker.sock')),
			verdict: 'fail',
			says: /every account of this host may talk to the engine/,
			mend: 'remedy',
		},
		{
			name: 'the user of the web server is in its group',
			check: 'docker.socket',
			is: 'service',
			item: 'www-data',
			async break(host) {
				await sh(host, 'useradd -m -s /bin/bash anna; gpasswd -a anna docker');
				const {report} = await doctorIn(host, 'docker.socket');
				expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
				await sh(host, 'gpasswd -a www-data docker');
			},
			verdict: 'fail',
			says: /www-data, the account of a service/,
			mend: async host => void (await sh(host, 'gpasswd -d www-data docker; userdel -r anna 2>/dev/null')),
		},
		{
			name: 'the API is open to everybody',
			check: 'docker.api',
			is: 'open',
			async break(host) {
				await sh(host, `mkdir -p ${drop.slice(0, drop.lastIndexOf('/'))}`);
				await put(
					host,
					drop,
					'[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375 --tls=false\n',
				);
				await restart(host);
			},
			verdict: 'fail',
			says: /the API is open on (0\.0\.0\.0|::):2375/,
			async mend(host) {
				await sh(host, `rm ${drop}`);
				await restart(host);
			},
		},
		{
			name: 'it was closed in the file only',
			check: 'docker.api',
			is: 'openStill',
			async break(host) {
				await put(
					host,
					drop,
					'[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://127.0.0.1:4243 --tls=false\n',
				);
				await restart(host);
				await sh(host, `rm ${drop}; systemctl daemon-reload`);
			},
			verdict: 'fail',
			says: /the API is open on 127\.0\.0\.1:4243, though no file says so: changed in the file, not in the process/,
			layers: {file: 'no TCP address', kernel: '127.0.0.1:4243'},
			mend: restart,
		},
		{
			name: 'it will be open from the next start on',
			check: 'docker.api',
			is: 'next',
			break: async host =>
				void (await put(host, '/etc/docker/daemon.json', '{"hosts": ["fd://", "tcp://0.0.0.0:2375"]}\n')),
			verdict: 'fail',
			says: /written to open the API on tcp:\/\/0\.0\.0\.0:2375/,
			mend: async host => void (await sh(host, 'rm /etc/docker/daemon.json')),
		},
		{
			name: 'the settings have another address',
			check: 'docker.address',
			is: 'moved',
			item: 'app',
			break: async host =>
				void (await sh(host, `sed -i "s/^DOCKER_IFACE_IP.*/DOCKER_IFACE_IP = '172.17.42.1'/" ${settings}`)),
			verdict: 'fail',
			says: /it says 172\.17\.42\.1, and docker0 has 172\.17\.0\.1/,
			layers: {file: '172.17.42.1', kernel: '172.17.0.1'},
		},
		{
			name: 'the site file has the guide’s address',
			check: 'docker.address',
			is: 'moved',
			item: 'nginx proxy_pass',
			break: async host =>
				void (await sh(
					host,
					"sed -i 's#http://172.17.0.1:#http://172.17.42.1:#' /etc/nginx/sites-enabled/app; systemctl reload nginx",
				)),
			verdict: 'fail',
			layers: {file: '172.17.42.1', kernel: '172.17.0.1'},
		},
		{
			name: 'the image of CC-Server was cleaned away',
			check: 'docker.image',
			is: 'notHere',
			item: 'docker.io/curiouscontainers/cc-image-ubuntu:0.10',
			break: async host => void (await sh(host, 'docker rmi curiouscontainers/cc-image-ubuntu:0.10')),
			verdict: 'warn',
			says: /it is not on this host/,
			layers: {runtime: 'not there'},
			mend: image,
		},
		{
			name: 'Docker moved its bridge',
			check: 'docker.address',
			is: 'moved',
			item: 'app',
			async break(host) {
				await put(host, '/etc/docker/daemon.json', '{"bip": "172.29.0.1/16"}\n');
				await restart(host);
			},
			verdict: 'fail',
			says: /it says 172\.17\.0\.1, and docker0 has 172\.29\.0\.1/,
		},
	],
	{prepare},
);

hostTest('a Docker that hangs is not taken for a good one', withProgram(want), async host => {
	buildProgram();
	await prepare(host);
	await sh(host, 'pkill -STOP dockerd');
	const hung = (await doctorIn(host, 'docker')).report.rows;
	expect(
		hung.filter(row => ['fail', 'warn', 'crash'].includes(row.state)),
		shown(hung),
	).toEqual([]);
	expect(
		hung.find(row => row.check === 'docker.engine'),
		shown(hung),
	).toMatchObject({state: 'unknown'});
	await sh(host, 'pkill -CONT dockerd');
	await up(host);
	const ordinary = await host.run(['/opt/host-setup/setup', 'doctor', 'docker', '--format', 'json'], {as: 'nobody'});
	const rows = (JSON.parse(ordinary.stdout) as {rows: {check: string; state: string}[]}).rows;
	expect(rows.filter(row => ['fail', 'crash', 'warn'].includes(row.state))).toEqual([]);
	for (const check of ['docker.engine', 'docker.api'])
		expect(rows.find(row => row.check === check)).toMatchObject({state: 'unknown'});
	await put(host, '/etc/docker/daemon.json', '{"hosts": [\n');
	expect((await doctorIn(host, 'docker.api')).report.rows.find(row => row.check === 'docker.api')).toMatchObject({
		state: 'unknown',
	});
});
