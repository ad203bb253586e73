/** What editors met on real hosts: each case with the others of its kind. What the programs themselves read is asked in test/host/field. */
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type FormatName, formats, type SettingOf} from '#edit/formats.ts';
import {field} from '../support/field.ts';

const edit = <F extends FormatName>(format: F, source: string, ...settings: readonly SettingOf<F>[]): string =>
	spliced(
		source,
		(formats[format].edit as (source: string, settings: readonly SettingOf<F>[]) => never)(source, settings),
	);

/** The same again changes nothing. */
const settled = <F extends FormatName>(format: F, source: string, ...settings: readonly SettingOf<F>[]): string => {
	const after = edit(format, source, ...settings);
	expect(edit(format, after, ...settings)).toBe(after);
	return after;
};

describe('a blank is what the program takes for one', () => {
	it.each([
		['nbsp', '127.0.0.1 localhost\n127.0.1.1\u00a0web01\n'],
		['bom', '\ufeff127.0.1.1 web01\n127.0.0.1 localhost\n'],
	])('/etc/hosts with a %s has no web01', (name, source) => {
		expect(field(`hosts-nbsp-bom/${name}`)).toBe(source);
		expect(settled('hosts', source, {name: 'web01', address: '127.0.1.1'})).toBe(`${source}127.0.1.1\tweb01\n`);
	});

	it.each(['nbsp', 'bom'])('postgresql.conf with a %s is refused', name => {
		expect(() =>
			edit('postgresql.conf', field(`postgresql-nbsp-bom/${name}`), {key: 'listen_addresses', value: ['localhost']}),
		).toThrow(/edit\.parse.*line 1, column 1/);
	});

	it('the shell reads on behind a BOM, and a form feed is a part of a word', () => {
		const source = field('slapd-bom/default-slapd');
		expect(source.startsWith('\ufeff#')).toBe(true);
		const after = settled('shell', source, {key: 'SLAPD_SERVICES', value: ['ldapi:///']});
		expect(after).toBe(source.replace('"ldap:/// ldapi:///"', '"ldapi:///"'));
		for (const odd of ['\ufeff', '\u00a0', '\f', '\v', '\u2028', '\r'])
			expect(settled('shell', `${odd}A=1\nB=2\n`, {key: 'B', value: ['3']})).toBe(`${odd}A=1\nB="3"\n`);
	});

	it('nsswitch.conf, redis.conf, my.cnf and pg_hba.conf: a no-break space is a part of a word', () => {
		expect(settled('nsswitch', 'passwd: files\u00a0ldap\n', {database: 'passwd', token: 'ldap'})).toBe(
			'passwd: files\u00a0ldap ldap\n',
		);
		expect(settled('redis.conf', 'maxmemory\u00a01gb\n', {key: 'maxmemory', value: ['2gb']})).toBe(
			'maxmemory\u00a01gb\nmaxmemory 2gb\n',
		);
		expect(settled('my.cnf', '[mysqld]\nport\u00a0= 1\n', {section: 'mysqld', key: 'port', value: ['2']})).toBe(
			'[mysqld]\nport\u00a0= 1\nport = 2\n',
		);
		expect(() => edit('my.cnf', '\ufeff[mysqld]\nport = 1\n', {section: 'mysqld', key: 'port', value: ['2']})).toThrow(
			'edit.parse',
		);
		expect(() =>
			edit('pg_hba.conf', '\ufefflocal all all peer\n', {type: 'local', database: 'a', user: 'a', method: 'peer'}),
		).toThrow(/edit\.parse.*line 1, column 1/);
	});

	it('a unit with a BOM is read as without', () => {
		expect(settled('systemd-unit', '\ufeff[Service]\nUser=a\n', {section: 'Service', key: 'User', value: ['b']})).toBe(
			'\ufeff[Service]\nUser=b\n',
		);
	});
});

