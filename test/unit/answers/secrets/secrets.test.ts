import {execFile} from 'node:child_process';
import {chmod, chown, mkdtemp, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Loaded, loadAnswers} from '#answers/file/load.ts';
import {resolveSecrets, secretsToHandOver} from '#answers/secrets/secrets.ts';
import {reveal, secretValues} from '#model/secret.ts';
import {caught} from '../caught.ts';
import {facts, stack} from '../steps.ts';

let directory = '';
let store = '';
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'secrets-'));
	store = join(directory, 'host-setup', 'secrets.json');
});
afterEach(() => rm(directory, {recursive: true}));

const load = (users: Readonly<Record<string, string>> = {}, rest = '') =>
	loadAnswers(
		{
			text: `version: 1\nstack: small\napplication:\n  hostName: a\n  users: [${Object.entries(users)
				.map(([name, ref]) => `{name: ${name}, password: ${ref}}`)
				.join(', ')}]\n${rest}`,
			name: 'a.yaml',
			directory,
		},
		stack,
		{facts},
	);
const plain = (loaded: Loaded): Record<string, string | undefined> =>
	Object.fromEntries(loaded.secrets.map(({name, secret}) => [name, secret.known ? reveal(secret) : undefined]));
const secretFile = async (name: string, content: string | Uint8Array, mode = 0o600): Promise<string> => {
	await writeFile(join(directory, name), content);
	await chmod(join(directory, name), mode);
	return join(directory, name);
};

describe('needed once', () => {
	const loaded = async () => {
		const [first, ...others] = (await load({bob: '{env: ONLY_ONCE}'})).secrets.toReversed();
		return {stack, secrets: [...others, {...first!, name: 'application.once', once: true as const}]};
	};

	test('is asked for in an apply only while something of its step is to be done', async () => {
		const environment = {};
		const all = await loaded();
		const none = await resolveSecrets(all, {mode: 'apply', store, environment, steps: new Set(['other'])});
		expect(none.map(one => one.name)).not.toContain('application.once');
		expect(
			(await caught(() => resolveSecrets(all, {mode: 'apply', store, environment, steps: new Set(['application'])})))
				.code,
		).toBe('secrets.bad');
		expect((await caught(() => resolveSecrets(all, {mode: 'apply', store, environment}))).code).toBe('secrets.bad');
	});

	test('is read where it is there, and stays where nobody needs it', async () => {
		const environment = {ONLY_ONCE: 'a long enough word'};
		const all = await loaded();
		await resolveSecrets(all, {mode: 'apply', store, environment, steps: new Set()});
		expect(all.secrets.find(one => one.once)?.secret.known).toBe(false);
		await resolveSecrets(all, {mode: 'apply', store, environment, steps: new Set(['application'])});
		expect(all.secrets.find(one => one.once)?.secret.known).toBe(true);
	});
});

