/** The checks of Django: a project of Debian's own under gunicorn, spoiled in each way and mended; then the one that setup installed, under uwsgi. */
// minutes: 3
import {expect} from 'vitest';
import {plain} from '../support/answers.ts';
import {onInstalled} from '../support/installed.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {djangoLayer, manage, prepareDjango, project, restartApp, settings, unitPath} from './support/django.ts';
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
/** The same application from an environment of its own, as the guide has it. */
const environment = '/srv/www/coralnet/venv';
const inEnvironment = async (host: Inside): Promise<void> => {
	await sh(
		host,
		`set -e
python3 -m venv --without-pip --system-site-packages ${environment}
printf '#!${environment}/bin/python\nfrom gunicorn.app.wsgiapp import run\nrun()\n' > ${environment}/bin/gunicorn
chmod 755 ${environment}/bin/gunicorn
chown -R coralnet: ${environment}
cp ${unitPath} /root/coralnet.service
sed -i 's|/usr/bin/gunicorn|${environment}/bin/gunicorn|' ${unitPath}`,
	);
	await restartApp(host);
};

/** One row says it; what follows from it is folded under it, and no restart is advised. */
const toldOnce = async (host: Inside, words: string): Promise<void> => {
	const {report} = await doctorIn(host);
	const off = report.rows.filter(row => ['fail', 'warn', 'unknown', 'crash'].includes(row.state));
	const about = off.filter(row => /^(django|appserver)\./.test(row.check) || /coralnet/.test(`${row.key} ${row.says}`));
	expect(
		about.map(({key}) => key),
		shown(about),
	).toEqual(['appserver.interpreter[coralnet]']);
	const cause = report.causes.find(({by}) => by === 'appserver.interpreter');
	expect(cause?.says).toContain(words);
	expect(cause?.checks).toEqual(
		expect.arrayContaining([
			'django.migrations',
			'django.starts',
			'django.static',
			'django.superuser',
			'django.tables',
		]),
	);
};

const own = "s/^SECRET_KEY = .*/SECRET_KEY = 'x7Kq9vRt2LmZ4wYc8NbHj3Pd6Sf1Ga5Ue0Qi-own-of-this-host'/";