describe('names without case', () => {
	it('takes Web01 from its wrong address', () => {
		expect(settled('hosts', field('hosts-case/hosts'), {name: 'web01', address: '127.0.1.1'})).toBe(
			'127.0.0.1 localhost\n10.0.0.5\tWeb01.Example.Org\n127.0.1.1\tweb01\n',
		);
		expect(settled('hosts', '0:0:0:0:0:0:0:1 WEB01\n', {name: 'web01', address: '::1'})).toBe(
			'0:0:0:0:0:0:0:1 WEB01\n',
		);
	});

	it('finds a server of nginx and an option of MySQL', () => {
		const source = 'http {\n    server {\n        server_name A.Example;\n    }\n}\n';
		expect(
			settled('nginx', source, {
				block: ['http', {name: 'server', serverName: 'a.example'}],
				directive: 'listen',
				args: [['80']],
			}),
		).toContain('server_name A.Example;\n        listen 80;');
		expect(
			settled('my.cnf', '[MySQLd]\nloose_bind_address = x\n', {section: 'mysqld', key: 'bind-address', value: ['y']}),
		).toBe('[MySQLd]\nloose_bind_address = y\n');
	});
});

describe('nginx words', () => {
	it('a { behind an escaped dollar opens a block, behind a bare one it goes on', () => {
		const source = field('escaped-dollar-brace/a.conf');
		expect(settled('nginx', source, {block: ['http'], directive: 'server_tokens', args: [['off']]})).toContain(
			'server_tokens off;',
		);
		expect(
			settled('nginx', 'set $a ${b}c;\nlocation ~ \\\\${x} { }\n', {block: [], directive: 'user', args: [['www']]}),
		).toContain('user www;');
	});
});

describe('postgresql.conf', () => {
	it('takes every form that the server takes', () => {
		const source = field('postgresql-no-blank/postgresql.conf');
		expect(settled('postgresql.conf', source, {key: 'port', value: ['5434']})).toBe(
			"listen_addresses'*'\nport=5434#c\n",
		);
		expect(settled('postgresql.conf', source, {key: 'listen_addresses', value: ['localhost']})).toBe(
			"listen_addresses'localhost'\nport=5433#c\n",
		);
		expect(settled('postgresql.conf', 'work_mem=\t0x10MB # c\n', {key: 'work_mem', value: ['8MB']})).toBe(
			'work_mem=\t8MB # c\n',
		);
	});

	it.each(['port5433', 'port = 54 33', 'bonjour_name = a b', "x = 'open", 'listen_addresses = *', 'work_mem = 1.5GB'])(
		'refuses %s as the server does',
		source => {
			expect(() => edit('postgresql.conf', `${source}\n`, {key: 'port', value: ['1']})).toThrow('edit.parse');
		},
	);

	it('a fraction with a unit is quoted, and octal escapes are bytes', () => {
		expect(edit('postgresql.conf', '', {key: 'work_mem', value: ['1.5GB']})).toBe("work_mem = '1.5GB'\n");
		expect(edit('postgresql.conf', "a = '\\303\\274'\n", {key: 'a', value: ['ü']})).toBe("a = '\\303\\274'\n");
	});
});

