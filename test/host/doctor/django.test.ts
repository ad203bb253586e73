/** The checks of Django: a project of Debian's own under gunicorn, spoiled in each way and mended; then the one that setup installed, under uwsgi. */
import {expect} from 'vitest';
import {plain} from '../support/answers.ts';
import {onInstalled} from '../support/installed.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {djangoLayer, manage, prepareDjango, project, restartApp, settings} from './support/django.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {sh} from './support/web.ts';

const want = {layer: djangoLayer, network: 'none', timeout: 900_000} as const;
type Inside = Parameters<typeof sh>[0];
const item = 'coralnet';

const set = (expression: string) => async (host: Inside) =>
	void (await sh(host, `sed -i ${JSON.stringify(expression)} ${settings}`));
const setAndRestart = (expression: string) => async (host: Inside) => {
	await set(expression)(host);
	await restartApp(host);
};
const own = "s/^SECRET_KEY = .*/SECRET_KEY = 'x7Kq9vRt2LmZ4wYc8NbHj3Pd6Sf1Ga5Ue0Qi-own-of-this-host'/";

recipes(
	'Django is looked at in its settings, its process and its database',
	want,
	[
		{
			name: 'DEBUG is on',
			check: 'django.debug',
			item,
			break: setAndRestart('s/^DEBUG = .*/DEBUG = True/'),
			verdict: 'fail',
			says: /DEBUG is on/,
			layers: {file: true, runtime: true},
		},
		{
			name: 'DEBUG was switched off in the file only',
			check: 'django.debug',
			item,
			async break(host) {
				await setAndRestart('s/^DEBUG = .*/DEBUG = True/')(host);
				await set('s/^DEBUG = .*/DEBUG = False/')(host);
			},
			verdict: 'fail',
			says: /changed in the file, not in the process/,
			layers: {file: false, runtime: true},
		},
		{
			name: 'DEBUG comes from what the file computes',
			check: 'django.debug',
			item,
			break: setAndRestart("s/^DEBUG = .*/DEBUG = __import__('os').environ.get('NO_SUCH_NAME') is None/"),
			verdict: 'fail',
			layers: {file: true, runtime: true},
			mend: setAndRestart('s/^DEBUG = .*/DEBUG = False/'),
		},
		{
			name: 'the published key',
			check: 'django.secret-key',
			item,
			async break(host) {
				// As a repository has it that is not of startproject's making.
				await sh(
					host,
					`cd ${project} && runuser -u coralnet -- sh -c "git -c user.name=x -c user.email=x@example.org commit -qam own"`,
				);
				await restartApp(host);
			},
			verdict: 'fail',
			says: /is the published one, which is in the repository/,
			layers: {file: 'it is the published one, which is in the repository'},
			mend: setAndRestart("s/^SECRET_KEY = .*/SECRET_KEY = 'another-one-of-this-host-Zq8mT4vLx2Rk9Wc7Yb3Nd6Hs1'/"),
		},
		{
			name: 'a key as startproject makes it',
			check: 'django.secret-key',
			item,
			break: setAndRestart("s/^SECRET_KEY = .*/SECRET_KEY = 'django-insecure-abcdefghijklmnopqrstuvwxyz0123456789'/"),
			verdict: 'fail',
			says: /startproject/,
			mend: setAndRestart(own.replace('x7Kq', 'y8Lr')),
		},
		{
			name: 'every Host header is taken',
			check: 'django.allowed-hosts',
			item,
			break: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['*']/"),
			verdict: 'fail',
			says: /takes every Host header/,
			layers: {file: ['*']},
			mend: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['coralnet.example.org', '127.0.0.1']/"),
		},
		{
			name: 'the names were changed and not taken up',
			check: 'django.allowed-hosts',
			item,
			break: set("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['other.example.org']/"),
			verdict: 'warn',
			says: /changed in the file, not in the process/,
			mend: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['coralnet.example.org', '127.0.0.1']/"),
		},
		{
			name: 'a static file was not collected',
			check: 'django.static',
			is: 'notCollected',
			item,
			break: async host => void (await sh(host, 'rm /srv/www/coralnet/static/admin/css/base.css')),
			verdict: 'warn',
			says: /1 not collected \(admin\/css\/base\.css\)/,
		},
		{
			name: 'a collected file is damaged',
			check: 'django.static',
			is: 'notCollected',
			item,
			break: async host => void (await sh(host, 'echo damaged > /srv/www/coralnet/static/admin/css/base.css')),
			verdict: 'warn',
			says: /1 not as their source is/,
		},
		{
			name: 'the web server may not read them',
			check: 'django.static',
			is: 'closed',
			item,
			break: async host => void (await sh(host, 'chmod 700 /srv/www/coralnet/static')),
			verdict: 'warn',
			says: /www-data cannot read \/srv\/www\/coralnet\/static/,
			mend: async host => void (await sh(host, 'chmod 755 /srv/www/coralnet/static')),
		},
		{
			name: 'a migration is not applied',
			check: 'django.migrations',
			item,
			break: async host => void (await manage(host, 'migrate -v0 admin zero')),
			verdict: 'fail',
			says: /not applied: admin\.0001_initial/,
		},
		{
			name: 'no administrator is active',
			check: 'django.superuser',
			item,
			break: async host =>
				void (await manage(
					host,
					'shell -c "from django.contrib.auth.models import User; User.objects.update(is_active=False)"',
				)),
			verdict: 'warn',
			says: /no superuser is active/,
			mend: async host =>
				void (await manage(
					host,
					'shell -c "from django.contrib.auth.models import User; User.objects.update(is_active=True)"',
				)),
		},
		{
			name: 'several processes on one SQLite file',
			check: 'django.database',
			item,
			async break(host) {
				await sh(host, "sed -i 's/--workers 1/--workers 3/' /etc/systemd/system/coralnet.service");
				await restartApp(host);
			},
			verdict: 'fail',
			says: /sqlite3 with 3 processes/,
			layers: {file: 'django.db.backends.sqlite3', runtime: 3},
			async mend(host) {
				await sh(host, "sed -i 's/--workers 3/--workers 1/' /etc/systemd/system/coralnet.service");
				await restartApp(host);
			},
		},
	],
	{prepare: prepareDjango},
);

