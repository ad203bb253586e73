import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {commandTable} from '../../../package/commands.ts';
import {bashCompletion, fishCompletion, zshCompletion} from '../../../package/completions.ts';
import {manPage} from '../../../package/man-page.ts';

const rows = commandTable();
const place = mkdtempSync(join(tmpdir(), 'words-'));
afterAll(() => rmSync(place, {recursive: true, force: true}));

test('the table has the wizard, every command of the help, and the doctor with words of its own', () => {
	expect(rows.map(({name}) => name)).toEqual(
		expect.arrayContaining(['', 'plan', 'apply', 'undo', 'doctor', 'answers init', 'secrets rotate']),
	);
	const doctor = rows.find(({name}) => name === 'doctor');
	expect(doctor?.flags.flatMap(({names}) => names)).toEqual(expect.arrayContaining(['-v', '--verbose', '--fail-on']));
	expect(rows.flatMap(({flags}) => flags).filter(({about}) => about === '')).toEqual([]);
	expect(JSON.stringify(rows)).not.toContain('given-on-stdin');
});

test('the manual page names each command and option, and no line of it is taken for a request', () => {
	const page = manPage(rows, '1.2.3', '2027-01-02');
	for (const {name, flags} of rows) {
		expect(page).toContain(`.SS "${`setup ${name}`.trim().replaceAll('-', '\\-')}`);
		for (const {spelled} of flags) expect(page).toContain(spelled.replaceAll('-', '\\-'));
	}
	const requests = page.split('\n').flatMap(line => /^\.(\S+)/.exec(line)?.[1] ?? []);
	expect([...new Set(requests)].toSorted()).toEqual(['B', 'I', 'RI', 'SH', 'SS', 'TH', 'TP', 'br']);
});

describe('completions', () => {
	const file = join(place, 'setup.bash');
	writeFileSync(file, bashCompletion(rows));
	const complete = (...words: readonly string[]): readonly string[] =>
		execFileSync(
			'bash',
			[
				'-c',
				'. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _setup; printf "%s\\n" "${COMPREPLY[@]}"',
				'-',
				file,
				...words,
			],
			{encoding: 'utf8'},
		)
			.split('\n')
			.filter(line => line !== '');

	test.each([
		[['setup', 'pl'], ['plan']],
		[
			['setup', 'answers', ''],
			['init', 'check', 'schema'],
		],
		[['setup', 'answers', 'init', 'ip'], ['ipynbsrv']],
		[
			['setup', 'list', ''],
			['stacks', 'steps', 'checks'],
		],
		[['setup', 'doctor', '--format', 'pro'], ['prometheus']],
		[['setup', 'doctor', 'fix', 'mysql.b'], ['mysql.bind']],
		[['setup', 'undo', '--purge-'], ['--purge-data']],
	])('bash: %j', (words, expected) => expect(complete(...words)).toEqual(expected));

	test("each word of the table is in zsh's and fish's, and who has the shell reads it without a complaint", () => {
		for (const [shell, text] of [
			['zsh', zshCompletion(rows)],
			['fish', fishCompletion(rows)],
		] as const) {
			for (const {name} of rows) for (const word of name.split(' ')) expect(text).toContain(word);
			for (const {names} of rows.flatMap(({flags}) => flags))
				for (const name of names) expect(text).toContain(name.replace(/^--?/, ''));
			const path = join(place, `setup.${shell}`);
			writeFileSync(path, text);
			const {error, stderr} = spawnSync(shell, ['-n', path], {encoding: 'utf8'});
			// Neither shell is on a minimal Debian; the soak has both.
			if (error === undefined) expect(stderr).toBe('');
		}
	});
});