describe('pg_hba.conf', () => {
	const app = {type: 'host', database: 'app', user: 'app', address: '127.0.0.1/32', method: 'scram-sha-256'} as const;
	const line = (text: string): string => (text.split('\n').find(one => one.includes('127.0.0.1/32')) ?? '').trim();

	it('keeps what stands behind the method, but what the new method does not take', () => {
		const of = (rest: string): string =>
			settled('pg_hba.conf', `hostssl all all 10.77.0.0/16 ${rest}\n`, {
				type: 'hostssl',
				database: 'all',
				user: 'all',
				address: '10.77.0.0/16',
				method: 'scram-sha-256',
			});
		expect(field('hba-fix-drops-clientcert/pg_hba-tail.conf')).toContain('md5 clientcert=verify-full');
		expect(of('md5 clientcert=verify-full # c')).toBe(
			'hostssl all all 10.77.0.0/16 scram-sha-256 clientcert=verify-full # c\n',
		);
		expect(of('ldap ldapserver=a clientcert=verify-ca clientname=DN')).toBe(
			'hostssl all all 10.77.0.0/16 scram-sha-256 clientcert=verify-ca clientname=DN\n',
		);
		expect(of('cert map=m')).toBe('hostssl all all 10.77.0.0/16 scram-sha-256\n');
	});

	it.each(['samehost', 'samenet'])('a record for %s may catch the host itself', name => {
		const source = field(`hba-samenet/${name}`);
		const after = settled('pg_hba.conf', source, app).split('\n');
		expect(after.findIndex(one => one.includes('127.0.0.1/32'))).toBeLessThan(
			after.findIndex(one => one.includes(`all ${name}`)),
		);
	});

	it.each([
		['host all +staff 127.0.0.1/32 ident'],
		['host sameuser all 127.0.0.0/8 ident'],
		['host all all db.example ident'],
		['hostssl all all 0.0.0.0/0 cert'],
		['host @dbs all all ident'],
		['include other.conf'],
	])('so may %s', source => {
		expect(line(settled('pg_hba.conf', `local all all peer\n${source}\n`, app))).toContain('app');
		expect(settled('pg_hba.conf', `local all all peer\n${source}\n`, app).split('\n')[1]).toContain('app');
	});

	it.each([
		['host replication all 127.0.0.1/32 ident'],
		['host all all 10.0.0.0/8 ident'],
		['host other all 127.0.0.1/32 ident'],
		['host all replication 127.0.0.1/32 ident'],
		['host all all ::1/128 ident'],
	])('not so %s', source => {
		expect(settled('pg_hba.conf', `${source}\n`, app).split('\n')[0]).toBe(source);
	});

	it('never opens what a record shuts for a part of it, nor goes before a narrower one', () => {
		expect(() => edit('pg_hba.conf', field('hba-hostnossl-reject/in'), app)).toThrow(/edit\.refused.*line 2 rejects/);
		expect(edit('pg_hba.conf', field('hba-hostnossl-reject/in'), {...app, type: 'hostssl'}).split('\n')[2]).toContain(
			'app',
		);
		const all = {...app, database: 'all', user: 'all', address: '0.0.0.0/0'};
		expect(settled('pg_hba.conf', 'host all bob 10.0.0.0/8 reject\n', all).split('\n')[0]).toContain('bob');
		expect(settled('pg_hba.conf', 'host all all all reject\n', app).split('\n')[0]).toContain('app');
	});
});

describe('nsswitch.conf', () => {
	it('refuses a place behind an action that ends the search', () => {
		const source = field('nsswitch-return/nsswitch.conf');
		for (const one of [
			source,
			'passwd: files [!SUCCESS=return]\n',
			'passwd: sss [ success=return notfound=return ] db\n',
		])
			expect(() => edit('nsswitch', one, {database: 'passwd', token: 'ldap', last: true})).toThrow('edit.refused');
		expect(
			settled('nsswitch', 'group: files [SUCCESS=merge] systemd\n', {database: 'group', token: 'ldap', last: true}),
		).toBe('group: files [SUCCESS=merge] systemd ldap\n');
	});
});

describe('the shell', () => {
	it('tells a here-string, arithmetic and a redirection from a here-document', () => {
		expect(field('shell-herestring/in.sh')).toBe('read X <<< "A=1"\nA=2\n');
		for (const before of [
			'read X <<< "A=1"',
			'cat<<<A=1',
			'((x = 1 << 2))',
			'cat <<EOF >out\nA=1\nEOF',
			'cat<<-"E"\n\tA=1\n\tE',
			'x 2>&1 <y',
		])
			expect(settled('shell', `${before}\nA=2\n`, {key: 'A', value: ['3']})).toBe(`${before}\nA="3"\n`);
	});
});

describe('conditions', () => {
	it('of uwsgi: neither a value nor a new line under one', () => {
		const source = field('uwsgi-if-env/app.ini');
		expect(() => edit('uwsgi-ini', source, {section: 'uwsgi', key: 'uid', value: ['app']})).toThrow(
			/edit\.refused.*condition on line 3/,
		);
		expect(settled('uwsgi-ini', source, {section: 'uwsgi', key: 'gid', value: ['app']})).toBe(`${source}gid = app\n`);
		expect(() =>
			edit('uwsgi-ini', '[uwsgi]\nfor = a b\nenv = X=%(_)\nendfor =\n', {section: 'uwsgi', key: 'env', value: ['Y=1']}),
		).toThrow('edit.refused');
		expect(() =>
			edit('uwsgi-ini', '[uwsgi]\nif-env = A\nx = 1\n', {section: 'uwsgi', key: 'gid', value: ['a']}),
		).toThrow(/edit\.refused.*not closed/);
	});
});