describe('generated', () => {
	test('never by a plan: it stays unknown, and nothing is written', async () => {
		const loaded = await load();
		expect(await resolveSecrets(loaded, {mode: 'plan', store})).toEqual([
			{name: 'directory.adminPassword', state: 'to be generated'},
			{name: 'database.password', state: 'to be generated'},
		]);
		expect(loaded.secrets.some(one => one.secret.known)).toBe(false);
		await expect(stat(join(directory, 'host-setup'))).rejects.toThrow('ENOENT');
	});

	test('once by an apply, kept 0600 in a 0700 directory, and reused by every later run and plan', async () => {
		const first = await load({bob: '{secret: generate, length: 50}'});
		expect((await resolveSecrets(first, {mode: 'apply', store})).map(one => one.state)).toEqual([
			'generated',
			'generated',
			'generated',
		]);
		expect((await stat(store)).mode & 0o777).toBe(0o600);
		expect((await stat(join(directory, 'host-setup'))).mode & 0o777).toBe(0o700);
		const made = plain(first);
		expect(made['database.password']).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{31}$/);
		expect(made['application.users[bob].password']).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{49}$/);
		expect(new Set(Object.values(made)).size).toBe(3);
		expect(JSON.parse(await readFile(store, 'utf8'))).toEqual({
			schemaVersion: 1,
			secrets: Object.fromEntries(Object.entries(made).map(([name, value]) => [`small/${name}`, value])),
		});
		const before = await readFile(store, 'utf8');
		for (const mode of ['plan', 'apply'] as const) {
			// Another length asked for later does not change a password that is in use.
			const again = await load({bob: '{secret: generate, length: 60}'});
			expect((await resolveSecrets(again, {mode, store})).every(one => one.state === 'stored')).toBe(true);
			expect(plain(again)).toEqual(made);
		}
		expect(await readFile(store, 'utf8')).toBe(before);
		const more = await load({bob: '{secret: generate}', eve: '{secret: generate}'});
		await resolveSecrets(more, {mode: 'apply', store});
		expect(plain(more)).toMatchObject(made);
	});

	test('are known to the redactor', async () => {
		const loaded = await load();
		await resolveSecrets(loaded, {mode: 'apply', store});
		expect(secretValues()).toEqual(expect.arrayContaining(Object.values(plain(loaded))));
	});

	test('not at all when another secret is missing', async () => {
		const loaded = await load({bob: '{file: nowhere}'});
		expect(await caught(() => resolveSecrets(loaded, {mode: 'apply', store}))).toMatchObject({code: 'secrets.bad'});
		await expect(stat(store)).rejects.toThrow('ENOENT');
		expect(loaded.secrets.some(one => one.secret.known)).toBe(false);
	});

	test.each([
		['not JSON', '{"schemaVersion": 1, "secrets": {"small/x": "c4n4ry', 0o600, 'secrets.corrupt'],
		['of another form', '{"schemaVersion": 1, "secrets": ["c4n4ry"]}', 0o600, 'secrets.corrupt'],
		['newer', '{"schemaVersion": 2}', 0o600, 'secrets.newer'],
		['open to others', '{"schemaVersion": 1, "secrets": {}}', 0o644, 'secrets.open'],
	])(
		'a store that is %s stops an apply, is unknown to a plan, and stays as it is',
		async (_name, content, mode, code) => {
			const path = await secretFile('secrets.json', content, mode);
			const loaded = await load();
			const fault = await caught(() => resolveSecrets(loaded, {mode: 'apply', store: path}));
			expect(fault.code).toBe(code);
			expect(JSON.stringify([fault.message, fault.details, String(fault.cause)])).not.toContain('c4n4ry');
			expect((await resolveSecrets(loaded, {mode: 'plan', store: path})).map(one => one.state)).toEqual([
				'unknown',
				'unknown',
			]);
			expect(await readFile(path, 'utf8')).toBe(content);
		},
	);
});

