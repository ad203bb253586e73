// packages: postgresql
// releases: bookworm trixie
import {readFile, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {postgresAccess} from '#resources/postgres/hba-records.ts';
import {until} from '../host/support/until.ts';
import {createBench} from './bench.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const [version] = (await execa('ls', ['/etc/postgresql'])).stdout.split('\n');
const path = `/etc/postgresql/${version}/main/pg_hba.conf`;
const first = await readFile(path, 'utf8');
const record = {type: 'host', database: 'all', user: 'all', address: '10.99.98.0/24', method: 'scram-sha-256'} as const;
const wanted = () => postgresAccess({name: 'conform', records: [record]});
const put = async (text: string): Promise<void> => {
	await writeFile(path, text);
	const before = await psql('SELECT pg_conf_load_time()');
	await psql('SELECT pg_reload_conf()');
	await until(async () => (await psql('SELECT pg_conf_load_time()')) !== before, {
		what: 'PostgreSQL to read its files',
	});
};
const rules = (): Promise<string> =>
	psql('SELECT type, database, user_name, address, auth_method FROM pg_hba_file_rules');

conformance('postgres-access', [
	{
		name: 'a new record',
		prepare: () => put(first),
		resource: wanted,
		breakIt: () => put(first),
		touches: [path],
		rows: rules,
		noisy,
	},
	{
		name: 'a record that another would catch',
		prepare: () => put(`host all all 10.0.0.0/8 reject\n${first}`.replace('reject', 'md5')),
		resource: wanted,
		breakIt: () => put(`host all all 10.0.0.0/8 md5\n${first}host all all 10.99.98.0/24 scram-sha-256\n`),
		touches: [path],
		rows: rules,
		noisy,
	},
]);

describe('postgres-access', () => {
	const bench = createBench('/tmp/conformance-access');

	it('in the file alone it is not in force', async () => {
		await put(first);
		await bench.converge(wanted());
		const text = await readFile(path, 'utf8');
		// The two times are compared in whole seconds.
		await until(async () => (await psql("SELECT now() - pg_conf_load_time() > '1.1 s'")).trim() === 't', {
			what: 'the clock to be past what was read',
		});
		await writeFile(path, text);
		expect((await wanted().look(bench.reader())).state).toBe('change');
		await bench.converge(wanted());
		expect(await rules()).toContain('10.99.98.0');
	}, 60_000);

	it('an undo leaves what others added since', async () => {
		await put(first);
		const done = await bench.converge(wanted());
		await put(`${await readFile(path, 'utf8')}host theirs all 192.0.2.1/32 md5\n`);
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'undone'}]);
		expect(await readFile(path, 'utf8')).toBe(`${first}host theirs all 192.0.2.1/32 md5\n`);
		await put(first);
	}, 60_000);
});
