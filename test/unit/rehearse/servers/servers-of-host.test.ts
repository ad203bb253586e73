/** Which servers a copy gets fresh data for, read from configuration alone. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {serversOfHost} from '#rehearse/servers/servers-of-host.ts';

let root = '';
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'hs-servers-'));
	put(
		'/var/lib/dpkg/status',
		['mariadb-server', 'redis-server', 'mongodb-org-server']
			.map(name => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.0.1-1\n\n`)
			.join(''),
	);
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const put = (path: string, text: string): void => {
	mkdirSync(dirname(join(root, path)), {recursive: true});
	writeFileSync(join(root, path), text);
};

const found = () => serversOfHost(createReader(root));

test('each with its directories, as its configuration says', async () => {
	put('/etc/postgresql/15/main/postgresql.conf', "data_directory = '/srv/pg'\nlc_messages = 'de_DE.UTF-8'\n");
	put('/srv/pg/PG_VERSION', '15\n');
	put('/srv/pg/postgresql.auto.conf', "work_mem = '8MB'\n");
	put('/etc/mysql/my.cnf', '[mysqld]\ndatadir = /srv/sql/\nlog_bin = /srv/log/bin\n');
	put('/srv/sql/ibdata1', 'x');
	put('/etc/redis/redis.conf', 'dir /srv/redis\n');
	put('/srv/redis/dump.rdb', 'x');
	put('/etc/mongod.conf', 'storage:\n  dbPath: /srv/mongo\n');
	put('/srv/mongo/WiredTiger', 'x');
	put(
		'/etc/ldap/slapd.d/cn=config/olcDatabase={1}mdb.ldif',
		'dn: olcDatabase={1}mdb\nolcDbDirectory: /srv/ldap\nolcSuffix: dc=example,dc=org\n',
	);
	put('/srv/ldap/data.mdb', 'x');
	const {servers, unread} = await found();
	expect(unread).toEqual([]);
	expect(servers.map(({name, directories}) => [name, directories])).toEqual([
		['PostgreSQL 15/main', ['/srv/pg']],
		['MariaDB', ['/srv/sql', '/srv/log']],
		['slapd', ['/srv/ldap']],
		['Redis', ['/srv/redis']],
		['MongoDB', ['/srv/mongo']],
	]);
	expect(servers[0]?.fill.map(({argv, as, stdin}) => [argv[0], as, stdin])).toEqual([
		['/usr/lib/postgresql/15/bin/initdb', 'postgres', undefined],
		['tee', 'postgres', "work_mem = '8MB'\n"],
	]);
	expect(servers[0]?.fill[0]?.argv).toContain('--locale=de_DE.UTF-8');
	expect(servers[2]?.fill[0]?.stdin).toContain('dn: dc=example,dc=org\nobjectClass: top\nobjectClass: dcObject\n');
});

test('none of them where nothing lies in its directory', async () => {
	put('/etc/redis/redis.conf', 'dir /srv/redis\n');
	expect((await found()).servers).toEqual([]);
});
