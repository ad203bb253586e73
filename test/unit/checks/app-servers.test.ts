/** How uwsgi and gunicorn are told to run, in each of the ways that people write it. */
import {describe, expect, test} from 'vitest';
import {secondsIn} from '#checks/appserver/timeout.ts';
import {plain} from '#checks/docker/image.ts';
import {systemdDialect, uwsgiDialect} from '#edit/sections/ini.ts';
import {serverFrom} from '#host/app-servers/app-server-command.ts';
import {appServers} from '#host/app-servers/app-servers.ts';
import {misfitOf} from '#host/app-servers/interpreter.ts';
import {ownDatabase} from '#host/django/own-login.ts';
import {settingsIn} from '#host/django/settings-file.ts';
import {sectionLines} from '#host/files/section-lines.ts';
import {packet} from '#host/web/uwsgi.ts';
import type {Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages} from '../support/look.ts';

describe('the interpreter of an environment', () => {
	const links: Readonly<Record<string, string>> = {
		'/srv/a/venv/bin/python': 'python3',
		'/srv/a/venv/bin/python3': '/usr/bin/python3.11',
		'/srv/b/venv/bin/python': '/usr/bin/python3',
		'/usr/bin/python3': 'python3.13',
	};
	const files = {
		'/usr/bin/python3.13': '',
		'/srv/a/venv/pyvenv.cfg': '',
		'/srv/b/venv/pyvenv.cfg': '',
		'/srv/b/venv/lib/python3.11/site-packages/x.py': '',
		'/opt/tool/bin/python': '',
	};
	const reader: Reader = {
		...fileReader(files),
		stat: async path => {
			const target = links[path];
			const plain = {mode: 0o777, uid: 0, gid: 0, size: 0, mtimeMs: 0, ctimeMs: 0};
			return target === undefined ? fileReader(files).stat(path) : {...plain, kind: 'symlink', target};
		},
	};
	test('is gone, is another by now, fits, or is that of the host', async () => {
		expect(await misfitOf(reader, {python: '/srv/a/venv/bin/python'})).toEqual({
			how: 'gone',
			environment: '/srv/a/venv',
			leads: '/usr/bin/python3.11',
		});
		expect(await misfitOf(reader, {python: '/srv/b/venv/bin/python'})).toEqual({
			how: 'other',
			environment: '/srv/b/venv',
			was: '3.11',
			now: '3.13',
		});
		for (const python of ['/usr/bin/python3', '/opt/tool/bin/python', '/srv/none/venv/bin/python'])
			expect(await misfitOf(reader, {python}), python).toBeUndefined();
		const made = {...files, '/srv/b/venv/lib/python3.13/site-packages/x.py': ''};
		expect(
			await misfitOf({...reader, list: fileReader(made).list}, {python: '/srv/b/venv/bin/python'}),
		).toBeUndefined();
	});
});

const started = {item: 'x', unit: 'x.service', where: '/etc/systemd/system/x.service:3'};
const from = async (command: string, files: Readonly<Record<string, string>> = {}) =>
	(await serverFrom(fileReader(files), {...started, command}))[0];

describe('gunicorn', () => {
	test.each([
		[
			'/srv/venv/bin/gunicorn config.wsgi:application --bind=127.0.0.1:8001 --timeout 604810',
			{
				module: 'config.wsgi',
				python: '/srv/venv/bin/python',
				timeout: {seconds: 604810, where: started.where},
				sockets: [{kind: 'tcp', host: '127.0.0.1', port: 8001}],
			},
		],
		[
			'/usr/bin/gunicorn -w 3 -b unix:/run/app.sock -t 90 app.wsgi',
			{
				module: 'app.wsgi',
				python: '/usr/bin/python3',
				processes: 3,
				timeout: {seconds: 90, where: started.where},
				sockets: [{kind: 'unix', path: '/run/app.sock'}],
			},
		],
		[
			'/usr/bin/gunicorn app:app',
			{
				timeout: {seconds: 30, where: "gunicorn's own default"},
				sockets: [{kind: 'tcp', host: '127.0.0.1', port: 8000}],
			},
		],
		[
			'/usr/bin/gunicorn -b :80 --env DJANGO_SETTINGS_MODULE=a.b app',
			{settings: 'a.b', sockets: [{kind: 'tcp', host: '0.0.0.0', port: 80}]},
		],
		['/usr/bin/gunicorn --preload -u www app.wsgi:application', {module: 'app.wsgi', user: 'www'}],
	])('%s', async (command, wanted) => expect(await from(command)).toMatchObject({kind: 'gunicorn', ...wanted}));

	test('its configuration file', async () => {
		const server = await from('/usr/bin/gunicorn -c /etc/app.py app.wsgi', {
			'/etc/app.py': "bind = '127.0.0.1:9000'\nworkers = 4  # cores\ntimeout = compute()\n",
		});
		expect(server).toMatchObject({conf: '/etc/app.py', processes: 4, sockets: [{port: 9000}], timeout: {seconds: 30}});
	});
});

