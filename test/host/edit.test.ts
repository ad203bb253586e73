/** Each format against the program that reads it: what an editor writes is what that program understands, on a booted Debian. */
import {readFileSync, writeFileSync} from 'node:fs';
import {describe, expect} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type AnyEdit, editorFor} from '#edit/formats.ts';
import type {PyLiteral} from '#edit/python/settings.ts';
import {Fault} from '#model/fault.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {hostile} from '../unit/edit/support/properties.ts';
import {hostTest, withPackages} from './support/with-host.ts';

const packages = [
	'curl',
	'libnginx-mod-http-lua',
	'libnss-extrausers',
	'mariadb-client-core',
	'mariadb-server-core',
	'nginx',
	'nslcd',
	'postgresql',
	'python3-yaml',
	'redis-server',
	'uwsgi-core',
];
const want = {layer: withPackages('edit', packages), network: 'none', timeout: 600_000} as const;

const textOf = (host: ThrowAway, path: string): string => readFileSync(`${host.root}${path}`, 'utf8');
const write = (host: ThrowAway, path: string, text: string): void => writeFileSync(`${host.root}${path}`, text);

/** Edits the file as it is inside, and proves that a second time nothing is left to do. */
const change = (host: ThrowAway, path: string, edit: AnyEdit, from = textOf(host, path)): void => {
	const editor = editorFor(edit.format);
	const after = spliced(from, editor.edit(from, edit.settings));
	expect(editor.edit(after, edit.settings)).toEqual([]);
	write(host, path, after);
};

/** The hostile values that a format takes; those it refuses are refused with the right fault. */
const takenBy = (make: (value: string) => AnyEdit): readonly string[] =>
	hostile.filter(value => {
		const {format, settings} = make(value);
		try {
			editorFor(format).edit('', settings);
			return true;
		} catch (error) {
			expect(error).toBeInstanceOf(Fault);
			expect((error as Fault).code).toBe('edit.refused');
			return false;
		}
	});

