import {describe, expect, test} from 'vitest';
import {resticFault} from '#host/restic/restic.ts';
import {snapshotNamed} from '#host/restic/snapshots.ts';
import {s3BucketType} from '#resources/aws/s3-bucket.ts';
import {mongodbUserType} from '#resources/mongodb/mongodb-user.ts';
import {mysqlDatabaseType} from '#resources/mysql/database.ts';
import {postgresDatabaseType} from '#resources/postgres/database.ts';
import {postgresOwnerType} from '#resources/postgres/owner.ts';
import {withoutServers} from '#tasks/backup/put-back/database-back.ts';
import {movesFor} from '#tasks/backup/put-back/entries-back.ts';
import {elsewhere} from '#tasks/backup/put-back/ldap-back.ts';
import {changed} from '#tasks/backup/put-back/tree-back.ts';
import {asPattern, countOf, findIn} from '#tasks/backup/save/trees.ts';
import {otherCounts, parseManifest} from '#tasks/backup/snapshot-manifest.ts';
import {hostOfStore} from '#tasks/backup/store-host.ts';
import {below} from '#tasks/backup/things.ts';

describe('what is left out of a tree', () => {
	test('is below it, the upper ones alone', () => {
		expect(
			below('/srv/a', ['/srv/a', '/srv/ab/x', '/srv/a/data/homes', '/srv/a/data', '/srv/a/repo', '/srv/a/data']),
		).toEqual(['/srv/a/data', '/srv/a/repo']);
	});

	test('a name is taken for itself, whatever is in it', () => {
		expect(asPattern('/srv/a*[b]?\\c d')).toBe('/srv/a\\*\\[b\\]\\?\\\\c d');
		expect(findIn('/v', ['/v/x*'])).toEqual([
			'/usr/bin/find',
			'/v',
			'-mindepth',
			'1',
			'-path',
			'/v/x\\*',
			'-prune',
			'-o',
		]);
	});

	test('files are counted with the numbers of their owners', () => {
		expect(countOf('0:0\n1000:33\n1000:0\n')).toEqual({files: 3, users: ['0', '1000'], groups: ['0', '33']});
	});
});

describe('counts', () => {
	test('fit when they lie between what was counted before and after', () => {
		expect(
			otherCounts({'public.a': [3, 5], 'public.b': [2, 2]}, {'public.a': 4, 'public.b': 2, 'public.c': 9}),
		).toEqual([]);
		expect(otherCounts({'public.a': [3, 5], entries: [7, 7]}, {'public.a': 6})).toEqual([
			'public.a: 6, and 3 to 5 were saved',
			'entries: 0, and 7 were saved',
		]);
	});
});

describe('a manifest', () => {
	const whole = {
		version: 1,
		host: 'h',
		at: '2026-01-01T00:00:00.000Z',
		release: 'debian 12',
		setup: '1',
		stacks: {},
		users: {},
		groups: {},
	};
	const thing = {id: 'tree:/srv/a', word: 'tree-srv-a-1', stack: 's', leaveOut: [], counts: {}};

	test('that setup wrote is read', () => {
		const things = [{...thing, keep: {kind: 'tree', path: '/srv/a'}}];
		expect(parseManifest(JSON.stringify({...whole, things})).things).toEqual(things);
	});

	test.each([
		'',
		'{}',
		JSON.stringify({...whole, version: 2, things: []}),
		JSON.stringify({...whole, things: [{...thing, keep: {kind: 'shell', run: 'id'}}]}),
		JSON.stringify({...whole, things: [{...thing, word: '../x', keep: {kind: 'tree', path: '/srv/a'}}]}),
		JSON.stringify({...whole, things: [{...thing, keep: {kind: 'tree', path: 'srv/a'}}]}),
	])('of another kind is refused: %s', text => {
		expect(() => parseManifest(text)).toThrow(expect.objectContaining({code: 'backup.foreign-snapshot'}));
	});
});

