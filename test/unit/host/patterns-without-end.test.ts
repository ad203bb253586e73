/** Lines that somebody else wrote, made to keep a pattern trying: with the patterns before, each of these took minutes to longer than anybody lives. */
import {expect, test} from 'vitest';
import {secretFiles} from '#host/secrets/secret-files.ts';
import {oneLine} from '#report/doctor/row-words.ts';
import {patchOf} from '#resources/files/show-diff.ts';
import {parseRequirements} from '#resources/python/requirements.ts';
import {shippedOptions} from '#steps/shared/shipped-ini.ts';
import {fileReader} from '../support/file-reader.ts';

test('requirements', () => {
	expect(
		parseRequirements(`a${'!a'.repeat(5000)} (\nb[x] >=1.0, <2 !=1.5.* # why\nc==1 ;python_version<"3"\nd\n`),
	).toEqual([
		{
			name: 'b',
			bounds: [
				{op: '>=', version: '1.0'},
				{op: '<', version: '2'},
				{op: '!=', version: '1.5.*'},
			],
		},
		{name: 'd', bounds: []},
	]);
});

test('files of secrets', async () => {
	const hostile = [
		`password${' '.repeat(200_000)}`,
		`a ${':'.repeat(200_000)} `,
		'PASS'.repeat(50_000),
		`${'a:'.repeat(100_000)} `,
	].join('\n');
	const found = async (more: string): Promise<readonly string[]> =>
		(
			await secretFiles.read(
				fileReader({
					'/root/.my.cnf': `${hostile}\n${more}`,
					'/root/.pgpass': `${hostile}\n`,
					'/etc/systemd/system/app.service': '[Service]\nExecStart=/srv/app/run\nEnvironmentFile=/srv/app/.env\n',
					'/srv/app/.env': `${hostile}\n${more}`,
				}),
			)
		).map(({path}) => path);
	expect(await found('')).toEqual([]);
	for (const line of [
		'password = "hunter2"',
		'passwd=hunter2',
		'h:5432:db:user:hunter2',
		'smtp.example.org user:hunter2',
	])
		expect(await found(`${line}\n`)).toContain('/root/.my.cnf');
	for (const line of ['export DB_PASSWORD=hunter222', 'API_KEY="hunter222"', 'URL=postgres://u:hunter2@db/x'])
		expect(await found(`${line}\n`)).toContain('/srv/app/.env');
	expect(await found('KEY_FILE=/etc/ssl/private/a.key\n')).toEqual([]);
});

test('what a plan shows of a file, and a report of a value', () => {
	const blanks = ' '.repeat(100_000);
	const patch =
		patchOf('/x', `password${blanks}\nDB_PASSWORD = 'hunter2'\ntoken: hunter2\u2028x\nsecret hunter2\n`, 'new\n') ?? '';
	expect(patch).not.toContain('hunter2');
	expect(patch).toContain('-DB_PASSWORD = ••••');
	expect(oneLine(`a${blanks}b`)).toHaveLength(oneLine('a'.repeat(100_002)).length);
	expect(oneLine('a \n\n \tb\r\nc')).toBe('a b c');
});

test("a repository's own ini", () => {
	const text = `[uwsgi]\n processes = 4 \nharakiri=${' '.repeat(100_000)}\u0000x\nthreads${' '.repeat(100_000)}\nlisten=100\n`;
	expect(shippedOptions(text)).toEqual({processes: '4', listen: '100'});
});