describe('uwsgi', () => {
	test('an ini file as the guide has it', async () => {
		const ini =
			'; old\n[uwsgi]\nuid = root\nchdir = /srv/app/www\nmodule = app.wsgi:application\nenv = DJANGO_SETTINGS_MODULE=app.settings\nvirtualenv = /srv/app/venv\nprocesses = 4\nsocket = /run/app/wui.sock\nchmod-socket = 666\nharakiri = 30\n';
		expect(await from('/usr/bin/uwsgi --ini /etc/app.ini', {'/etc/app.ini': ini})).toEqual({
			...{
				item: 'x',
				unit: 'x.service',
				where: started.where,
				kind: 'uwsgi',
				conf: '/etc/app.ini',
				user: 'root',
				directory: '/srv/app/www',
				module: 'app.wsgi',
				settings: 'app.settings',
				environment: {files: [], values: new Map([['DJANGO_SETTINGS_MODULE', 'app.settings']])},
			},
			python: '/srv/app/venv/bin/python',
			processes: 4,
			sockets: [{kind: 'unix', path: '/run/app/wui.sock', mode: 0o666}],
			timeout: {seconds: 30, where: '/etc/app.ini:11'},
		});
	});

	test('the languages that Debian’s own loads as plugins, and where; one of PyPI has its own built in', async () => {
		const ini = '[uwsgi]\nplugins = http,python3\nplugin = 0\nplugins-dir = /opt/plugins\nneed-plugin = psgi\n';
		const server = await from('/usr/bin/uwsgi --ini /etc/app.ini', {'/etc/app.ini': ini});
		expect(server?.plugins).toEqual(
			['python3', 'psgi'].map((name, at) => ({
				name,
				where: `/etc/app.ini:${at === 0 ? 2 : 5}`,
				paths: [`/opt/plugins/${name}_plugin.so`, `/usr/lib/uwsgi/plugins/${name}_plugin.so`],
			})),
		);
		expect((await from('/srv/venv/bin/uwsgi --ini /etc/app.ini', {'/etc/app.ini': ini}))?.plugins).toBeUndefined();
		expect((await from('/usr/bin/uwsgi --plugin python3 --http :80'))?.plugins?.map(({name}) => name)).toEqual([
			'python3',
		]);
	});

	test('another program with its name in a path is none', async () =>
		expect(await from('/usr/bin/logger /var/log/uwsgi/app.log')).toBeUndefined());
});

test('programs of supervisor, and files that were switched off', async () => {
	const reader = fileReader({
		...installedPackages('supervisor=4.2.5-1'),
		'/etc/supervisor/supervisord.conf': '[include]\nfiles = /etc/supervisor/conf.d/*.conf\n',
		'/etc/supervisor/conf.d/app.conf':
			'[program:site]\ncommand = /srv/venv/bin/gunicorn site.wsgi \\\n  --bind 127.0.0.1:8001\nuser=site\ndirectory=/srv/site\nenvironment=A="b",DJANGO_SETTINGS_MODULE="site.settings"\n[program:other]\ncommand=/bin/cat\n',
		'/etc/uwsgi/apps-enabled/a.ini': '[uwsgi]\nsocket = 127.0.0.1:3031\n',
		'/etc/systemd/system/x.service': '[Service]\n#ExecStart=/usr/bin/gunicorn a\nExecStart=/bin/true\n',
	});
	expect(await reader.fact(appServers)).toMatchObject([
		{item: 'a', unit: 'uwsgi.service', user: 'www-data', sockets: [{kind: 'tcp', host: '127.0.0.1', port: 3031}]},
		{
			item: 'site',
			unit: 'supervisor.service',
			user: 'site',
			directory: '/srv/site',
			module: 'site.wsgi',
			settings: 'site.settings',
			sockets: [{port: 8001}],
		},
	]);
});

test('sections, comments and long lines', () => {
	const sections = sectionLines(
		systemdDialect,
		'[a]\nx = 1\n# y = 2\n;z = 3\nlong = a \\\n b\n[b]\nflag\n[a]\nx = 4\n',
	);
	expect(sections.get('a')).toEqual([
		{key: 'x', value: '1', line: 2},
		{key: 'long', value: 'a  b', line: 5},
		{key: 'x', value: '4', line: 10},
	]);
	expect(sections.get('b')).toEqual([]);
	// uwsgi has flags, and its lines do not go on.
	expect(sectionLines(uwsgiDialect, '[b]\nflag\nx = a \\\n').get('b')).toEqual([
		{key: 'flag', value: '', line: 2},
		{key: 'x', value: 'a \\', line: 3},
	]);
});

test.each([
	['60', 60],
	['60s', 60],
	['2m', 120],
	['1h30m', 5400],
	['500ms', 0.5],
	['7d', 604_800],
])('%s are %d seconds', (text, seconds) => expect(secondsIn(text)).toBe(seconds));

