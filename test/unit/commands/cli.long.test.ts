import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';

const cli = join(import.meta.dirname, '../../../src/cli.ts');
let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(directory, {recursive: true}));

const setup = (...argv: readonly string[]) =>
	execa(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...argv], {reject: false, stdin: 'ignore'});

test.each([
	{argv: ['--help'], code: 0, says: /setup plan answers\.yaml/},
	{argv: [], code: 64, says: /setup apply FILE/},
	{argv: ['aply'], code: 64, says: /Did you mean apply/},
	{argv: ['plan'], code: 64, says: /name the answers file, or a medium with --bundle/},
	{argv: ['plan', '/nonexistent.yaml'], code: 64, says: /is not there/},
	{argv: ['apply', 'x.yaml', '--jobs', '0'], code: 64, says: /from 1 to 999/},
	{argv: ['answers', 'init', 'ipynbsr'], code: 64, says: /There are: .*ipynbsrv/},
	{
		argv: ['apply', '/nonexistent.yaml', '--detach'],
		code: process.getuid?.() === 0 ? 64 : 1,
		says: /is not there|only root/,
	},
	{argv: ['attach', '--state', '/nonexistent'], code: 1, says: /nothing runs here|only root/},
	{argv: ['explain', 'nothing'], code: 64, says: /there is no stack, step, check or fault/},
	{argv: ['list', 'things'], code: 64, says: /stacks, steps or checks/},
	{argv: ['list', 'stacks'], code: 0, says: /^ipynbsrv/m},
	{argv: ['list'], code: 0, says: /^ipynbsrv/m},
	{argv: ['explain', 'ldap-client'], code: 0, says: /nsswitch\.conf end with ldap/},
	{argv: ['answers', 'schema', 'ipynbsrv'], code: 0, says: /2020-12/},
])('setup $argv.0 $argv.1 gives $code', async ({argv, code, says}) => {
	const ran = await setup(...argv);
	expect(`${ran.stdout}\n${ran.stderr}`).toMatch(says);
	expect(ran.exitCode).toBe(code);
});

test('tells every problem of an answers file at once, on its line, with what was meant', async () => {
	const file = join(directory, 'bad.yaml');
	writeFileSync(
		file,
		'version: 1\nstack: ipynbsrv\npostgres:\n  mode: local\n  databse: x\n  password: hunter22\nldap-directry: {}\n',
	);
	const ran = await setup('answers', 'check', file);
	expect(ran.exitCode).toBe(64);
	expect(ran.stderr).toMatch(/bad\.yaml:5:\d+: postgres\.databse: .*database/);
	expect(ran.stderr).toMatch(/bad\.yaml:6:\d+: postgres\.password: .*\{secret: generate\}/);
	expect(ran.stderr).toMatch(/bad\.yaml:7:\d+: ldap-directry.*ldap-directory/);
	expect(ran.stderr).not.toContain('hunter22');
});

test('answers with a secret that would be refused are not called good', async () => {
	const secret = join(directory, 'two-lines');
	writeFileSync(secret, 'first-line-is-long\nsecond-line-is-long\n', {mode: 0o600});
	const file = join(directory, 'unfit.yaml');
	writeFileSync(
		file,
		`version: 1\nstack: cc-server\nsources: {from: demo}\nsite-address: {host: cc.example.org}\nregistry: {password: {file: ${secret}}}\n`,
	);
	const ran = await setup('answers', 'check', file, '--offline');
	expect(ran.stdout).toMatch(/a secret would be refused[\s\S]*registry\.password +unfit: .*more than one line/);
	expect(ran.stdout).not.toContain('second-line');
	expect(ran.exitCode).toBe(1);
});

test('a plan writes nothing, not even its state directory', async () => {
	const state = join(directory, 'state');
	const ran = await setup(
		'plan',
		join(import.meta.dirname, '../../../fixtures/answers/ipynbsrv.yaml'),
		'--state',
		state,
		'--format',
		'json',
	);
	expect(JSON.parse(ran.stdout)).toMatchObject({schemaVersion: 1, stack: 'ipynbsrv'});
	expect((await setup('status', '--state', state, '--format', 'json')).stdout).toContain('"last": null');
	expect(() => rmSync(state)).toThrow(/ENOENT/);
}, 60_000);
