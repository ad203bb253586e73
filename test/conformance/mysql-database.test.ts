// packages: mariadb-server
// releases: bookworm bullseye trixie
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {mysqlDatabase} from '#resources/mysql/database.ts';
import {createBench} from './bench.ts';
import {mysql, noisy, quoted} from './mysql-tools.ts';
import {conformance} from './suite.ts';

const hostile = "da`ta'ba\\se; DROP DATABASE mysql; -- %";
const rows = (): Promise<string> =>
	mysql('SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA ORDER BY 1');
const fresh = async (): Promise<void> => {
	for (const name of ['conform', hostile]) await mysql(`DROP DATABASE IF EXISTS ${quoted(name)}`);
};

conformance('mysql-database', [
	{
		name: 'a new database',
		prepare: fresh,
		resource: () => mysqlDatabase({name: 'conform'}),
		breakIt: async () => void (await mysql('ALTER DATABASE conform CHARACTER SET latin1')),
		touches: ['/etc/mysql'],
		rows,
		noisy,
	},
	{
		name: 'a hostile name',
		prepare: fresh,
		resource: () => mysqlDatabase({name: hostile}),
		breakIt: async () => void (await mysql(`ALTER DATABASE ${quoted(hostile)} CHARACTER SET latin1`)),
		touches: ['/etc/mysql'],
		rows,
		noisy,
	},
	{
		name: 'one that is there with another character set',
		async prepare() {
			await fresh();
			await mysql('CREATE DATABASE conform CHARACTER SET latin1');
		},
		resource: () => mysqlDatabase({name: 'conform'}),
		touches: ['/etc/mysql'],
		rows,
		noisy,
	},
]);

describe('mysql-database, with data in it', () => {
	const bench = createBench('/tmp/conformance-mysql-database');
	const wanted = () => mysqlDatabase({name: 'conform'});

	it('is kept when a table has a row, and no view of its owner is run', async () => {
		await fresh();
		const done = await bench.converge(wanted());
		await mysql(
			"USE conform; CREATE TABLE empty (x int); CREATE TABLE `ta``b'le` (x int); INSERT INTO `ta``b'le` VALUES (1); CREATE VIEW bomb AS SELECT sleep(60) FROM `ta``b'le`",
		);
		expect(await bench.undo(done, {})).toEqual([{outcome: 'kept', why: "the database conform has rows in ta`b'le"}]);
		await mysql("DELETE FROM conform.`ta``b'le`");
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
	});

	it('is dumped, for root alone, before it is dropped with its data', async () => {
		await fresh();
		const done = await bench.converge(wanted());
		await mysql('CREATE TABLE conform.precious (id int); INSERT INTO conform.precious VALUES (4242)');
		expect(await bench.undo(done, {purgeData: true})).toEqual([{outcome: 'undone'}]);
		const path = /a copy goes to ([^"]+)"/.exec(bench.told().join('\n'))?.[1];
		expect((await execa('cat', [path!])).stdout).toContain('(4242)');
		expect((await execa('stat', ['-c', '%a %U', path!])).stdout).toBe('600 root');
	});
});
