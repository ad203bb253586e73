/** The checks of application servers: gunicorn as the coralnet guide has it, and a uwsgi on a socket, each spoiled and mended. */
import {expect} from 'vitest';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {djangoLayer, prepareDjango, restartApp, unitPath, uwsgiIni} from './support/django.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {sh} from './support/web.ts';

const want = {layer: djangoLayer, network: 'none', timeout: 900_000} as const;
type Inside = Parameters<typeof sh>[0];

const change = (expression: string) => async (host: Inside) => {
	await sh(host, `sed -i ${JSON.stringify(expression)} ${unitPath}`);
	await restartApp(host);
};

const nginx = (expression: string) => async (host: Inside) =>
	void (await sh(
		host,
		`sed -i ${JSON.stringify(expression)} /etc/nginx/sites-enabled/coralnet && systemctl reload nginx`,
	));

recipes(
	'application servers are looked at in their files, their processes and the kernel',
	want,
	[
		{
			name: 'it runs as root',
			check: 'appserver.user',
			is: 'asRoot',
			item: 'coralnet',
			break: change('s/^User=.*/User=root/'),
			verdict: 'fail',
			says: /it runs as root/,
			layers: {file: 'root, enabled', runtime: 'root'},
			mend: change('s/^User=.*/User=coralnet/'),
		},
		{
			name: 'it ran as root, and only its file was mended',
			check: 'appserver.user',
			item: 'coralnet',
			async break(host) {
				await change('s/^User=.*/User=root/')(host);
				await sh(host, `sed -i 's/^User=.*/User=coralnet/' ${unitPath} && systemctl daemon-reload`);
			},
			verdict: 'fail',
			is: 'stillRoot',
			says: /it runs as root, and coralnet is written/,
			layers: {file: 'coralnet, enabled', runtime: 'root'},
		},
		{
			name: 'the same, by what the remedy prints',
			check: 'appserver.user',
			item: 'coralnet',
			async break(host) {
				await change('s/^User=.*/User=root/')(host);
				await sh(host, `sed -i 's/^User=.*/User=coralnet/' ${unitPath} && systemctl daemon-reload`);
			},
			verdict: 'fail',
			is: 'stillRoot',
			mend: 'remedy',
		},
		{
			name: 'its user may read and write every file',
			check: 'appserver.user',
			is: 'powerful',
			item: 'coralnet',
			break: change('s/^User=.*/&\\nAmbientCapabilities=CAP_DAC_OVERRIDE/'),
			verdict: 'fail',
			says: /runs as coralnet, and that is root in all but name: CAP_DAC_OVERRIDE/,
			mend: change('/^AmbientCapabilities=/d'),
		},
		{
			name: 'its user may start containers',
			check: 'appserver.user',
			is: 'powerful',
			item: 'coralnet',
			break: async host => void (await sh(host, 'groupadd --system docker && usermod -aG docker coralnet')),
			verdict: 'fail',
			says: /the group docker/,
			mend: async host => void (await sh(host, 'groupdel docker')),
		},
		{
			name: 'its user may do everything by sudo',
			check: 'appserver.user',
			is: 'powerful',
			item: 'coralnet',
			break: async host =>
				void (await sh(
					host,
					"mkdir -p /etc/sudoers.d; echo 'coralnet ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/coralnet",
				)),
			verdict: 'fail',
			says: /sudo lets it run ALL/,
			mend: async host => void (await sh(host, 'rm /etc/sudoers.d/coralnet')),
		},
		{
			name: 'it does not run',
			check: 'appserver.user',
			is: 'down',
			item: 'coralnet',
			break: async host => void (await sh(host, 'systemctl stop coralnet')),
			verdict: 'fail',
			says: /does not run/,
		},
		{
			name: 'it will not start at the next boot',
			check: 'appserver.user',
			is: 'notAtBoot',
			item: 'wui',
			break: async host => void (await sh(host, 'systemctl disable wui')),
			verdict: 'warn',
			says: /will not start at the next boot/,
		},
		{
			name: 'another one was started by hand',
			check: 'appserver.user',
			is: 'byHand',
			break: async host =>
				void (await sh(
					host,
					'cd /srv/www/coralnet/project; setsid runuser -u coralnet -- gunicorn config.wsgi:application --bind=127.0.0.1:8002 --pid /tmp/by-hand.pid --daemon; for i in $(seq 100); do test -s /tmp/by-hand.pid && break; sleep 0.1; done',
				)),
			verdict: 'fail',
			says: /started by hand and is gone after the next reboot/,
			async mend(host) {
				await sh(host, 'kill $(cat /tmp/by-hand.pid)');
				await until(async () => (await host.run(['test', '-e', '/tmp/by-hand.pid'])).code !== 0, {
					what: 'the end of gunicorn',
				});
			},
		},
		{
			name: 'it answers from outside',
			check: 'appserver.socket',
			is: 'outside',
			item: 'coralnet 8001',
			break: change('s/--bind=127.0.0.1/--bind=0.0.0.0/'),
			verdict: 'fail',
			says: /port 8001 answers from outside \(0\.0\.0\.0\)/,
			layers: {file: '0.0.0.0:8001', kernel: '0.0.0.0:8001'},
			mend: change('s/--bind=0.0.0.0/--bind=127.0.0.1/'),
		},
		{
			name: 'it was closed in the file only',
			check: 'appserver.socket',
			is: 'stillOutside',
			item: 'coralnet 8001',
			async break(host) {
				await change('s/--bind=127.0.0.1/--bind=0.0.0.0/')(host);
				await sh(host, `sed -i 's/--bind=0.0.0.0/--bind=127.0.0.1/' ${unitPath}`);
			},
			verdict: 'fail',
			says: /though its file says otherwise: changed in the file, not in the process/,
			layers: {file: '127.0.0.1:8001', kernel: '0.0.0.0:8001'},
			mend: restartApp,
		},
		{
			name: 'everybody can write to its socket',
			check: 'appserver.socket',
			is: 'everybody',
			item: 'wui /run/wui/wui.sock',
			break: async host =>
				void (await sh(host, `sed -i 's/chmod-socket = 660/chmod-socket = 666/' ${uwsgiIni}; systemctl restart wui`)),
			verdict: 'fail',
			says: /everybody on this host can write to it \(mode 0666\)/,
			async mend(host) {
				await sh(host, `sed -i 's/chmod-socket = 666/chmod-socket = 660/' ${uwsgiIni}; systemctl restart wui`);
			},
		},
		{
			name: 'the web server cannot write to its socket',
			check: 'appserver.socket',
			is: 'unreachable',
			item: 'wui /run/wui/wui.sock',
			break: async host => void (await sh(host, 'chmod 600 /run/wui/wui.sock')),
			verdict: 'fail',
			says: /www-data cannot write to it/,
			mend: async host => void (await sh(host, 'systemctl restart wui')),
		},
		{
			name: 'both wait as long',
			check: 'appserver.timeout',
			is: 'equal',
			item: 'coralnet',
			break: nginx('s/proxy_read_timeout .*/proxy_read_timeout 110s;/'),
			verdict: 'warn',
			says: /both wait 110 s/,
			mend: nginx('s/proxy_read_timeout .*/proxy_read_timeout 2m;/'),
		},
		{
			name: 'the guide’s week before nginx’s minute',
			check: 'appserver.timeout',
			is: 'far',
			item: 'coralnet',
			async break(host) {
				await change('s/--timeout 110/--timeout 604810/')(host);
				await nginx('/proxy_read_timeout/d')(host);
			},
			verdict: 'warn',
			says: /gunicorn 604810 s, nginx 60 s: far apart/,
			async mend(host) {
				await change('s/--timeout 604810/--timeout 110/')(host);
				await nginx('s/proxy_set_header Host .*/&\\nproxy_read_timeout 2m;/')(host);
			},
		},
	],
	{prepare: prepareDjango},
);

hostTest('an ordinary user sees what is to be seen of them', withProgram(want), async host => {
	buildProgram();
	await prepareDjango(host);
	const healthy = (await doctorIn(host, 'appserver')).report.rows;
	expect(
		healthy.map(row => row.state),
		shown(healthy),
	).toEqual(healthy.map(() => 'ok'));
	const ordinary = await host.run(['/opt/host-setup/setup', 'doctor', 'appserver', '--format', 'json'], {as: 'nobody'});
	const rows = (JSON.parse(ordinary.stdout) as {rows: {key: string; check: string; state: string}[]}).rows;
	expect(rows.filter(row => ['fail', 'crash', 'warn'].includes(row.state))).toEqual([]);
	await sh(host, 'mv /usr/bin/systemctl /usr/bin/systemctl.away');
	const without = (await doctorIn(host, 'appserver.user')).report.rows;
	expect(
		without.filter(row => row.check === 'appserver.user').map(row => row.state),
		shown(without),
	).toEqual(['unknown']);
	await sh(host, 'mv /usr/bin/systemctl.away /usr/bin/systemctl');
});