test.each([
	['ubuntu', 'ubuntu:latest'],
	['docker.io/library/ubuntu:22.04', 'ubuntu:22.04'],
	['docker.io/curiouscontainers/cc-image-ubuntu:0.10', 'curiouscontainers/cc-image-ubuntu:0.10'],
	['registry.example.org:5000/a/b', 'registry.example.org:5000/a/b:latest'],
	['a@sha256:00', 'a@sha256:00'],
])('the image %s is %s', (name, short) => expect(plain(name)).toBe(short));

describe('settings.py', () => {
	const read = (source: string) => settingsIn(source, '/s.py', 3);

	test('what it says in plain words', () => {
		expect(
			read(
				"DEBUG = False\nALLOWED_HOSTS = ['a', 'b']\nSECRET_KEY = 'k'\nDATABASES = {'default': {'ENGINE': 'x.sqlite3', 'NAME': 'y'}}\n",
			),
		).toEqual({
			DEBUG: {value: false, where: '/s.py:1'},
			ALLOWED_HOSTS: {value: ['a', 'b'], where: '/s.py:2'},
			SECRET_KEY: {value: 'k', where: '/s.py:3'},
			ENGINE: {value: 'x.sqlite3', where: '/s.py:4'},
		});
	});

	test.each([
		'DEBUG = env("DEBUG")',
		'if True:\n    DEBUG = False',
		'DEBUG = False\nfrom local import DEBUG',
		'from .base import DEBUG',
		'DEBUG = False\ntry:\n    from .local import *\nexcept ImportError:\n    pass',
	])('%j is for Python to say', source => expect(read(`${source}\n`).DEBUG).toBeUndefined());
	test('what is taken over before it is written does not matter', () =>
		expect(read('from .base import *\nDEBUG = False\n').DEBUG).toEqual({value: false, where: '/s.py:2'}));
	test('the last one counts', () =>
		expect(read('DEBUG = True\nDEBUG = False\n').DEBUG).toEqual({value: false, where: '/s.py:2'}));
	test('a list that is added to is no plain one', () =>
		expect(read("ALLOWED_HOSTS = ['a']\nALLOWED_HOSTS += ['*']\n").ALLOWED_HOSTS).toBeUndefined());
	test('what does not parse is told', () => expect(() => read('def (\n')).toThrow(/\/s\.py/));

	const login =
		"'ENGINE': 'django.db.backends.postgresql', 'NAME': 'd', 'USER': 'u', 'PASSWORD': 'p-of-tests', 'HOST': 'db'";
	test('how it logs in to its database, the password in a box', () => {
		const {login: found} = read(`DATABASES = {'default': {${login}, 'PORT': '', 'CONN_MAX_AGE': 60}}\n`);
		expect(found).toMatchObject({host: 'db', port: 5432, user: 'u', database: 'd'});
		expect(found?.password).toBeInstanceOf(Secret);
	});
	test.each([
		`DATABASES = {'default': {${login}, 'OPTIONS': {'sslmode': 'require'}}}`,
		`DATABASES = {'default': {${login}, 'PORT': port()}}`,
		`DATABASES = {'default': {${login.replace("'p-of-tests'", "open('p').read()")}}}`,
		`DATABASES = {'default': {${login.replace("'db'", "''")}}}`,
		`DATABASES = {'default': {${login.replace('.postgresql', '.mysql')}}}`,
		`DATABASES = {'default': {${login}}}\nDATABASES['default']['USER'] = 'other'`,
		`DATABASES = {'default': {${login}}}\nfrom .local import *`,
		`DATABASES = {'default': {${login}, 'USER': 'twice'}}`,
	])('%s: Django connects in a way of its own', source => expect(read(`${source}\n`).login).toBeUndefined());
	test.each([
		['db', '127.0.0.1 localhost\n127.0.2.1 db\n', '127.0.2.1'],
		['db', '10.0.0.1 db\n', undefined],
		['db', '127.0.0.1 db\n10.0.0.1 db\n', undefined],
		['db', '127.0.0.1 localhost\n', undefined],
		['127.0.0.1', '', '127.0.0.1'],
		['10.0.0.1', '', undefined],
	])('the server %s with %j is asked at %s', async (name, hosts, address) => {
		const host = {root: '/', read: async () => Buffer.from(hosts)} as unknown as Reader;
		const own = {host: name, port: 5432, user: 'u', password: new Secret('p', 'x'), database: 'd'};
		expect((await ownDatabase(host, own))?.server).toEqual(
			address && {
				...{kind: 'remote', host: address, port: 5432, user: 'u', password: [own.password]},
				...{tls: 'off', patience: 3000, mayChange: false},
			},
		);
	});
});

test('a request in uwsgi’s protocol', () => {
	const bytes = packet('/x', 'a.example.org');
	expect(bytes[0]).toBe(0);
	expect(bytes.readUInt16LE(1)).toBe(bytes.length - 4);
	expect(bytes.includes('HTTP_HOST')).toBe(true);
});
