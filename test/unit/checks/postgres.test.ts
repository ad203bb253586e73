/** PostgreSQL: its files and its own answer, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as application} from '#checks/postgres/application.ts';
import {check as bind} from '#checks/postgres/bind.ts';
import {check as hba} from '#checks/postgres/hba.ts';
import {check as version} from '#checks/postgres/version.ts';
import {parsePostgresConf} from '#host/postgres/conf-lines.ts';
import {parseHealth} from '#host/postgres/health.ts';
import {look, recorded, recordedReleases} from '../support/look.ts';

const series = {bullseye: '13', bookworm: '15', trixie: '17'} as const;

describe.each(recordedReleases)('recorded on %s', release => {
	const health = parseHealth(recorded(release, 'postgres-health'));
	const dir = `/etc/postgresql/${series[release]}/main`;
	const files = {
		[`${dir}/postgresql.conf`]: recorded(release, 'postgres-conf'),
		[`${dir}/pg_hba.conf`]: recorded(release, 'pg-hba'),
		'/etc/os-release': `ID=debian\nVERSION_CODENAME=${release}\n`,
	};

	test('what the server says', () => {
		expect(String(health.version)).toMatch(new RegExp(`^${series[release]}`));
		expect(health.settings.get('listen_addresses')).toEqual({value: 'localhost', pending: false, atStart: true});
		expect(health.roles.get('postgres')).toEqual({login: true, superuser: true, verifier: 'none', becomes: null});
		expect(health.databases.get('postgres')).toBe('postgres');
		expect(health.files.find(({name}) => name === 'port')).toMatchObject({value: '5432', error: null});
		expect(health.startedAt).toBeGreaterThan(Date.parse('2026-01-01'));
		expect(health.loadedAt).toBeGreaterThanOrEqual(health.startedAt - 5000);
	});
	test('its files', () => {
		const lines = new Map(
			parsePostgresConf(recorded(release, 'postgres-conf'), 'f').map(({name, value}) => [name, value]),
		);
		for (const {name, value} of health.files) if (lines.has(name)) expect(lines.get(name), name).toBe(value);
		expect(lines.get('include_dir')).toBe('conf.d');
	});
	test('and what an offline root tells of them', async () => {
		expect(await look(bind, files)).toMatchObject([
			{item: `${series[release]}/main`, state: 'unknown', layers: {file: {value: 'localhost'}}},
		]);
		const rows = await look(hba, files);
		if (release === 'bullseye') expect(rows.map(({state}) => state)).toEqual(expect.arrayContaining(['warn']));
		else expect(rows).toMatchObject([{state: 'unknown', layers: {runtime: {because: 'offline-root'}}}]);
		expect(await look(version, files)).toMatchObject([{state: 'ok', says: expect.stringContaining(release)}]);
	});
});

describe('postgresql.conf', () => {
	it.each([
		["listen_addresses = '*'\t# what", '*'],
		["listen_addresses='localhost,10.0.0.1'", 'localhost,10.0.0.1'],
		["listen_addresses 'it''s'", "it's"],
		['Listen_Addresses = localhost', 'localhost'],
	])('%j', (line, value) =>
		expect(parsePostgresConf(line, 'f')).toEqual([{name: 'listen_addresses', value, where: 'f:1', path: 'f'}]),
	);
	it('the last file wins', async () => {
		const files = {
			'/etc/postgresql/15/main/postgresql.conf': "listen_addresses = '*'\ninclude_dir = 'conf.d'\n",
			'/etc/postgresql/15/main/conf.d/a.conf': "listen_addresses = 'localhost'\n",
		};
		expect(await look(bind, files)).toMatchObject([
			{state: 'unknown', layers: {file: {where: '/etc/postgresql/15/main/conf.d/a.conf:1'}}},
		]);
	});
});

describe('pg_hba.conf in an offline root', () => {
	const of = async (text: string) =>
		(await look(hba, {'/etc/postgresql/15/main/postgresql.conf': '', '/etc/postgresql/15/main/pg_hba.conf': text})).map(
			({item, state}) => `${item} ${state}`,
		);
	it.each([
		['local all all trust', ['15/main local all all fail']],
		['host all all 0.0.0.0/0 scram-sha-256', ['15/main host all all 0.0.0.0/0 fail']],
		['host all all 0.0.0.0 0.0.0.0 md5', ['15/main host all all 0.0.0.0/0 fail']],
		['host all all ::/0 reject', ['15/main unknown']],
		['hostssl all all all cert', ['15/main hostssl all all all warn']],
		['host a b 10.0.0.0/8 md5', ['15/main host a b 10.0.0.0/8 warn']],
		['host a b 10.0.0.0/8 password', ['15/main host a b 10.0.0.0/8 warn']],
		['local all all peer\nlocal all x trust', ['15/main local all x warn']],
	])('%s', async (text, wanted) => expect(await of(`${text}\n`)).toEqual(wanted));
	it('a file that does not parse is not judged', async () =>
		expect(await of('nonsense here\n')).toEqual(['15/main unknown']));
});

const wanted = (database: string, port = 5432) => ({
	...{host: '127.0.0.1', port, role: 'r', database, tls: 'off'},
	password: {key: 's/postgres.password', ref: {secret: 'generate'}},
});

describe('the application of every stack', () => {
	it('is asked only where setup installed one', async () =>
		expect(await look(application, {})).toMatchObject([{state: 'na'}]));
	it('cannot be asked in an offline root', async () =>
		expect(
			await look(application, {}, [
				{stack: 'one', answers: {}, expects: {'postgres.application': [wanted('d'), wanted('e')]}},
				{stack: 'two', answers: {}, expects: {'postgres.application': [wanted('d'), wanted('d', 5433)]}},
			]),
		).toMatchObject([
			{item: '127.0.0.1:5432/d', state: 'unknown', expected: {owner: 'r'}},
			{item: '127.0.0.1:5433/d', state: 'unknown'},
			{item: 'e', state: 'unknown'},
		]));
});
