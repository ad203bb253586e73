// packages: mariadb-server python3
// releases: bookworm
import {chmod, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {instance} from '#resources/made-once/instance.ts';
import {createBench} from './bench.ts';
import {mysql, noisy} from './mysql-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-91ab"\\ü';
const directory = '/srv/conform/one';
const stamps = '/var/lib/host-setup/stamps';
/** Like the real ones: it makes its directory first, empties the database, and prints the password. */
const maker = `import json, os, sys
os.mkdir(sys.argv[2])
if os.path.exists('/tmp/conform-fails'): sys.exit(255)
open(sys.argv[2] + '/a.yml', 'w').write(json.dumps(sys.argv[3:]))
print('the password is ' + sys.argv[3])
`;
const fresh = async (): Promise<void> => {
	await rm('/srv/conform', {recursive: true, force: true});
	await rm(stamps, {recursive: true, force: true});
	await rm('/tmp/conform-fails', {force: true});
	await mkdir('/srv/conform');
	await writeFile('/usr/local/bin/conform-maker', maker);
	await chmod('/usr/local/bin/conform-maker', 0o755);
	await execa('useradd', ['--system', 'conform'], {reject: false});
	await execa('chown', ['conform:', '/srv/conform']);
	await mysql('DROP DATABASE IF EXISTS conform; CREATE DATABASE conform');
};
const wanted = (cores = '1') =>
	instance(
		{
			directory,
			user: 'conform',
			python: '/usr/bin/python3',
			program: '/usr/local/bin/conform-maker',
			arguments: [['create'], ['one'], [new Secret('app', canary)]],
			marks: ['a.yml'],
			databases: ['conform'],
			fixed: {cores},
			changeable: 'The name may change.',
		},
		{needs: []},
	);

conformance('instance', [
	{
		name: 'a new one',
		prepare: fresh,
		resource: () => wanted(),
		touches: ['/etc'],
		canaries: [canary],
		noisy: [...noisy, '/srv/conform'],
		undone: 'kept',
		undoes: false,
	},
]);

describe('instance', () => {
	const bench = createBench('/tmp/conformance-instance');

	it('is made with its arguments as they are', async () => {
		await fresh();
		await bench.converge(wanted());
		expect(JSON.parse(await readFile(`${directory}/a.yml`, 'utf8'))).toEqual([canary]);
	});

	it('is not made where its database is in use, nor where somebody has a directory', async () => {
		await fresh();
		await mysql('CREATE TABLE conform.precious (id int)');
		await expect(bench.converge(wanted())).rejects.toThrow('instance.database-in-use');
		expect(await mysql('SHOW TABLES FROM conform')).toBe('precious');
		await mysql('DROP TABLE conform.precious');
		await mkdir(directory);
		await expect(bench.converge(wanted())).rejects.toThrow('instance.in-the-way');
	});

	it('a try that failed is taken away by the next', async () => {
		await fresh();
		await writeFile('/tmp/conform-fails', '');
		await expect(bench.converge(wanted())).rejects.toMatchObject({code: 'instance.failed'});
		await mysql('CREATE TABLE conform.half (id int)');
		await rm('/tmp/conform-fails');
		await bench.converge(wanted());
		expect(JSON.parse(await readFile(`${directory}/a.yml`, 'utf8'))).toEqual([canary]);
	});

	it('says what can no longer be changed', async () => {
		await fresh();
		await bench.converge(wanted());
		await expect(bench.converge(wanted('2'))).rejects.toThrow('instance.fixed');
	});

	it('is packed, for root alone, before it goes with its data', async () => {
		await fresh();
		const done = await bench.converge(wanted());
		expect(await bench.undo(done, {purgeData: true})).toEqual([{outcome: 'undone'}]);
		const path = /a copy goes to ([^"]+)"/.exec(bench.told().join('\n'))?.[1];
		expect((await execa('tar', ['-tzf', path!])).stdout).toContain('./a.yml');
		expect((await execa('stat', ['-c', '%a %U', path!])).stdout).toBe('600 root');
	});
});
