import {chmod, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {exportWithSecrets} from '#answers/file/export-secrets.ts';
import {loadAnswers} from '#answers/file/load.ts';
import {type Given, interview} from '#answers/interview/interview.ts';
import {keepTypedSecret} from '#answers/interview/typed-secrets.ts';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {reveal} from '#model/secret.ts';
import {caught} from '../caught.ts';
import {facts, stack} from '../steps.ts';

let directory = '';
let state = '';
let given: Given = {};
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'export-'));
	state = join(directory, 'state');
	given = {
		directory: {mode: 'existing', uri: 'ldap://x/'},
		application: {
			hostName: 'www.example.org',
			users: [
				{name: 'bob', password: {file: '/etc/bob'}},
				{name: 'eve', password: {prompt: true}},
			],
		},
	};
	const kept = await keepTypedSecret(
		state,
		stack,
		given,
		{step: 'directory', path: 'bindPassword', value: 'c4n4ry hunter'},
		{facts},
	);
	given = {...given, directory: {...(given['directory'] as object), bindPassword: (kept as {ref: {file: string}}).ref}};
});
afterEach(() => rm(directory, {recursive: true}));

const inputs = async () => (await interview(stack, given, {facts})).inputs!;
const write = async (
	secrets: 'files' | 'environment',
	more: {readonly overwrite?: boolean; readonly path?: string} = {},
) => exportWithSecrets(stack, await inputs(), {path: join(directory, 'answers.yaml'), secrets, state, ...more});

test('files: 0600 beside the answers, which refer to them and load to the same from elsewhere', async () => {
	const {path, lines} = await write('files');
	const text = await readFile(path, 'utf8');
	expect(text).not.toContain('c4n4ry');
	expect(text).toContain('bindPassword: {file: ./answers.secrets/directory.bindPassword}');
	expect([(await stat(path)).mode & 0o777, (await stat(join(directory, 'answers.secrets'))).mode & 0o777]).toEqual([
		0o644, 0o700,
	]);
	expect((await stat(join(directory, 'answers.secrets/directory.bindPassword'))).mode & 0o777).toBe(0o600);
	expect(lines).toEqual([
		`Answers: ${path}`,
		`Typed secrets: ${join(directory, 'answers.secrets')}, to be copied with it: directory.bindPassword`,
		'Generated anew on each host: database.password',
		'Needs the file /etc/bob: application.users[bob].password',
		'Asked for at the terminal: application.users[eve].password',
	]);
	await rm(state, {recursive: true});
	const loaded = await loadAnswers({path}, stack, {facts});
	await resolveSecrets(loaded, {mode: 'plan', store: join(directory, 'none.json')});
	expect(reveal(loaded.secrets.find(({name}) => name === 'directory.bindPassword')!.secret)).toBe('c4n4ry hunter');
});

test('environment: names only, nothing is written beside', async () => {
	const {path, lines} = await write('environment');
	expect(await readFile(path, 'utf8')).toContain('bindPassword: {env: SETUP_DIRECTORY_BINDPASSWORD}');
	expect(lines[1]).toBe('Needs in the environment: SETUP_DIRECTORY_BINDPASSWORD');
	expect((await readdir(directory)).sort()).toEqual(['answers.yaml', 'state']);
});

test('its own file is replaced, an edited or foreign one only when told', async () => {
	const {path} = await write('files');
	given = {...given, database: {name: 'other'}};
	await write('environment');
	const text = await readFile(path, 'utf8');
	expect(text).toContain('name: other');
	for (const foreign of [text.replace('other', 'mine'), 'version: 1\n', '']) {
		await writeFile(path, foreign);
		expect(await caught(() => write('files'))).toMatchObject({code: 'export.exists'});
		expect(await readFile(path, 'utf8')).toBe(foreign);
	}
	await write('files', {overwrite: true});
	expect(await readFile(path, 'utf8')).toContain('name: other');
});

test('what cannot be written or read is said before the answers are', async () => {
	expect(await caught(() => write('files', {path: join(directory, 'no/where.yaml')}))).toMatchObject({
		code: 'export.place',
	});
	expect(await caught(() => write('files', {path: directory}))).toMatchObject({code: 'export.place'});
	await writeFile(join(directory, 'a.secrets'), '');
	expect(await caught(() => write('files', {path: join(directory, 'a.yaml')}))).toMatchObject({code: 'export.place'});
	await chmod(join(state, 'typed/small/directory.bindPassword'), 0o644);
	expect(await caught(() => write('files'))).toMatchObject({code: 'export.secret'});
	await expect(stat(join(directory, 'answers.yaml'))).rejects.toThrow('ENOENT');
});