describe('systemd units', () => {
	const exec = {section: 'Service', key: 'ExecStart', value: ['/usr/bin/gunicorn app.wsgi']} as const;

	it('a value reaches over the comments within it', () => {
		expect(settled('systemd-unit', field('unit-continued-comment/zz.service'), exec)).toBe(
			'[Service]\nExecStart=/usr/bin/gunicorn app.wsgi\nUser=www-data\n',
		);
		expect(settled('systemd-unit', '[Service]\nExecStart=/a \\\n; x\n# y\n  b\nUser=c\n', exec)).toContain(
			'app.wsgi\nUser=c\n',
		);
		const two = '[Service]\nExecStart=/a\\\\\nUser=c\n';
		expect(settled('systemd-unit', two, {section: 'Service', key: 'User', value: ['d']})).toBe(two.replace('=c', '=d'));
		const same = '[Service]\nExecStart=/usr/bin/gunicorn\\\n  app.wsgi\n';
		expect(edit('systemd-unit', same, exec)).toBe(same);
	});

	it('nothing is added behind a line that goes on', () => {
		for (const source of [
			field('unit-continuation-at-end/zz.service'),
			'[Service]\nExecStart=/a \\',
			'[Service]\nA=b \\\n# c\n',
		]) {
			expect(() => edit('systemd-unit', source, {section: 'Service', key: 'User', value: ['y']})).toThrow(
				/edit\.refused.*goes on/,
			);
			expect(() => edit('systemd-unit', source, {section: 'Install', key: 'WantedBy', value: ['y']})).toThrow(
				'edit.refused',
			);
		}
		expect(settled('systemd-unit', field('unit-continuation-at-end/zz.service'), exec)).toBe(
			'[Service]\nExecStart=/usr/bin/gunicorn app.wsgi\n',
		);
	});
});

describe('Python settings', () => {
	const debug = {path: ['DEBUG'], value: {bool: false}} as const;

	it('are not set above a line that may give them another value', () => {
		expect(() => edit('python', field('editor-star-import/settings.py'), debug)).toThrow(/edit\.refused.*line 5/);
		for (const taken of [
			'from .local import *',
			'django_heroku.settings(locals())',
			'globals().update(x)',
			"vars()['DEBUG'] = True",
			"exec(open('local.py').read())",
			"include('local.py', scope=globals())",
			"include('local.py')",
			'if x:\n    from local import *',
			'settings = dynaconf.DjangoDynaconf(__name__)',
			"setattr(sys.modules[__name__], 'DEBUG', True)",
			'def f():\n    globals()["DEBUG"] = True\nf()',
		]) {
			expect(() => edit('python', `DEBUG = True\n${taken}\n`, debug)).toThrow('edit.refused');
			expect(() => edit('python', `${taken}\n`, {path: ['DATABASES', 'default'], value: {none: true}})).toThrow(
				'edit.refused',
			);
			if (!taken.startsWith('def'))
				expect(settled('python', `${taken}\nDEBUG = True\n`, debug)).toBe(`${taken}\nDEBUG = False\n`);
		}
		expect(settled('python', 'from .base import *\n', debug)).toBe('from .base import *\nDEBUG = False\n');
		for (const read of [
			"x = globals().get('y')",
			"if 'y' in globals():\n    pass",
			'def f():\n    return locals()',
			'from a import (b, c)',
		])
			expect(settled('python', `DEBUG = True\n${read}\n`, debug)).toBe(`DEBUG = False\n${read}\n`);
	});

	it('are read with a BOM and form feeds as Python reads them', () => {
		const source = field('python-bom/db.py');
		expect(settled('python', source, {path: ['DATABASES', 'default', 'PASSWORD'], value: {text: ['x']}})).toBe(
			source.replace("'a'}", "'a', 'PASSWORD': 'x'}"),
		);
		expect(settled('python', field('python-bom/doc.py'), debug)).toBe('\ufeff"""Django settings"""\nDEBUG = False\n');
		expect(settled('python', '\ufeffDEBUG = True\n', debug)).toBe('\ufeffDEBUG = False\n');
		expect(settled('python', 'X = 1\n\f\nDEBUG = True\n', debug)).toBe('X = 1\n\f\nDEBUG = False\n');
	});
});
