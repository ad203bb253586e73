import {spawnSync} from 'node:child_process';
import {argon2Sync, pbkdf2Sync, scryptSync} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {askDjango, hintFor} from '#host/django/ask.ts';
import {type Migrations, pendingOf} from '#host/django/django-answers.ts';
import {djangoFacts} from '#host/django/now.ts';
import {matchesDjangoHash, secretMark} from '#host/django/password.ts';
import {djangoRows} from '#host/django/rows.ts';
import {accountScript, discardScript, factsScript} from '#host/django/script.ts';
import {unusableTables} from '#host/django/tables.ts';
import {createReader} from '#host/reader.ts';
import type {Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';

const migrations = (disk: Migrations['disk'], tables: readonly string[] = []): Migrations => ({
	disk,
	tables,
	wanted: [],
	missing: [],
	conflicts: {},
	places: {},
});
const rows = (applied: readonly (readonly [string, string])[], tables: readonly string[] = []) => ({
	applied,
	tables,
	accounts: [],
});

describe('which migrations are pending', () => {
	const squashed = migrations([
		['a', '1', []],
		['a', '2', []],
		[
			'a',
			'1_to_2',
			[
				['a', '1'],
				['a', '2'],
			],
		],
		['a', '3', []],
	]);

	test.each([
		['nothing is applied', [], ['a.1_to_2', 'a.3']],
		['some of the replaced ones', [['a', '1']], ['a.2', 'a.3']],
		[
			'all of the replaced ones',
			[
				['a', '1'],
				['a', '2'],
			],
			['a.3'],
		],
		['the squashed one', [['a', '1_to_2']], ['a.3']],
	] as const)('%s', (_name, applied, pending) => {
		expect(pendingOf(squashed, rows(applied))).toEqual(pending);
	});

	test("rows without files are nobody's concern, tables of old apps are", () => {
		expect(
			pendingOf(
				migrations([['a', '1', []]], ['old']),
				rows(
					[
						['a', '1'],
						['gone', '7'],
					],
					['other'],
				),
			),
		).toEqual(['table old']);
	});

	test('none exactly when every file has its row, without squashed ones', () => {
		const name = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3', '4'));
		fc.assert(
			fc.property(fc.uniqueArray(name, {selector: one => one.join('.')}), fc.array(name), (disk, applied) => {
				const pending = pendingOf(migrations(disk.map(([app, one]) => [app, one, []])), rows(applied));
				expect(pending).toEqual(
					disk.map(one => one.join('.')).filter(one => !applied.some(other => other.join('.') === one)),
				);
			}),
		);
	});
});

describe('tables that cannot be used', () => {
	const use = (more: object = {}) => ({
		...rows([], ['a', 'B', 'other']),
		use: {readOnly: null, hidden: [], barred: [], ...more},
	});

	test.each([
		['none', ['a', 'b', 'elsewhere"."x'], {}, undefined],
		['of somebody else', ['a', 'b'], {barred: [['other', 'root']], hidden: ['other']}, undefined],
		['gone', ['a', 'c'], {readOnly: 'x'}, {is: 'missing', data: {names: ['c']}}],
		['not on the path', ['a', 'b'], {hidden: ['b']}, {is: 'hidden', data: {names: ['b']}}],
		[
			'of the user who restored them',
			['a', 'b'],
			{
				barred: [
					['a', 'postgres'],
					['B', 'postgres'],
				],
			},
			{is: 'barred', data: {names: ['a', 'b'], owners: ['postgres']}},
		],
		['read only', ['a'], {readOnly: 'x is on'}, {is: 'readOnly', data: {why: 'x is on'}}],
	] as const)('%s', (_name, wanted, more, is) => {
		expect(unusableTables(wanted, use(more))).toEqual(is);
	});

	test('where the database was not asked for rights, only what is gone is told', () => {
		expect(unusableTables(['a'], rows([], ['a']))).toBeUndefined();
		expect(unusableTables(['a'], rows([]))).toEqual({is: 'missing', data: {names: ['a']}});
	});
});

describe('stored passwords', () => {
	const password = [new Secret('p', 'pässwörd "$\\')];
	const stored = (digest: string, kind: string) =>
		`${kind}$1000$sAlt$${pbkdf2Sync('pässwörd "$\\', 'sAlt', 1000, digest === 'sha256' ? 32 : 20, digest).toString('base64')}`;

	test('are checked here where Django uses PBKDF2', async () => {
		expect(await matchesDjangoHash(password, stored('sha256', 'pbkdf2_sha256'))).toBe(true);
		expect(await matchesDjangoHash(password, stored('sha1', 'pbkdf2_sha1'))).toBe(true);
		expect(await matchesDjangoHash([new Secret('q', 'another')], stored('sha256', 'pbkdf2_sha256'))).toBe(false);
	});

	test('are checked here where it uses Argon2 or scrypt, as Django writes them', async () => {
		const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
		const plain = 'pässwörd "$\\';
		const nonce = Buffer.from('saltsaltsalt');
		const cost = {memory: 1024, passes: 2, parallelism: 4, tagLength: 32};
		const argon = `argon2$argon2id$v=19$m=1024,t=2,p=4$${bare(nonce)}$${bare(argon2Sync('argon2id', {message: plain, nonce, ...cost}))}`;
		const script = `scrypt$16384$sAlt$8$5$${scryptSync(plain, 'sAlt', 64, {N: 16384, r: 8, p: 5, maxmem: 2 ** 28}).toString('base64')}`;
		for (const one of [argon, script]) {
			expect(await matchesDjangoHash(password, one)).toBe(true);
			expect(await matchesDjangoHash([new Secret('q', 'another')], one)).toBe(false);
		}
	});

	test('spend no more than a host has, whatever the application stored', async () => {
		for (const one of [
			'argon2$argon2id$v=19$m=9999999,t=2,p=8$c2FsdHNhbHQ$c2FsdHNhbHQ',
			'argon2$argon2id$v=19$m=1024,t=999,p=8$c2FsdHNhbHQ$c2FsdHNhbHQ',
			`scrypt$${2 ** 30}$sAlt$8$5$c2FsdHNhbHQ=`,
			'pbkdf2_sha256$99999999$sAlt$c2FsdHNhbHQ=',
			'bcrypt_sha256$$2b$12$abc',
		])
			expect(await matchesDjangoHash(password, one)).toBeUndefined();
	});

	test('cannot be told otherwise, and are wrong where there is none', async () => {
		expect(await matchesDjangoHash(password, 'argon2$argon2id$v=19$m=102400,t=2,p=8$abc$def')).toBeUndefined();
		expect(await matchesDjangoHash(password, '!unusable')).toBe(false);
		expect(await matchesDjangoHash([new Secret('unknown')], stored('sha256', 'pbkdf2_sha256'))).toBe(false);
	});

	test('a mark moves with the secret and with the salt', async () => {
		const marks = await Promise.all([
			secretMark(password, 'a'),
			secretMark(password, 'a'),
			secretMark(password, 'b'),
			secretMark(['other'], 'a'),
		]);
		expect(new Set(marks).size).toBe(3);
		expect(marks[0]).toBe(marks[1]);
	});
});

describe('rows from psql', () => {
	const answering = (answer: unknown): Reader => ({
		...createReader(),
		fact: async () =>
			[
				{
					version: '15',
					name: 'main',
					directory: '/etc/postgresql/15/main',
					port: 5432,
					socket: '/run',
					programs: '/bin',
					unit: 'x',
				},
			] as never,
		probe: async () => ({code: 0, stdout: `${JSON.stringify(answer)}\n`, stderr: ''}),
	});
	const xml = `<table xmlns:xsi="x">\n\n<row>\n  <username>a&amp;b &lt;x&gt; "q"</username>\n  <last_login xsi:nil="true"/>\n  <is_staff>true</is_staff>\n  <empty></empty>\n  <odd_x0020_name>z</odd_x0020_name>\n</row>\n\n</table>`;

	test('texts, truths, nothing and odd names', async () => {
		const found = await djangoRows(
			answering([
				['t'],
				false,
				'<table><row><app>a</app><name>0001</name></row></table>',
				xml,
				'"$user", public',
				null,
				'off',
			]),
			{server: {kind: 'local'}, name: 'x'},
			{table: 't', username: 'username'},
		);
		expect(found).toEqual({
			tables: ['t'],
			use: {readOnly: null, hidden: [], barred: []},
			applied: [['a', '0001']],
			accounts: [{username: 'a&b <x> "q"', last_login: null, is_staff: true, empty: '', 'odd name': 'z'}],
		});
	});

	test.each([
		['"$user", public', null, 'off', {readOnly: null, hidden: [], barred: []}],
		[
			'nowhere, published',
			[['t', 'postgres']],
			'on',
			{readOnly: 'transaction_read_only is on', hidden: ['t'], barred: [['t', 'postgres']]},
		],
	] as const)('what a login with the path %s may do', async (path, barred, readOnly, use) => {
		const reader = answering([['t'], false, null, null, path, barred, readOnly]);
		expect((await djangoRows(reader, {server: {kind: 'local'}, name: 'x'}))?.use).toEqual(use);
	});

	test('none while Django keeps its tables where we do not look', async () => {
		expect(
			await djangoRows(answering([null, true, null, null, null, null, 'off']), {server: {kind: 'local'}, name: 'x'}),
		).toBeUndefined();
	});
});

describe('asking', () => {
	const project = {python: '/nowhere/python', directory: '/nowhere', settings: 'x.settings', user: 'nobody-at-all'};

	test('a host that has nothing yet is no fault', async () => {
		expect(await askDjango(createReader(), project, factsScript, {what: []})).toBeUndefined();
		expect(await createReader().fact(djangoFacts(project))).toHaveProperty('absent');
	});

	test.each([
		['ldap.SERVER_DOWN: {...}', 'slapd'],
		['django.db.utils.OperationalError: connection to server', 'DATABASES'],
		["ModuleNotFoundError: No module named 'x'", 'requirements'],
		['django.db.utils.ProgrammingError: column "description" of relation "wui_share" already exists', '--fake'],
		['django.db.utils.ProgrammingError: relation "wui_share" does not exist', 'dump'],
	])('%s has a hint', (line, hint) => expect(hintFor(line)).toContain(hint));

	const pythons = ['python3', 'python2.7'].filter(one => spawnSync(one, ['-V']).status === 0);
	test.skipIf(pythons.length === 0).each(pythons)('the scripts compile with %s', python => {
		for (const script of [factsScript, accountScript, discardScript]) {
			const ran = spawnSync(python, ['-c', 'import sys; compile(sys.stdin.read(), "x", "exec")'], {
				input: script,
				encoding: 'utf8',
			});
			expect(ran.stderr).toBe('');
		}
	});
});
