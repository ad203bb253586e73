/** `setup doctor` as a program: its exit codes, that stdout carries the format and nothing else, and what it loads. */
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Report} from '#doctor/types.ts';
import {doctorPlace} from '#tasks/doctor/place.ts';
import {placeOf} from '#tasks/state-place.ts';

const checkout = join(import.meta.dirname, '../../../..');
let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'doctor-'));
	mkdirSync(join(directory, 'root/etc'), {recursive: true});
	writeFileSync(join(directory, 'root/etc/hostname'), 'image\n');
});
afterAll(() => rmSync(directory, {recursive: true}));

const setup = (...argv: readonly string[]) =>
	execa(process.execPath, ['--disable-warning=ExperimentalWarning', join(checkout, 'src/cli.ts'), ...argv], {
		reject: false,
		stdin: 'ignore',
	});
const state = (): string => join(directory, 'state');

test.each([
	{argv: ['doctor', '--help'], code: 0, says: /setup doctor waive/},
	{argv: ['doctor', 'mysq'], code: 64, says: /no check or subject "mysq" \(did you mean mysql\?\)/},
	{argv: ['doctor', '--formt', 'json'], code: 64, says: /Unknown option '--formt'/},
	{argv: ['doctor', '--root', '/nonexistent'], code: 64, says: /is not a directory/},
	{argv: ['doctor', '--from', '/nonexistent'], code: 64, says: /cannot be read/},
	{argv: ['doctor', 'waive', 'host.disk'], code: 64, says: /why host\.disk is accepted must be said/},
	{argv: ['doctor', 'fix', '--root', '/mnt'], code: 64, says: /offline root/},
	{argv: ['list', 'checks'], code: 0, says: /^stack\.drift/m},
	{argv: ['explain', 'doctor.waivers'], code: 0, says: /Verify\n.*setup doctor waivers/},
	{argv: ['explain', 'no.check'], code: 64, says: /no stack, step, check or fault "no\.check"/},
])('setup $argv gives $code', async ({argv, code, says}) => {
	const ran = await setup(...argv);
	expect(`${ran.stdout}\n${ran.stderr}`).toMatch(says);
	expect(ran.exitCode).toBe(code);
});

test('who asks for faults as JSON gets one line of it', async () => {
	const ran = await execa(process.execPath, [join(checkout, 'src/cli.ts'), 'doctor', '--from', '/nonexistent'], {
		reject: false,
		stdin: 'ignore',
		env: {HOST_SETUP_FAULTS: 'json', NODE_OPTIONS: '--disable-warning=ExperimentalWarning'},
	});
	expect(JSON.parse(ran.stderr)).toMatchObject({type: 'fault', code: 'usage.no-report', hint: expect.any(String)});
	expect(ran.exitCode).toBe(64);
});

test('an offline root is read, stdout is the report, and nothing is written', async () => {
	const ran = await setup('doctor', '--root', join(directory, 'root'), '--format', 'json');
	const report = JSON.parse(ran.stdout) as Report;
	expect(report).toMatchObject({schemaVersion: 1, host: {name: 'image'}, root: join(directory, 'root')});
	expect(report.rows.filter(row => row.state === 'crash')).toEqual([]);
	expect(ran.stderr).toBe('');
	expect(existsSync(join(directory, 'root/var'))).toBe(false);
});

test('a state that is not ours is told, and the rest is looked at', async () => {
	mkdirSync(state(), {recursive: true});
	writeFileSync(join(state(), 'state.json'), 'nonsense');
	const {rows} = JSON.parse(
		(await setup('doctor', 'host.release', '--state', state(), '--format', 'json')).stdout,
	) as Report;
	expect(rows.map(row => [row.check, row.state])).toEqual([
		['doctor.state', 'unknown'],
		['host.release', expect.stringMatching(/ok|warn|fail|unknown/)],
	]);
	expect(rows[0]!.says).toMatch(/state\.json does not hold what setup writes there/);
});

test('it finds its state where the other commands do', () => {
	expect(doctorPlace(undefined, '/')).toMatchObject(placeOf(undefined));
	expect(doctorPlace('/x', '/')).toMatchObject(placeOf('/x'));
});

test('it starts without what checks answers, reads YAML, draws screens or parses other commands', async () => {
	const {metafile} = await build({
		absWorkingDir: checkout,
		entryPoints: ['src/cli.ts', 'src/commands/doctor/doctor.ts', 'src/tasks/doctor/look.ts'],
		outdir: 'dist',
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		write: false,
		metafile: true,
		external: ['pg-native', 'react-devtools-core'],
		logLevel: 'silent',
	});
	const seen = new Set<string>();
	const follow = (file: string): void => {
		if (seen.has(file)) return;
		seen.add(file);
		for (const one of metafile.inputs[file]?.imports ?? [])
			if (one.kind === 'import-statement' && !one.external) follow(one.path);
	};
	for (const file of ['src/cli.ts', 'src/commands/doctor/doctor.ts', 'src/tasks/doctor/look.ts']) follow(file);
	const packages = new Set([...seen].flatMap(file => /^node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(file)?.[1] ?? []));
	expect(
		[...packages].filter(name =>
			[
				'zod',
				'yaml',
				'commander',
				'react',
				'ink',
				'pg',
				'ldapts',
				'mysql2',
				'ioredis',
				'smol-toml',
				'@lezer/python',
				'@decimalturn/toml-patch',
			].includes(name),
		),
	).toEqual([]);
	expect([...seen].filter(file => /^(steps|stacks)\/|^src\/(ui|engine)\//.test(file))).toEqual([]);
	const builtins = new Set(
		[...seen].flatMap(file =>
			(metafile.inputs[file]?.imports ?? [])
				.filter(one => one.external && one.kind === 'import-statement')
				.map(one => one.path),
		),
	);
	// An import of these loads all that hangs on them; `process.getBuiltinModule` where they are used does not.
	expect([...builtins].filter(name => ['node:http', 'node:https', 'node:tls', 'node:zlib'].includes(name))).toEqual([]);
});