describe('from elsewhere', () => {
	test('files, variables and credentials, without their trailing newline', async () => {
		await secretFile('a', 'from file a\n');
		await secretFile('b', 'from file b\r\n', 0o400);
		await secretFile('c', ' spaces stay ');
		await symlink('a', join(directory, 'link'));
		await secretFile('cred', 'credential\n', 0o440);
		const environment: NodeJS.ProcessEnv = {PASSWORD: 'of a variable', CREDENTIALS_DIRECTORY: directory, OTHER: 'x'};
		const loaded = await load({
			a: '{file: ./a}',
			b: '{file: b}',
			c: `{file: ${join(directory, 'c')}}`,
			d: '{file: link}',
			e: '{env: PASSWORD}',
			f: '{env: PASSWORD}',
			g: '{credential: cred}',
		});
		await resolveSecrets(loaded, {mode: 'apply', store, environment});
		expect(plain(loaded)).toMatchObject({
			'application.users[a].password': 'from file a',
			'application.users[b].password': 'from file b',
			'application.users[c].password': ' spaces stay ',
			'application.users[d].password': 'from file a',
			'application.users[e].password': 'of a variable',
			'application.users[f].password': 'of a variable',
			'application.users[g].password': 'credential',
		});
		expect(Object.keys(environment)).toEqual(['CREDENTIALS_DIRECTORY', 'OTHER']);
		expect(JSON.parse(await readFile(store, 'utf8')).secrets).not.toHaveProperty([
			'small/application.users[a].password',
		]);
	});

	test('a variable is gone for children, and still known to a second pass of this process', async () => {
		process.env['HS_TEST_SECRET'] = 'a variable for children';
		const first = await load({a: '{env: HS_TEST_SECRET}'});
		await resolveSecrets(first, {mode: 'plan', store});
		const {stdout} = await promisify(execFile)('env');
		expect(stdout).not.toContain('a variable for children');
		const second = await load({a: '{env: HS_TEST_SECRET}'});
		await resolveSecrets(second, {mode: 'apply', store});
		expect(plain(second)['application.users[a].password']).toBe('a variable for children');
	});

	test('every one that is missing or unfit is named with its line, and none is repeated', async () => {
		const paths = {
			open: await secretFile('open', 'c4n4ry-open-file', 0o640),
			short: await secretFile('short', 'c4n4ry\n'),
			empty: await secretFile('empty', ''),
			lines: await secretFile('lines', 'c4n4ry\nsecond line\n'),
			nul: await secretFile('nul', 'c4n4ry\0c4n4ry'),
			bytes: await secretFile('bytes', Buffer.from([0xff, 0xfe, 0xfd, 0xfc])),
			long: await secretFile('long', 'c4n4ry'.repeat(200)),
			huge: await secretFile('huge', 'c4n4ry'.repeat(100_000)),
		};
		await promisify(execFile)('mkfifo', ['-m', '600', join(directory, 'fifo')]);
		const users = {
			...Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `{file: ${path}}`])),
			dir: `{file: ${directory}}`,
			fifo: '{file: fifo}',
			env: '{env: HS_NOT_SET}',
			cred: '{credential: x}',
			ask: '{prompt: true}',
		};
		const loaded = await load(users);
		const fault = await caught(() => resolveSecrets(loaded, {mode: 'apply', store, environment: {}}));
		expect(
			fault.details.map(line => line.replace(/^a\.yaml:5:\d+: application\./, '').replaceAll(directory, 'DIR')),
		).toEqual([
			'users[open].password: needs DIR/open, which others may read (mode 640): chmod 600 DIR/open',
			'users[short].password: is too short: at least 8 characters (DIR/short)',
			'users[empty].password: is empty (DIR/empty)',
			'users[lines].password: holds control characters or more than one line (DIR/lines)',
			'users[nul].password: holds control characters or more than one line (DIR/nul)',
			'users[bytes].password: needs DIR/bytes, which is not UTF-8 text',
			'users[long].password: is too long: at most 1024 characters (DIR/long)',
			'users[huge].password: needs DIR/huge, which is too large for a secret',
			expect.stringMatching(/^users\[dir\]\.password: needs DIR, which (?:is no regular file|others may read)/),
			'users[fifo].password: needs DIR/fifo, which is no regular file',
			'users[env].password: needs the environment variable HS_NOT_SET, which is not set',
			'users[cred].password: needs the systemd credential x, and this run was given none ($CREDENTIALS_DIRECTORY is not set)',
			'users[ask].password: is asked for at a terminal, and there is none (application.users[ask].password)',
		]);
		expect(JSON.stringify([fault.message, fault.details])).not.toContain('c4n4ry');
		const planned = await resolveSecrets(await load(users), {mode: 'plan', store, environment: {}});
		expect(
			planned
				.filter(one => one.name.startsWith('application'))
				.every(one => ['unfit', 'unknown'].includes(one.state) && one.why),
		).toBe(true);
	});

	test.skipIf(process.getuid?.() !== 0)('a file of another user is refused (needs root to make one)', async () => {
		const path = await secretFile('theirs', 'long enough');
		await chown(path, 1234, 1234);
		expect(
			(await caught(async () => resolveSecrets(await load({a: `{file: ${path}}`}), {mode: 'apply', store}))).details[0],
		).toContain('belongs to another user');
	});

	test('keys of several lines come whole', async () => {
		await secretFile('key.pem', '-----BEGIN-----\nabc\ndef\n-----END-----\n');
		const loaded = await load({}, '  tls: {certificate: /c.pem, key: {file: key.pem}}\n');
		await resolveSecrets(loaded, {mode: 'apply', store});
		expect(plain(loaded)['application.tls.key']).toBe('-----BEGIN-----\nabc\ndef\n-----END-----');
	});
});

describe('asked for', () => {
	test('at the terminal, with the question and what would not do', async () => {
		const loaded = await load({}, 'database: {password: {prompt: true}}\n');
		const asked: unknown[] = [];
		await resolveSecrets(loaded, {
			mode: 'apply',
			store,
			prompt: async ({name, title, problem}) => {
				asked.push([name, title, problem('short'), problem('long enough to do')]);
				return 'typed by hand';
			},
		});
		expect(asked).toEqual([
			['database.password', 'Password of the role', 'is too short: at least 12 characters', undefined],
		]);
		expect(plain(loaded)['database.password']).toBe('typed by hand');
	});

	test('what was typed or taken can be handed over to the process that does the work', async () => {
		const loaded = await load({a: '{env: X}'}, 'database: {password: {prompt: true}}\n');
		await resolveSecrets(loaded, {
			mode: 'apply',
			store,
			environment: {X: 'of a variable'},
			prompt: async () => 'typed by hand',
		});
		const given = secretsToHandOver(loaded);
		expect(Object.fromEntries(given)).toEqual({
			'database.password': 'typed by hand',
			'application.users[a].password': 'of a variable',
		});
		const there = await load({a: '{env: HS_OTHER}'}, 'database: {password: {prompt: true}}\n');
		await resolveSecrets(there, {mode: 'apply', store, environment: {}, given});
		expect(plain(there)).toEqual(plain(loaded));
	});
});