describe('restic', () => {
	test.each([
		['Fatal: wrong password or no key found', 'backup.password'],
		[
			'Fatal: unable to open config file: stat /x/config: no such file\nIs there a repository at the following location?',
			'backup.no-repository',
		],
		['Save(<data/1>) returned error: write /x: no space left on device', 'backup.no-room'],
		['unable to create lock in backend: repository is already locked by PID 1', 'backup.locked'],
		['Load(<data/12>) failed: ciphertext verification failed', 'backup.damaged'],
		['view: /srv/a is another directory than the one that was looked at', 'backup.no-view'],
		['something else', 'backup.restic'],
	])('%s', (words, code) => {
		expect(resticFault({place: '/x'}, words)).toMatchObject({code});
	});

	test('a snapshot is named by its beginning, and the newest by nothing', () => {
		const all = ['aa11', 'aa22', 'bb33'].map(id => ({id, at: '', host: '', tags: []}));
		expect(snapshotNamed(all, undefined).id).toBe('bb33');
		expect(snapshotNamed(all, 'aa1').id).toBe('aa11');
		for (const word of ['aa', 'cc'])
			expect(() => snapshotNamed(all, word)).toThrow(expect.objectContaining({code: 'backup.no-snapshot'}));
		expect(() => snapshotNamed([], undefined)).toThrow('no snapshot in the store');
	});
});

describe('what changes places', () => {
	const tree = (names: Readonly<Record<string, readonly string[]>>) => ({
		list: async (path: string) => names[path],
		stat: async (path: string) =>
			names[path] === undefined
				? undefined
				: ({kind: 'directory', mode: 0, uid: 0, gid: 0, size: 0, mtimeMs: 0, ctimeMs: 0} as const),
	});

	test('is all of both, but for what stays, what is ours, and what lies around that', async () => {
		const host = tree({
			'/r': ['data', 'app', 'old', '.host-setup-fresh-x'],
			'/r/app': ['venv', 'media'],
			'/f': ['app', 'new'],
			'/f/app': ['media', 'more'],
		});
		expect(await movesFor(host, {root: '/r', from: '/f', stays: ['/data', '/app/venv']})).toEqual([
			{path: '/new', old: false, fresh: true},
			{path: '/old', old: true, fresh: false},
			{path: '/app/media', old: true, fresh: true},
			{path: '/app/more', old: false, fresh: true},
		]);
	});

	test('an account has its number of this host; where numbers went round, nobody guesses', () => {
		expect(changed({33: 'www-data', 998: 'app'}, name => ({'www-data': 33, app: 997})[name])).toEqual([
			{was: '998', is: '997'},
		]);
		expect(() => changed({1: 'a', 2: 'b'}, name => ({a: 2, b: 1})[name])).toThrow(
			expect.objectContaining({code: 'restore.numbers'}),
		);
	});

	test('a database of slapd has another directory, the others their own', () => {
		const config = 'dn: a\nolcDbDirectory: /var/lib/ldap\n\ndn: b\nolcDbDirectory: /var/lib/ldap/other\n';
		expect(elsewhere(config, '/var/lib/ldap', '/n')).toBe(
			'dn: a\nolcDbDirectory: /n\n\ndn: b\nolcDbDirectory: /var/lib/ldap/other\n',
		);
	});

	test('of a dump what every database has is left out', () => {
		expect(withoutServers('; x\n4; 2615 2200 SCHEMA - public postgres\n9; 1259 1 TABLE public a app\n')).toBe(
			'; x\n9; 1259 1 TABLE public a app\n',
		);
	});
});

test.each([
	['/srv/store', undefined],
	['sftp:me@box.example:/store', {host: 'box.example', port: 22}],
	['sftp://me@box.example:2222//store', {host: 'box.example', port: 2222}],
	['s3:https://s3.example:9000/bucket', {host: 's3.example', port: 9000}],
	['rest:http://h.example/', {host: 'h.example', port: 80}],
	['b2:bucket', undefined],
])('where a store is reached: %s', (place, expected) => {
	expect(hostOfStore(place)).toEqual(expected);
});

test('what no backup has is named by what holds it', () => {
	const server = {host: 'db.example.org', port: 5432} as const;
	expect([
		mysqlDatabaseType.unsaved?.({name: 'WebLab'}),
		mongodbUserType.unsaved?.({database: 'ccdb'} as never),
		mongodbUserType.unsaved?.({database: 'admin'} as never),
		postgresDatabaseType.unsaved?.({name: 'app', owner: 'app'}),
		postgresDatabaseType.unsaved?.({
			name: 'app',
			owner: 'app',
			server: {...server, kind: 'remote', mayChange: false} as never,
		}),
		postgresOwnerType.unsaved?.({server, database: 'coralnet'} as never),
		s3BucketType.unsaved?.({name: 'images'} as never),
	]).toEqual([
		['the MariaDB database WebLab'],
		['the MongoDB database ccdb'],
		[],
		[],
		['the database app on db.example.org'],
		['the database coralnet on db.example.org'],
		['the bucket images'],
	]);
});
