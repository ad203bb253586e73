/** What the doctor's readers met on real hosts, each with the others of its kind; and that doctor and editor read one value from one file. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {hosts} from '#edit/line-formats/hosts.ts';
import {redisConf} from '#edit/line-formats/key-value.ts';
import {postgresqlConf} from '#edit/postgres/postgresql-conf.ts';
import {systemdDialect, systemdUnit, uwsgiDialect, uwsgiIni} from '#edit/sections/ini.ts';
import {myCnf} from '#edit/sections/my-cnf.ts';
import {settingsIn} from '#host/django/settings-file.ts';
import {sectionLines} from '#host/files/section-lines.ts';
import {mysqlFile, mysqlOption, parseMyCnf} from '#host/mysql/file.ts';
import {postgresClusters} from '#host/postgres/clusters.ts';
import {parsePostgresConf} from '#host/postgres/conf-lines.ts';
import {parseRedisConf, redisFile} from '#host/redis/file.ts';
import {defaultUser} from '#host/redis/secrets.ts';
import {redact} from '#host/secrets/redact.ts';
import {hostNames} from '#host/system/host-names.ts';
import {Fault} from '#model/fault.ts';
import {value} from '../edit/support/properties.ts';
import {field} from '../support/field.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages} from '../support/look.ts';

describe('doctor and editor read one value', () => {
	/** The text with the value written into it; undefined where the format cannot hold it. */
	const written = (edit: () => string): string | undefined => {
		try {
			return edit();
		} catch (error) {
			if (error instanceof Fault) return undefined;
			throw error;
		}
	};
	const holds = (edit: (plain: string) => string, read: (source: string) => unknown): void =>
		fc.assert(
			fc.property(value, plain => {
				const source = written(() => edit(plain));
				fc.pre(source !== undefined);
				expect(read(source)).toBe(plain);
			}),
			{numRuns: 300},
		);

	it('my.cnf', () => {
		holds(
			plain =>
				spliced(
					'[mysqld]\nport=1\n',
					myCnf.edit('[mysqld]\nport=1\n', [{section: 'mysqld', key: 'init-connect', value: [plain]}]),
				),
			source => parseMyCnf(source, 'f').findLast(({name}) => name === 'init_connect')?.value,
		);
	});
	it('postgresql.conf', () => {
		holds(
			plain => spliced('port = 1\n', postgresqlConf.edit('port = 1\n', [{key: 'a', value: [plain]}])),
			source => parsePostgresConf(source, 'f').findLast(({name}) => name === 'a')?.value,
		);
	});
	it('redis.conf', () => {
		holds(
			plain => spliced('port 1\n', redisConf.edit('port 1\n', [{key: 'dir', value: [plain]}])),
			source =>
				parseRedisConf(source, 'f')
					.lines.findLast(({name}) => name === 'dir')
					?.words.join('|'),
		);
	});
	it('uwsgi ini and units', () => {
		holds(
			plain =>
				spliced(
					'[uwsgi]\na = 1\n',
					uwsgiIni.edit('[uwsgi]\na = 1\n', [{section: 'uwsgi', key: 'chdir', value: [plain]}]),
				),
			source =>
				sectionLines(uwsgiDialect, source)
					.get('uwsgi')
					?.findLast(({key}) => key === 'chdir')?.value,
		);
		holds(
			plain =>
				spliced(
					'[Service]\nA=1\n',
					systemdUnit.edit('[Service]\nA=1\n', [{section: 'Service', key: 'User', value: [plain], variables: true}]),
				),
			source =>
				sectionLines(systemdDialect, source)
					.get('Service')
					?.findLast(({key}) => key === 'User')?.value,
		);
	});
	it('/etc/hosts', async () => {
		const names = fc.constantFrom('web01', 'db.example', 'a-b', 'Web02');
		await fc.assert(
			fc.asyncProperty(
				names,
				fc.constantFrom('', '\ufeff127.0.0.1 localhost\n', '#\n10.0.0.1 x # web01\n'),
				async (name, before) => {
					const source = spliced(before, hosts.edit(before, [{name, address: '127.0.1.1'}]));
					expect(await hostNames.read(fileReader({'/etc/hostname': `${name}\n`, '/etc/hosts': source}))).toContain(
						name.toLowerCase(),
					);
				},
			),
		);
	});
});

describe('my.cnf', () => {
	const read = async (files: Readonly<Record<string, string>>) => {
		const file = await mysqlFile.read(
			fileReader({...installedPackages('mariadb-server=1:10.11.6-0+deb12u1'), ...files}),
		);
		return file === 'absent' ? undefined : mysqlOption(file, 'bind_address');
	};

	it('what an include brings counts where its line stands', async () => {
		const files = {
			'/etc/mysql/my.cnf': field('mysql-includedir-first/mariadb.cnf'),
			'/etc/mysql/conf.d/a.cnf': '',
			'/etc/mysql/mariadb.conf.d/50-server.cnf': '[mysqld]\nbind-address = 127.0.0.1\n',
		};
		expect(await read(files)).toMatchObject({value: '0.0.0.0', where: '/etc/mysql/my.cnf:4'});
		expect(
			await read({
				...files,
				'/etc/mysql/my.cnf': '[mysqld]\nbind-address=::\n!include /etc/mysql/mariadb.conf.d/50-server.cnf\n',
			}),
		).toMatchObject({value: '127.0.0.1'});
		expect(
			await read({...files, '/etc/mysql/my.cnf': '[mysqld]\n!includedir /etc/mysql/mariadb.conf.d\nbind-address=::\n'}),
		).toMatchObject({value: '::'});
	});

	it('names of the server are words of ASCII blanks, sections have no case', async () => {
		expect(await read({'/etc/mysql/my.cnf': '[mysqld]\nbind-address\u00a0= ::\n'})).toBeUndefined();
		expect(await read({'/etc/mysql/my.cnf': '[MYSQLD] # x\nloose_bind_address = "a\\sb" # c\n'})).toMatchObject({
			value: 'a b',
		});
	});
});