describe('what the real programs read', () => {
	hostTest('nsswitch.conf: glibc asks the added service, and no longer after its removal', want, async host => {
		const edit = (...settings: Extract<AnyEdit, {format: 'nsswitch'}>['settings']): void =>
			change(host, '/etc/nsswitch.conf', {format: 'nsswitch', settings});
		const known = async (): Promise<boolean> => (await host.run(['getent', 'passwd', 'extra'])).code === 0;
		await host.must(['mkdir', '-p', '/var/lib/extrausers']);
		write(host, '/var/lib/extrausers/passwd', 'extra:x:4242:4242::/:/bin/sh\n');
		expect(await known()).toBe(false);
		edit({database: 'passwd', token: 'extrausers', last: true});
		expect(await known()).toBe(true);
		edit({database: 'passwd', token: 'extrausers', present: false});
		expect(await known()).toBe(false);
		write(host, '/etc/nsswitch.conf', '# no passwd line\n');
		edit({database: 'passwd', token: 'extrausers', last: true});
		expect(await known()).toBe(true);
		await host.must(['getent', 'passwd', 'root']);
	});

	hostTest('nslcd.conf: nslcd says what it understood', want, async host => {
		change(host, '/etc/nslcd.conf', {
			format: 'nslcd.conf',
			settings: [
				{key: 'uri', value: ['ldap://ipynbsrv.ldap/']},
				{key: 'base', value: ['dc=ipynbsrv,dc=ldap']},
				{key: 'base group', value: ['ou=a b,dc=ipynbsrv,dc=ldap']},
				{key: 'map passwd homeDirectory', value: ['"/srv/#1 ${uid}"']},
				{key: 'bindpw', value: ['it\'s "#1" \\ x']},
			],
		});
		const stop = new AbortController();
		const {stderr} = await host.run(['nslcd', '-n', '-d'], {
			signal: stop.signal,
			timeout: 60_000,
			onLine: line => /accepting connections/.test(line) && stop.abort(),
		});
		for (const line of [
			'uri ldap://ipynbsrv.ldap/',
			'base dc=ipynbsrv,dc=ldap',
			'base group ou=a b,dc=ipynbsrv,dc=ldap',
			'map passwd homeDirectory "/srv/#1 ${uid}"',
		]) {
			expect(stderr).toContain(`CFG: ${line}\n`);
		}
	});

	hostTest('redis.conf: CONFIG GET gives every value back, and save is off', want, async host => {
		const values = takenBy(value => ({format: 'redis.conf', settings: [{key: 'requirepass', value: [value]}]}));
		const conf = textOf(host, '/etc/redis/redis.conf');
		const get = (key: string): readonly string[] => ['redis-cli', '-s', '/run/t.sock', '--json', 'config', 'get', key];
		for (const value of values) {
			change(
				host,
				'/etc/redis/t.conf',
				{
					format: 'redis.conf',
					settings: [
						{key: 'save', value: ['']},
						{key: 'proc-title-template', value: null},
						{key: 'unixsocket', value: ['/run/t.sock']},
						{key: 'port', value: ['0']},
						{key: 'daemonize', value: ['yes']},
						{key: 'pidfile', value: ['/run/t.pid']},
						{key: 'dir', value: ['/tmp']},
						{key: 'masterauth', value: [value]},
						{key: 'bind', words: [['127.0.0.1'], ['-::1']]},
					],
				},
				conf,
			);
			await host.must(['redis-server', '/etc/redis/t.conf']);
			expect(
				JSON.parse(
					await host.must(
						[
							'sh',
							'-c',
							'until redis-cli -s /run/t.sock ping >/dev/null 2>&1; do :; done; exec "$@"',
							'-',
							...get('masterauth'),
						],
						{
							timeout: 30_000,
						},
					),
				),
			).toEqual({masterauth: value});
			expect(JSON.parse(await host.must(get('save')))).toEqual({save: ''});
			expect(JSON.parse(await host.must(get('bind')))).toEqual({bind: '127.0.0.1 -::1'});
			await host.must(['redis-cli', '-s', '/run/t.sock', 'shutdown', 'nosave']);
		}
	});

	hostTest('shell assignments: sh and systemd read the same', want, async host => {
		const values = takenBy(value => ({format: 'shell', settings: [{key: 'K', value: [value]}]}));
		change(
			host,
			'/etc/default/t',
			{format: 'shell', settings: values.map((value, at) => ({key: `K${at}`, value: [value]}))},
			'# t\n',
		);
		const show = `import os, json; print(json.dumps([os.environ.get('K%d' % n) for n in range(${values.length})]))`;
		expect(
			JSON.parse(await host.must(['sh', '-c', 'set -a; . /etc/default/t; exec python3 -c "$1"', '-', show])),
		).toEqual(values);
		// systemd takes no control characters but tab and newline in a file of assignments.
		const plain = values.filter(value => !/(?![\t\n])\p{Cc}/u.test(value) && !/[\ufeff\ufffe]/.test(value));
		change(
			host,
			'/etc/default/u',
			{format: 'shell', settings: plain.map((value, at) => ({key: `K${at}`, value: [value]}))},
			'# u\n',
		);
		const shown = await host.must([
			'systemd-run',
			'--quiet',
			'--pipe',
			'--wait',
			'-p',
			'EnvironmentFile=/etc/default/u',
			'python3',
			'-c',
			show,
		]);
		expect(JSON.parse(shown).slice(0, plain.length)).toEqual(plain);
	});

	hostTest('my.cnf: MariaDB prints its defaults', want, async host => {
		const values = takenBy(value => ({format: 'my.cnf', settings: [{section: 'mysqld', key: 'k', value: [value]}]}));
		change(
			host,
			'/etc/t.cnf',
			{
				format: 'my.cnf',
				settings: [
					...values.map((value, at) => ({section: 'mysqld', key: `k-${at}`, value: [value]})),
					{section: 'mysqld', key: 'bind-address', value: ['127.0.0.1']},
					{section: 'mysqld', key: 'skip-name-resolve', value: true},
				],
			},
			'[client]\nport=1\n[mysqld]\nbind_address = 0.0.0.0 # all\n',
		);
		const printed = await host.must(['my_print_defaults', '--defaults-file=/etc/t.cnf', 'mysqld']);
		expect(printed).toBe(
			['--bind_address=127.0.0.1', ...values.map((value, at) => `--k-${at}=${value}`), '--skip-name-resolve', ''].join(
				'\n',
			),
		);
		change(
			host,
			'/etc/u.cnf',
			{
				format: 'my.cnf',
				settings: [
					{section: 'mysqld', key: 'init-connect', value: ["SET @a='#\"'"]},
					{section: 'mysqld', key: 'port', value: ['3307']},
				],
			},
			'',
		);
		const help = await host.must(['mariadbd', '--defaults-file=/etc/u.cnf', '--verbose', '--help'], {
			timeout: 60_000,
			as: 'nobody',
		});
		expect(help).toMatch(/^init-connect +SET @a='#"'$/m);
		expect(help).toMatch(/^port +3307$/m);
	});

	hostTest('units and uwsgi: nothing is expanded', want, async host => {
		const values = takenBy(value => ({
			format: 'systemd-unit',
			settings: [{section: 'Unit', key: 'Description', value: [value]}],
		})).filter(value => value !== '' && !/\p{Cc}|[\ufffe\uffff]/u.test(value));
		for (const [at, value] of values.entries()) {
			change(
				host,
				`/etc/systemd/system/t${at}.service`,
				{
					format: 'systemd-unit',
					settings: [
						{section: 'Unit', key: 'Description', value: [value]},
						{section: 'Service', key: 'ExecStart', value: ['/bin/echo 50% $HOME']},
					],
				},
				'',
			);
		}
		await host.must(['systemctl', 'daemon-reload']);
		const shown = await Promise.all(
			values.map((_value, at) => host.must(['systemctl', 'show', '--value', '-p', 'Description', `t${at}.service`])),
		);
		expect(shown.map(line => line.replace(/\n$/, ''))).toEqual(values);
		await host.must(['systemctl', 'start', '--wait', 't0.service']);
		expect(await host.must(['journalctl', '-u', 't0.service', '-o', 'cat'])).toContain('50% $HOME\n');
		const named = takenBy(value => ({
			format: 'uwsgi-ini',
			settings: [{section: 'uwsgi', key: 'procname-prefix', value: [value]}],
		})).filter(value => !/\p{Cc}/u.test(value));
		change(
			host,
			'/etc/t.ini',
			{
				format: 'uwsgi-ini',
				settings: [
					{section: 'uwsgi', key: 'show-config', value: ['true']},
					{section: 'uwsgi', key: 'env', values: named.map((value, at) => [`K${at}=${value}`])},
				],
			},
			'',
		);
		const stop = new AbortController();
		const {stdout, stderr} = await host.run(['uwsgi', '--ini', '/etc/t.ini'], {
			signal: stop.signal,
			timeout: 60_000,
			onLine: line => line.includes(';end of configuration') && stop.abort(),
		});
		for (const [at, value] of named.entries()) expect(stdout + stderr).toContain(`env = K${at}=${value}\n`);
	});

	hostTest('postgresql.conf and pg_hba.conf: the server says what it reads', want, async host => {
		const ask = async (sql: string): Promise<unknown> =>
			JSON.parse(
				await host.must(['psql', '-X', '-qAt', '-v', 'ON_ERROR_STOP=1'], {
					as: 'postgres',
					stdin: `select coalesce(json_agg(t), '[]') from (${sql}) t;`,
				}),
			);
		const dir = `/etc/postgresql/${(await host.must(['ls', '/etc/postgresql'])).trim()}/main`;
		await host.must(['systemctl', 'start', 'postgresql']);
		const values = takenBy(value => ({format: 'postgresql.conf', settings: [{key: 'my.k', value: [value]}]}));
		change(host, `${dir}/postgresql.conf`, {
			format: 'postgresql.conf',
			settings: [
				{key: 'listen_addresses', value: ['localhost, 10.0.0.1']},
				{key: 'work_mem', value: ['5MB']},
				{key: 'log_statement', value: ['none']},
				...values.map((value, at) => ({key: `my.k${at}`, value: [value]})),
			],
		});
		const read = (await ask('select name, setting, error from pg_file_settings order by seqno')) as readonly {
			readonly name: string;
			readonly setting: string;
			readonly error: string | null;
		}[];
		expect(read.filter(({name}) => name.startsWith('my.')).map(({setting}) => setting)).toEqual(values);
		expect(read.findLast(({name}) => name === 'listen_addresses')?.setting).toBe('localhost, 10.0.0.1');
		// A new address is told as an error because only a restart applies it.
		expect(read.filter(({name, error}) => error !== null && name !== 'listen_addresses')).toEqual([]);
		const before = (await ask('select database, user_name from pg_hba_file_rules')) as readonly unknown[];
		change(host, `${dir}/pg_hba.conf`, {
			format: 'pg_hba.conf',
			settings: [
				{type: 'host', database: 'ipynbsrv', user: 'ipynbsrv', address: '127.0.0.1/32', method: 'scram-sha-256'},
				{
					type: 'local',
					database: ['a b', 'q"', 'all'],
					user: ['x,y', '@z', '#1', '+staff'],
					method: 'peer',
					options: ['map=a b'],
				},
				{type: 'host', database: 'all', user: 'all', address: '::1/128', method: 'reject'},
			],
		});
		const rules = (await ask(
			'select type, database, user_name, address, auth_method, options, error from pg_hba_file_rules order by line_number',
		)) as readonly {
			readonly type: string;
			readonly database: readonly string[];
			readonly user_name: readonly string[];
			readonly auth_method: string;
			readonly address: string | null;
			readonly options: readonly string[] | null;
			readonly error: string | null;
		}[];
		expect(rules.filter(({error}) => error !== null)).toEqual([]);
		expect(rules).toHaveLength(before.length + 2);
		const ours = rules.findIndex(({database}) => database.includes('ipynbsrv'));
		expect(rules[ours]).toMatchObject({
			type: 'host',
			user_name: ['ipynbsrv'],
			address: '127.0.0.1',
			auth_method: 'scram-sha-256',
		});
		expect(rules[ours + 1]).toMatchObject({database: ['all'], address: '127.0.0.1'});
		expect(rules.find(({database}) => database.includes('a b'))).toMatchObject({
			type: 'local',
			database: ['a b', 'q"', 'all'],
			user_name: ['x,y', '@z', '#1', '+staff'],
			options: ['map=a b'],
		});
		expect(rules.find(({address, database}) => address === '::1' && database.includes('all'))).toMatchObject({
			auth_method: 'reject',
		});
	});

	hostTest('nginx: it takes the file and answers with the values', want, async host => {
		const values = takenBy(value => ({
			format: 'nginx',
			settings: [{block: [], directive: 'x', args: [[value]]}],
		})).filter(value => value !== '');
		write(
			host,
			'/etc/nginx/conf.d/lua.conf',
			"init_by_lua_block {\n  -- a } here\n  x = '}' .. [[ } ]] --[==[ } ]==]\n  y = {1, {2}}\n}\nserver { listen 8082; location / { content_by_lua_block { ngx.say('}', y[1]) } } }\n",
		);
		change(host, '/etc/nginx/conf.d/lua.conf', {
			format: 'nginx',
			settings: [{anywhere: true, directive: 'listen', args: [['8081']]}],
		});
		change(host, '/etc/nginx/nginx.conf', {
			format: 'nginx',
			settings: [
				{block: [], directive: 'user', args: [['www-data']]},
				{block: [], directive: 'worker_processes', args: [['1']]},
				{block: ['http'], include: '/etc/nginx/sites-enabled/*', present: false},
				{block: ['http'], include: '/etc/nginx/own/*.conf'},
				{block: ['http', 'server'], directive: 'listen', args: [['8080']]},
				...values.map((value, at) => ({
					block: ['http', 'server', {name: 'location', args: ['=', `/${at}`]}],
					directive: 'return',
					key: ['200'],
					args: [[value]],
				})),
				{
					block: ['http', 'server', {name: 'location', args: ['~', '^/v/(a{2}|;)$']}],
					directive: 'return',
					args: [['200'], ['{$1}']],
					variables: true,
				},
			],
		});
		await host.must(['nginx', '-t']);
		await host.must(['systemctl', 'restart', 'nginx']);
		const got = await Promise.all(
			values.map((_value, at) => host.must(['curl', '-sS', `http://127.0.0.1:8080/${at}`])),
		);
		expect(got).toEqual(values);
		expect(await host.must(['curl', '-sS', 'http://127.0.0.1:8080/v/aa'])).toBe('{aa}');
		expect(await host.must(['curl', '-sS', 'http://127.0.0.1:8081/'])).toBe('}1\n');
		change(host, '/etc/nginx/nginx.conf', {format: 'nginx', settings: [{block: ['http'], removeBlocks: 'server'}]});
		await host.must(['nginx', '-t']);
		expect(textOf(host, '/etc/nginx/nginx.conf')).not.toContain('8080');
	});

	hostTest('Python, YAML and TOML: Python reads every value back', want, async host => {
		const values = hostile.filter(value => value.isWellFormed());
		const str = (value: string): PyLiteral => ({text: [value]});
		change(
			host,
			'/srv/settings.py',
			{format: 'python', settings: values.map((value, at) => ({path: ['V', 'é', String(at)], value: str(value)}))},
			"# 𝕏\nV = {\n    'é': {},  # c\n}\n",
		);
		expect(
			JSON.parse(
				await host.must([
					'python3',
					'-c',
					"import json; s = {}; exec(open('/srv/settings.py', encoding='utf-8').read(), s); print(json.dumps(list(s['V']['é'].values())))",
				]),
			),
		).toEqual(values);
		const yaml = takenBy(value => ({format: 'yaml', settings: [{path: ['k'], value: {text: [value]}}]}));
		change(
			host,
			'/srv/t.yaml',
			{format: 'yaml', settings: yaml.map((value, at) => ({path: ['v', `k${at}`], value: {text: [value]}}))},
			'# c\nv:\n    first: 1 # one\n',
		);
		expect(
			JSON.parse(
				await host.must([
					'python3',
					'-c',
					"import json, yaml; print(json.dumps(yaml.safe_load(open('/srv/t.yaml', encoding='utf-8', newline=''))['v']))",
				]),
			),
		).toEqual({first: 1, ...Object.fromEntries(yaml.map((value, at) => [`k${at}`, value]))});
		const toml = takenBy(value => ({format: 'toml', settings: [{path: ['k'], value: {text: [value]}}]}));
		change(
			host,
			'/srv/t.toml',
			{format: 'toml', settings: toml.map((value, at) => ({path: ['v', `k${at}`], value: {text: [value]}}))},
			'# c\n[v]\nfirst = 1 # one\n\n[w]\n',
		);
		expect(
			JSON.parse(
				await host.must([
					'python3',
					'-c',
					"import json, tomllib; print(json.dumps(tomllib.load(open('/srv/t.toml', 'rb'))['v']))",
				]),
			),
		).toEqual({
			first: 1,
			...Object.fromEntries(toml.map((value, at) => [`k${at}`, value])),
		});
	});
});
