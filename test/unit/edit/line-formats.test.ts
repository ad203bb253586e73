/** The formats that are read line by line: what each must do, and what all must keep. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type KeyValueSetting, nslcdConf, redisConf} from '#edit/line-formats/key-value.ts';
import {type NsswitchSetting, nsswitch} from '#edit/line-formats/nsswitch.ts';
import {type HbaSetting, pgHba} from '#edit/postgres/pg-hba.ts';
import {postgresqlConf} from '#edit/postgres/postgresql-conf.ts';
import {systemdUnit, uwsgiIni} from '#edit/sections/ini.ts';
import {myCnf} from '#edit/sections/my-cnf.ts';
import type {SectionSetting} from '#edit/sections/section-file.ts';
import {type ShellSetting, shellVars} from '#edit/shell/shell-vars.ts';
import {hostile, keepsItsWord, text, tried} from './support/properties.ts';
import {hba, my, nslcd, nss, postgresql, redis, shell, unit, uwsgi} from './support/sources.ts';

describe('nsswitch', () => {
	const set = (source: string, ...settings: readonly NsswitchSetting[]): string =>
		spliced(source, nsswitch.edit(source, settings));

	it('makes a line end with a service and keeps actions and comments', () => {
		expect(set('passwd: files systemd # c\n', {database: 'passwd', token: 'ldap', last: true})).toBe(
			'passwd: files systemd ldap # c\n',
		);
		expect(set('hosts: files mdns4_minimal [NOTFOUND=return] dns\n', {database: 'hosts', token: 'ldap'})).toBe(
			'hosts: files mdns4_minimal [NOTFOUND=return] dns ldap\n',
		);
		expect(set('passwd: ldap [NOTFOUND=return] files\n', {database: 'passwd', token: 'ldap', last: true})).toBe(
			'passwd: files ldap [NOTFOUND=return]\n',
		);
	});

	it('appends a missing line with files before the service', () => {
		expect(set('', {database: 'passwd', token: 'ldap', last: true})).toBe('passwd:         files ldap\n');
		expect(set('group: files', {database: 'passwd', token: 'ldap'})).toBe('group: files\npasswd:         files ldap\n');
	});

	it('takes a service out with its action, but never the only one', () => {
		expect(set('passwd: files ldap [NOTFOUND=return] sss\n', {database: 'passwd', token: 'ldap', present: false})).toBe(
			'passwd: files sss\n',
		);
		expect(() => set('passwd: ldap\n', {database: 'passwd', token: 'ldap', present: false})).toThrow('edit.refused');
	});

	it('refuses two lines for one database and an open action', () => {
		expect(() => set('passwd: files\npasswd: db\n', {database: 'passwd', token: 'ldap'})).toThrow('edit.refused');
		expect(() => set('a: b\npasswd: files [NOTFOUND\n', {database: 'passwd', token: 'ldap'})).toThrow(
			'line 2, column 15',
		);
	});

	it('keeps its word', () => {
		const database = fc.constantFrom('passwd', 'group', 'hosts', 'initgroups');
		const token = fc.constantFrom('ldap', 'sss', 'files');
		keepsItsWord<NsswitchSetting>({
			editor: nsswitch,
			format: 'nsswitch',
			sources: nss,
			setting: fc.oneof(
				fc.record({database, token}),
				fc.record({database, token, last: fc.constant(true as const)}),
				fc.record({database, token, present: fc.constant(false as const)}),
			),
		});
	});
});

describe('nslcd.conf', () => {
	it('tells keys of several words from shorter ones', () => {
		const after = spliced(
			nslcd[0] as string,
			nslcdConf.edit(nslcd[0] as string, [
				{key: 'uri', value: ['ldap://ipynbsrv.ldap/']},
				{key: 'base', value: ['dc=ipynbsrv,dc=ldap']},
				{key: 'map passwd homeDirectory', value: ['"/home/$uid"']},
				{key: 'bindpw', value: ['s#cret  x']},
			]),
		);
		expect(after).toContain('\nuri ldap://ipynbsrv.ldap/\n');
		expect(after).toContain('\nbase dc=ipynbsrv,dc=ldap\nbase group ou=Groups,dc=old\n');
		expect(after).toContain('\nmap passwd homeDirectory "/home/$uid"\n');
		expect(after).toContain('#bindpw secret\nbindpw s#cret  x\n');
	});

	it('refuses what the rest of a line cannot say', () => {
		for (const bad of ['a\nb', ' a', '', 'x'.repeat(5000)])
			expect(tried(nslcdConf, '', [{key: 'bindpw', value: [bad]}])).toHaveProperty('code', 'edit.refused');
	});

	it('keeps its word', () =>
		keepsItsWord<KeyValueSetting>({
			editor: nslcdConf,
			format: 'nslcd.conf',
			sources: nslcd,
			setting: fc.oneof(
				fc.record({
					key: fc.constantFrom('uri', 'base', 'bindpw', 'map passwd uid', 'tls_reqcert'),
					value: fc.oneof(text, fc.constant(null)),
				}),
				fc.record({key: fc.constantFrom('uri', 'nss_initgroups_ignoreusers'), values: fc.array(text, {maxLength: 3})}),
			),
		}));
});

describe('redis.conf', () => {
	const set = (source: string, ...settings: readonly KeyValueSetting[]): string =>
		spliced(source, redisConf.edit(source, settings));

	it('replaces repeated directives as one set', () => {
		expect(set('a 1\nsave 900 1\n# c\nsave 300 10\nb 2\n', {key: 'save', value: ['']})).toBe(
			'a 1\n# c\nsave ""\nb 2\n',
		);
		expect(set('save ""\n', {key: 'save', value: ['']})).toBe('save ""\n');
		expect(set('', {key: 'save', values: [['900 1'], ['x']]})).toBe('save "900 1"\nsave x\n');
	});

	it('writes several words, each quoted on its own', () => {
		expect(set('bind 0.0.0.0\n', {key: 'bind', words: [['127.0.0.1'], ['-::1']]})).toBe('bind 127.0.0.1 -::1\n');
	});

	it('reads its own quotes and puts a new line behind the commented default', () => {
		expect(
			set('# requirepass is odd\n# requirepass foobared\n\nx 1\n', {key: 'requirepass', value: ['a "b"\\\n']}),
		).toBe('# requirepass is odd\n# requirepass foobared\nrequirepass "a \\"b\\"\\\\\\n"\n\nx 1\n');
		expect(set('REQUIREPASS "a\\x20b"\n', {key: 'requirepass', value: ['a b']})).toBe('REQUIREPASS "a\\x20b"\n');
		expect(() => set('x "a\n', {key: 'y', value: ['1']})).toThrow('line 1, column 3');
	});

	it('keeps its word', () =>
		keepsItsWord<KeyValueSetting>({
			editor: redisConf,
			format: 'redis.conf',
			sources: redis,
			setting: fc.oneof(
				fc.record({
					key: fc.constantFrom('save', 'requirepass', 'port', 'user alice'),
					value: fc.oneof(text, fc.constant(null)),
				}),
				fc.record({key: fc.constantFrom('save', 'bind'), values: fc.array(text, {maxLength: 3})}),
				fc.record({key: fc.constantFrom('bind'), words: fc.array(text, {minLength: 1, maxLength: 3})}),
			),
		}));
});

describe('shell assignments', () => {
	const set = (source: string, ...settings: readonly ShellSetting[]): string =>
		spliced(source, shellVars.edit(source, settings));

	it('changes a value, adds one behind its commented default, takes one out', () => {
		expect(
			set('A=1\nSLAPD_SERVICES="ldap:/// ldapi:///" # c\n', {
				key: 'SLAPD_SERVICES',
				value: ['ldap://127.0.0.1/ ldapi:///'],
			}),
		).toBe('A=1\nSLAPD_SERVICES="ldap://127.0.0.1/ ldapi:///" # c\n');
		expect(set('#B=1\nC=2\n', {key: 'B', value: ['x']})).toBe('#B=1\nB="x"\nC=2\n');
		expect(set("export B='1'\nC=2\n", {key: 'B', value: null})).toBe('C=2\n');
		expect(set('B=\'x\'"y"z\\ q\n', {key: 'B', value: ['xyz q']})).toBe('B=\'x\'"y"z\\ q\n');
	});

	it('refuses what is computed, conditional or assigned twice', () => {
		for (const bad of [
			'B="$A"\n',
			'B=`id`\n',
			'B=1\nB=2\n',
			'if x; then\nB=1\nfi\n',
			'[ -f x ] && B=1\n',
			'B=1 true\n',
			'f() {\nB=1\n}\n',
			'B+=1\n',
			'case x in\n a) B=1 ;;\nesac\n',
		]) {
			expect(() => set(bad, {key: 'B', value: ['x']}), bad).toThrow('edit.refused');
		}
		expect(set('B="$A"\n', {key: 'B', value: ['x'], replaceComputed: true})).toBe('B="x"\n');
	});

	it('is not misled by strings, comments and here-documents', () => {
		const source = 'A="\nB=1\n"\n# B=2\ncat <<EOF | x\nB=3\nEOF\nif a; then b; fi\n';
		expect(set(source, {key: 'B', value: ['x']})).toBe(
			'A="\nB=1\n"\n# B=2\nB="x"\ncat <<EOF | x\nB=3\nEOF\nif a; then b; fi\n',
		);
		expect(() => set('A="x\n', {key: 'B', value: ['x']})).toThrow('line 1, column 3');
	});

	it('is read back by sh', () => {
		const dir = mkdtempSync(join(tmpdir(), 'edit-'));
		try {
			const values = [...hostile, ...fc.sample(fc.string({unit: 'grapheme'}), 50)].filter(
				one => !/[\0\r]/.test(one) && one.isWellFormed(),
			);
			const settings = values.map((plain, at) => ({key: `K${at}`, value: [plain]}));
			writeFileSync(join(dir, 'f'), set('#K0=x\nK1=old\n', ...settings));
			writeFileSync(
				join(dir, 'p'),
				`. ${join(dir, 'f')}\n${settings.map(({key}) => `printf '%s\\000' "$${key}"\n`).join('')}`,
			);
			expect(
				execFileSync('sh', [join(dir, 'p')], {encoding: 'utf8'})
					.split('\0')
					.slice(0, -1),
			).toEqual(values);
		} finally {
			rmSync(dir, {recursive: true});
		}
	});

	it('keeps its word', () =>
		keepsItsWord<ShellSetting>({
			editor: shellVars,
			format: 'shell',
			sources: shell,
			setting: fc.record({
				key: fc.constantFrom('SLAPD_SERVICES', 'SLAPD_CONF', 'NEW', 'OPTS'),
				value: fc.oneof(text, fc.constant(null)),
			}),
		}));
});

describe('my.cnf', () => {
	const set = (source: string, ...settings: readonly SectionSetting[]): string =>
		spliced(source, myCnf.edit(source, settings));

	it('changes just the value, in the right section, and keeps !includedir', () => {
		const source =
			'[client]\nport=1\n[mysqld]\nbind_address = 0.0.0.0 # all\nskip-name-resolve\n\n!includedir /etc/mysql/conf.d/\n';
		expect(
			set(
				source,
				{section: 'mysqld', key: 'bind-address', value: ['127.0.0.1']},
				{section: 'mysqld', key: 'port', value: ['3307']},
				{section: 'mysqld', key: 'skip_name_resolve', value: null},
				{section: 'x', key: 'flag', value: true},
			),
		).toBe(
			'[client]\nport=1\n[mysqld]\nbind_address = 127.0.0.1 # all\nport = 3307\n\n!includedir /etc/mysql/conf.d/\n\n[x]\nflag\n',
		);
	});

	it('leaves one line of a key that stands several times, the last', () => {
		expect(set('[a]\nx=1\n[b]\n[a]\nx=2\n', {section: 'a', key: 'x', value: ['3']})).toBe('[a]\n[b]\n[a]\nx=3\n');
		expect(() => set('x=1\n', {section: 'a', key: 'x', value: ['3']})).toThrow('line 1, column 1');
	});

	it('keeps its word', () =>
		keepsItsWord<SectionSetting>({
			editor: myCnf,
			format: 'my.cnf',
			sources: my,
			setting: sectionSetting('mysqld', 'bind-address', 'ssl_ca'),
		}));
});

const sectionSetting = (section: string, ...keys: readonly string[]): fc.Arbitrary<SectionSetting> =>
	fc.oneof(
		fc.record({
			section: fc.constantFrom(section, 'Other'),
			key: fc.constantFrom(...keys, 'new'),
			value: fc.oneof(text, fc.constant(null)),
		}),
		fc.record({section: fc.constant(section), key: fc.constantFrom(...keys), values: fc.array(text, {maxLength: 3})}),
	);

describe('ini and units', () => {
	it('writes literally what would be expanded, or refuses', () => {
		expect(
			spliced('', systemdUnit.edit('', [{section: 'Service', key: 'ExecStart', value: ['/bin/x 50% $HOME']}])),
		).toBe('[Service]\nExecStart=/bin/x 50%% $$HOME\n');
		expect(spliced('', systemdUnit.edit('', [{section: 'Service', key: 'User', value: ['%i'], variables: true}]))).toBe(
			'[Service]\nUser=%i\n',
		);
		expect(tried(uwsgiIni, '[uwsgi]\n', [{section: 'uwsgi', key: 'x', value: ['$(HOME)']}])).toHaveProperty(
			'code',
			'edit.refused',
		);
	});

	it('replaces a continued line whole', () => {
		expect(
			spliced(
				'[Service]\nExecStart=/a \\\n  b\nUser=x\n',
				systemdUnit.edit('[Service]\nExecStart=/a \\\n  b\nUser=x\n', [
					{section: 'Service', key: 'ExecStart', values: [[''], ['/c']]},
				]),
			),
		).toBe('[Service]\nExecStart=\nExecStart=/c\nUser=x\n');
	});

	it('keeps its word', () => {
		keepsItsWord<SectionSetting>({
			editor: uwsgiIni,
			format: 'uwsgi-ini',
			sources: uwsgi,
			setting: sectionSetting('uwsgi', 'socket', 'env'),
		});
		keepsItsWord<SectionSetting>({
			editor: systemdUnit,
			format: 'systemd-unit',
			sources: unit,
			setting: sectionSetting('Service', 'ExecStart', 'User', 'Environment'),
		});
	});
});

describe('postgresql.conf', () => {
	const set = (source: string, key: string, plain: string | null): string =>
		spliced(source, postgresqlConf.edit(source, [{key, value: plain === null ? null : [plain]}]));

	it('puts a new one behind its commented default and what goes on from it', () => {
		expect(
			set(
				"#listen_addresses = 'localhost'\t\t# what IP\n\t\t\t\t\t# comma-separated\n#port = 5432\n",
				'listen_addresses',
				'localhost, 10.0.0.1',
			),
		).toBe(
			"#listen_addresses = 'localhost'\t\t# what IP\n\t\t\t\t\t# comma-separated\nlisten_addresses = 'localhost, 10.0.0.1'\n#port = 5432\n",
		);
	});

	it('changes the last assignment, quotes as it must, takes all out', () => {
		expect(set("a = 'x'\nA = 'y' # c\ninclude_dir = 'conf.d'\n", 'a', "it's \\ \n")).toBe(
			"a = 'x'\nA = 'it''s \\\\ \\n' # c\ninclude_dir = 'conf.d'\n",
		);
		expect(set('max_connections = 100\n', 'max_connections', '200')).toBe('max_connections = 200\n');
		expect(set("a='x'\na 'y'\n", 'a', null)).toBe('');
		expect(set("a 'it\\'s'\n", 'a', "it's")).toBe("a 'it\\'s'\n");
		expect(() => set("x = 'a\n", 'a', 'y')).toThrow('line 1, column 1');
	});

	it('keeps its word', () =>
		keepsItsWord({
			editor: postgresqlConf,
			format: 'postgresql.conf',
			sources: postgresql,
			setting: fc.record({
				key: fc.constantFrom('listen_addresses', 'port', 'work_mem', 'my.own'),
				value: fc.oneof(text, fc.constant(null)),
			}),
		}));
});

describe('pg_hba.conf', () => {
	const set = (source: string, ...settings: readonly HbaSetting[]): string =>
		spliced(source, pgHba.edit(source, settings));
	const ours: HbaSetting = {
		type: 'host',
		database: 'ipynbsrv',
		user: 'ipynbsrv',
		address: '127.0.0.1/32',
		method: 'scram-sha-256',
	};
	const line = 'host    ipynbsrv        ipynbsrv        127.0.0.1/32            scram-sha-256\n';

	it('comes before the record that would catch it', () => {
		expect(set('local all all peer\nhost all all 127.0.0.1/32 md5\n', ours)).toBe(
			`local all all peer\n${line}host all all 127.0.0.1/32 md5\n`,
		);
		expect(set('host all all 127.0.0.0 255.0.0.0 md5\n', ours)).toBe(`${line}host all all 127.0.0.0 255.0.0.0 md5\n`);
		expect(set('host all all all md5\nhost ipynbsrv ipynbsrv 127.0.0.1/32 md5\n', ours)).toBe(
			`${line}host all all all md5\n`,
		);
	});

	it('else goes behind the others of its kind, so that they keep their effect', () => {
		expect(set('local all all peer\nhost replication all 127.0.0.1/32 md5\n# end\n', ours)).toBe(
			`local all all peer\nhost replication all 127.0.0.1/32 md5\n${line}# end\n`,
		);
		expect(set('host all all ::1/128 trust', ours)).toBe(`host all all ::1/128 trust\n${line}`);
	});

	it('changes the method of one that is there, and takes one out', () => {
		expect(set('host "ipynbsrv" ipynbsrv 127.0.0.1 255.255.255.255 md5 # c\n', ours)).toBe(
			'host "ipynbsrv" ipynbsrv 127.0.0.1 255.255.255.255 scram-sha-256 # c\n',
		);
		expect(set(line, {...ours, present: false})).toBe('');
		expect(
			set('host all all 1.2.3.4/32 ldap \\\n  ldapserver=x\n', {
				type: 'host',
				database: 'all',
				user: 'all',
				address: '1.2.3.4/32',
				present: false,
			}),
		).toBe('');
	});

	it('quotes a name that means something else, keeps one that is meant', () => {
		expect(set('', {type: 'local', database: ['a b', 'all'], user: ['@x', '+staff', 'q"'], method: 'peer'})).toBe(
			'local   "a b",all       "@x",+staff,"q"""                         peer\n',
		);
		expect(() => set('', {...ours, user: 'a\nb'})).toThrow('edit.refused');
		expect(() => set('hots all\n', ours)).toThrow('line 1, column 1');
	});

	it('keeps its word', () => {
		const name = fc.oneof(fc.constantFrom('all', 'ipynbsrv', 'replication', '+staff'), fc.constantFrom(...hostile));
		keepsItsWord<HbaSetting>({
			editor: pgHba,
			format: 'pg_hba.conf',
			sources: hba,
			setting: fc.oneof(
				fc.record({
					type: fc.constant('local' as const),
					database: name,
					user: fc.array(name, {minLength: 1, maxLength: 2}),
					method: fc.constantFrom('peer', 'reject'),
				}),
				fc.record({
					type: fc.constantFrom('host' as const, 'hostssl' as const),
					database: name,
					user: name,
					address: fc.constantFrom('127.0.0.1/32', '10.0.0.0/8', '::1/128', 'all'),
					method: fc.constantFrom('md5', 'trust'),
				}),
				fc.record({
					type: fc.constant('host' as const),
					database: name,
					user: name,
					address: fc.constant('127.0.0.1/32'),
					present: fc.constant(false as const),
				}),
			),
		});
	});
});