recipes(
	'Django is looked at in its settings, its process and its database',
	want,
	[
		{
			name: 'DEBUG is on',
			check: 'django.debug',
			is: 'on',
			item,
			break: setAndRestart('s/^DEBUG = .*/DEBUG = True/'),
			verdict: 'fail',
			says: /DEBUG is on/,
			layers: {file: true, runtime: true},
		},
		{
			name: 'DEBUG was switched off in the file only',
			check: 'django.debug',
			is: 'stale',
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
			name: 'DEBUG was switched on in the file only',
			check: 'django.debug',
			is: 'next',
			item,
			break: set('s/^DEBUG = .*/DEBUG = True/'),
			verdict: 'fail',
			says: /will be in the process after its next start/,
			layers: {file: true, runtime: false},
		},
		{
			name: 'DEBUG comes from what the file computes',
			check: 'django.debug',
			is: 'on',
			item,
			break: setAndRestart("s/^DEBUG = .*/DEBUG = __import__('os').environ.get('NO_SUCH_NAME') is None/"),
			verdict: 'fail',
			layers: {file: true, runtime: true},
			mend: setAndRestart('s/^DEBUG = .*/DEBUG = False/'),
		},
		{
			name: 'the published key',
			check: 'django.secret-key',
			is: 'weak',
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
			is: 'weak',
			item,
			break: setAndRestart("s/^SECRET_KEY = .*/SECRET_KEY = 'django-insecure-abcdefghijklmnopqrstuvwxyz0123456789'/"),
			verdict: 'fail',
			says: /startproject/,
			mend: setAndRestart(own.replace('x7Kq', 'y8Lr')),
		},
		{
			name: 'another key that the process has not read',
			check: 'django.secret-key',
			is: 'stale',
			item,
			break: set(own.replace('x7Kq', 'z9Mt')),
			verdict: 'warn',
			says: /changed in the file, not in the process/,
		},
		{
			name: 'every Host header is taken',
			check: 'django.allowed-hosts',
			is: 'everything',
			item,
			break: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['*']/"),
			verdict: 'fail',
			says: /takes every Host header/,
			layers: {file: ['*']},
			mend: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['coralnet.example.org', '127.0.0.1']/"),
		},
		{
			name: 'no name at all',
			check: 'django.allowed-hosts',
			is: 'empty',
			item,
			break: setAndRestart('s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = []/'),
			verdict: 'fail',
			says: /every request is refused/,
			mend: setAndRestart("s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['coralnet.example.org', '127.0.0.1']/"),
		},
		{
			name: 'the names were changed and not taken up',
			check: 'django.allowed-hosts',
			is: 'stale',
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
			is: 'pending',
			item,
			break: async host => void (await manage(host, 'migrate -v0 admin zero')),
			verdict: 'fail',
			says: /not applied: admin\.0001_initial/,
		},
		{
			name: 'no administrator is active',
			check: 'django.superuser',
			is: 'inactive',
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
			is: 'oneWriter',
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
		{
			name: 'the interpreter of its environment is gone, and it runs from memory',
			check: 'appserver.interpreter',
			is: 'noInterpreter',
			item,
			async break(host) {
				await inEnvironment(host);
				await sh(host, `ln -sfn /usr/bin/python3.9 ${environment}/bin/python3`);
			},
			verdict: 'fail',
			says: /coralnet runs from memory and does not start again: .* gone \(\/usr\/bin\/python3\.9\)/,
			async mend(host) {
				await toldOnce(host, 'gone');
				await sh(host, `ln -sfn /usr/bin/python3 ${environment}/bin/python3`);
			},
		},
		{
			name: 'the Python of the host is another than that of its environment',
			check: 'appserver.interpreter',
			is: 'otherInterpreter',
			item,
			break: async host => void (await sh(host, `mv ${environment}/lib/python3.11 ${environment}/lib/python3.9`)),
			verdict: 'fail',
			says: /its environment is for Python 3\.9, and the Python of this host is 3\.11 by now/,
			async mend(host) {
				await toldOnce(host, 'is for Python');
				await sh(host, `rm -r ${environment}; mv /root/coralnet.service ${unitPath}`);
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

const settingsThere = '/srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py';

const sqlIn = (statement: string) => async (host: Inside) =>
	void (await host.must(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', 'ipynbsrv'], {as: 'postgres', stdin: statement}));

const anonymous = (change: string) => async (host: Inside) =>
	void (await host.must(['ldapmodify', '-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'], {
		stdin: `dn: cn=config\nchangetype: modify\n${change}\n`,
	}));

recipes('what setup installed is held to its answers: Django under uwsgi behind OpenResty', onInstalled(plain), [
	{
		name: 'ALLOWED_HOSTS as the guide has it',
		check: 'django.allowed-hosts',
		is: 'everything',
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
		is: 'on',
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
		name: 'a table that somebody took away',
		check: 'django.tables',
		is: 'missing',
		item: 'ipynbsrv',
		break: sqlIn('ALTER TABLE django_session RENAME TO kept'),
		verdict: 'fail',
		says: /not in the database: django_session/,
		mend: sqlIn('ALTER TABLE kept RENAME TO django_session'),
	},
	{
		name: 'a search path that leads elsewhere',
		check: 'django.tables',
		is: 'hidden',
		item: 'ipynbsrv',
		break: sqlIn('ALTER ROLE ipynbsrv SET search_path = nowhere'),
		verdict: 'fail',
		says: /not found by the login/,
		mend: sqlIn('ALTER ROLE ipynbsrv RESET search_path'),
	},
	{
		name: 'a table of another role',
		check: 'django.tables',
		is: 'barred',
		item: 'ipynbsrv',
		break: sqlIn('ALTER TABLE django_session OWNER TO postgres; REVOKE ALL ON django_session FROM ipynbsrv'),
		verdict: 'fail',
		says: /may not read and write django_session \(of postgres\)/,
		mend: sqlIn('ALTER TABLE django_session OWNER TO ipynbsrv'),
	},
	{
		name: 'a database that takes no changes',
		check: 'django.tables',
		is: 'readOnly',
		item: 'ipynbsrv',
		break: sqlIn('ALTER DATABASE ipynbsrv SET default_transaction_read_only = on'),
		verdict: 'fail',
		says: /can write nothing: transaction_read_only is on/,
		mend: sqlIn('SET default_transaction_read_only = off; ALTER DATABASE ipynbsrv RESET default_transaction_read_only'),
	},
	{
		name: 'a line of the settings that does not parse',
		check: 'django.starts',
		is: 'unparsable',
		item: 'ipynbsrv',
		break: async host => void (await sh(host, `cp -p ${settingsThere} /root/there; echo 'x = (' >> ${settingsThere}`)),
		verdict: 'fail',
		says: /Django no longer starts: SyntaxError/,
		mend: async host => void (await sh(host, `cat /root/there > ${settingsThere}; systemctl restart ipynbsrv`)),
	},
	{
		name: 'a package that the settings want is gone',
		check: 'django.starts',
		is: 'ended',
		item: 'ipynbsrv',
		break: async host =>
			void (await sh(host, `cp -p ${settingsThere} /root/there; echo 'import no_such_package' >> ${settingsThere}`)),
		verdict: 'warn',
		says: /No module named 'no_such_package'/,
		mend: async host => void (await sh(host, `cat /root/there > ${settingsThere}; systemctl restart ipynbsrv`)),
	},
	{
		name: 'a directory that takes no anonymous login any more, while nscd remembers',
		check: 'ldap.getent',
		is: 'cached',
		item: 'ada',
		async break(host) {
			await until(async () => (await host.run(['getent', 'passwd', 'ada'])).code === 0, {
				what: 'ada',
				deadline: 40_000,
			});
			await anonymous('add: olcDisallows\nolcDisallows: bind_anon')(host);
			// It keeps the connection that it has.
			await sh(host, 'systemctl restart nslcd');
		},
		verdict: 'fail',
		says: /ada is known from a cache only/,
		async mend(host) {
			await anonymous('delete: olcDisallows')(host);
			await sh(host, 'systemctl restart nslcd');
			await until(async () => (await host.run(['getent', '-s', 'ldap', 'passwd', 'ada'])).code === 0, {
				what: 'ada, asked now',
				deadline: 40_000,
			});
		},
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