describe('postgresql.conf', () => {
	it('the port may stand in an included file', async () => {
		const clusters = await postgresClusters.read(
			fileReader({
				'/etc/postgresql/15/main/postgresql.conf': "port = 5432\ninclude_dir 'conf.d'\n",
				'/etc/postgresql/15/main/conf.d/a.conf': "port=5433#c\nunix_socket_directories'/run/a'\n",
				'/etc/postgresql/15/main/conf.d/.b.conf': 'port = 1\n',
			}),
		);
		expect(clusters).toMatchObject([{port: 5433, socket: '/run/a'}]);
	});
	it('a name with a no-break space is another name', () => {
		expect(parsePostgresConf(field('postgresql-nbsp-bom/nbsp'), 'f').map(({name}) => name)).toEqual(['port']);
		expect(parsePostgresConf(field('postgresql-no-blank/postgresql.conf'), 'f')).toEqual([
			{name: 'listen_addresses', value: '*', where: 'f:1', path: 'f'},
			{name: 'port', value: '5433', where: 'f:2', path: 'f'},
		]);
	});
});

describe('redis.conf', () => {
	const read = async (files: Readonly<Record<string, string>>) => {
		const file = await redisFile.read(fileReader({...installedPackages('redis-server=5:7.0.15-1~deb12u1'), ...files}));
		if (file === 'absent') throw new Error('absent');
		return {file, user: defaultUser(file.lines, file.secrets)};
	};
	const of = async (text: string) => (await read({'/etc/redis/redis.conf': text})).user;

	it('a user default with a password asks for one', async () => {
		expect(await of(field('redis-acl-password/redis.conf-tail'))).toBe('password');
		const {file} = await read({'/etc/redis/redis.conf': field('redis-acl-password/redis.conf-tail')});
		expect(file.secrets.has('user default')).toBe(true);
		expect(JSON.stringify(file.lines.map(({words}) => words))).not.toContain('s3cretword');
	});
	it.each([
		['user default on nopass ~* +@all', 'nothing'],
		['requirepass x\nuser default on nopass ~* +@all', 'nothing'],
		['user default on >secret nopass +@all', 'nothing'],
		['user default on nopass #0123 +@all', 'password'],
		['user default off nopass', 'password'],
		['user other on >secret', 'nothing'],
		['requirepass ""', 'nothing'],
		['requirepass x\nrequirepass ""', 'nothing'],
		['requirepass ""\nrequirepass x', 'password'],
		['aclfile /nowhere', 'elsewhere'],
	])('%s: %s', async (text, user) => expect(await of(`${text}\n`)).toBe(user));
	it('an empty password is none, also behind an include', async () => {
		expect(await of(field('redis-empty-password/redis.conf-tail'))).toBe('nothing');
		const files = {
			'/etc/redis/a.conf': 'requirepass x\n',
			'/etc/redis/redis.conf': 'include /etc/redis/a.conf\nrequirepass ""\n',
		};
		expect((await read(files)).user).toBe('nothing');
		expect((await read({...files, '/etc/redis/redis.conf': 'requirepass ""\ninclude /etc/redis/a.conf\n'})).user).toBe(
			'password',
		);
	});
	it('reads a file of access lists', async () => {
		expect(
			(
				await read({
					'/etc/redis/redis.conf': 'aclfile /etc/redis/users.acl\n',
					'/etc/redis/users.acl': 'user default on nopass +@all\n',
				})
			).user,
		).toBe('nothing');
	});
	it('the name of a command is no secret, its new one is', () => {
		parseRedisConf(`${field('rename-command-masked/redis.conf-tail')}rename-command FLUSHALL b840fc02\n`, 'f');
		expect(redact('answers CONFIG GET with FLUSHALL')).toBe('answers CONFIG GET with FLUSHALL');
		expect(redact('b840fc02')).not.toContain('b840fc02');
	});
});

describe('settings of Django', () => {
	it('are unknown above a line that may give them another value', () => {
		const source = `DEBUG = False\n${field('doctor-settings-locals/settings-tail.py')}`;
		expect(settingsIn(source, 'f', 3)).toEqual({});
		expect(settingsIn('\ufeffDEBUG = False\n', 'f', 3)).toEqual({DEBUG: {value: false, where: 'f:1'}});
		expect(settingsIn('from .base import *\nDEBUG = False\n', 'f', 3)).toEqual({DEBUG: {value: false, where: 'f:2'}});
	});
});