hostTest(
	'Django that cannot be asked is never taken for a good one, nor for a bad one',
	withProgram(want),
	async host => {
		buildProgram();
		await prepareDjango(host);
		const rows = async (...words: readonly string[]) => (await doctorIn(host, ...words)).report.rows;

		await sh(host, 'pkill -STOP gunicorn');
		const hung = await rows('django');
		expect(
			hung.filter(row => ['fail', 'warn', 'crash'].includes(row.state)),
			shown(hung),
		).toEqual([]);
		expect(
			hung.find(row => row.check === 'django.debug'),
			shown(hung),
		).toMatchObject({state: 'unknown'});
		await sh(host, 'pkill -CONT gunicorn');

		await sh(host, 'systemctl stop coralnet');
		const down = await rows('django');
		expect(
			down.filter(row => ['fail', 'warn', 'crash'].includes(row.state)),
			shown(down),
		).toEqual([]);
		for (const check of ['django.debug', 'django.secret-key', 'django.allowed-hosts'])
			expect(
				down.find(row => row.check === check),
				shown(down),
			).toMatchObject({state: 'unknown'});
		await restartApp(host);

		// No interpreter, a settings file that does not parse, a database that is gone: unknown, each with its reason.
		await sh(host, `mv ${project}/db.sqlite3 /root/; mkdir ${project}/db.sqlite3`);
		const without = await rows('django.migrations', 'django.superuser');
		expect(
			without.map(row => row.state),
			shown(without),
		).toEqual(['unknown', 'unknown']);
		await sh(host, `rmdir ${project}/db.sqlite3; mv /root/db.sqlite3 ${project}/`);
		await sh(host, `cp ${settings} /root/; echo 'def (' >> ${settings}`);
		const torn = await rows('django');
		expect(
			torn.filter(row => ['crash', 'ok'].includes(row.state)),
			shown(torn),
		).toEqual([]);
		await sh(host, `cat /root/settings.py > ${settings}`);
		await restartApp(host);

		const ordinary = await host.run(['/opt/host-setup/setup', 'doctor', 'django', '--format', 'json'], {as: 'nobody'});
		const seen = (JSON.parse(ordinary.stdout) as {rows: {key: string; check: string; state: string}[]}).rows;
		expect(seen.filter(row => ['fail', 'crash', 'warn'].includes(row.state))).toEqual([]);
		for (const check of ['django.migrations', 'django.superuser', 'django.static'])
			expect(seen.find(row => row.check === check)).toMatchObject({state: 'unknown'});

		const key = /SECRET_KEY = '([^']+)'/.exec(await sh(host, `cat ${settings}`))?.[1] ?? 'none';
		for (const format of ['text', 'json', 'html'])
			expect(
				(await host.run(['/opt/host-setup/setup', 'doctor', 'django', '-v', '--format', format])).stdout,
			).not.toContain(key);
	},
);

recipes('what setup installed is held to its answers: Django under uwsgi behind OpenResty', onInstalled(plain), [
	{
		name: 'ALLOWED_HOSTS as the guide has it',
		check: 'django.allowed-hosts',
		item: 'ipynbsrv',
		async break(host) {
			await sh(
				host,
				'sed -i "s/^ALLOWED_HOSTS.*/ALLOWED_HOSTS = [\'*\']/" /srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py; systemctl restart ipynbsrv',
			);
		},
		verdict: 'fail',
		says: /takes every Host header/,
	},
	{
		name: 'DEBUG by hand',
		check: 'django.debug',
		item: 'ipynbsrv',
		async break(host) {
			await sh(
				host,
				'sed -i "s/^DEBUG.*/DEBUG = True/" /srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py; systemctl restart ipynbsrv',
			);
			await until(async () => (await host.run(['test', '-S', '/run/ipynbsrv/wui.sock'])).code === 0, {
				what: 'the socket',
			});
		},
		verdict: 'fail',
		layers: {file: true, runtime: true},
	},
	{
		name: 'the workers of OpenResty as another user',
		check: 'nginx.settings',
		is: 'user',
		item: 'openresty user',
		break: async host =>
			void (await sh(host, "sed -i 's/^user .*/user daemon;/' /usr/local/openresty/nginx/conf/nginx.conf")),
		verdict: 'warn',
		layers: {file: 'daemon', runtime: 'www-data'},
	},
	{
		name: 'the sites are not included',
		check: 'nginx.settings',
		is: 'include',
		item: 'openresty include',
		break: async host => void (await sh(host, "sed -i '/sites-enabled/d' /usr/local/openresty/nginx/conf/nginx.conf")),
		verdict: 'warn',
		says: /does not include/,
	},
	{
		name: 'the socket is open to everybody',
		check: 'appserver.socket',
		is: 'everybody',
		break: async host => void (await sh(host, 'chmod 666 /run/ipynbsrv/wui.sock')),
		verdict: 'fail',
		says: /everybody on this host can write to it/,
		mend: 'remedy',
	},
]);
