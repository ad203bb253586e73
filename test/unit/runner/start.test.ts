/** Starting a program in a session of its own, and what of it is readable by whom; with systemd this is tested on a booted host. */
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {detached} from '#runner/detached.ts';
import {environmentFile, handOver} from '#runner/handover.ts';
import {startDetached} from '#runner/start-run.ts';
import {unitArgv} from '#runner/unit.ts';

let state: string;
beforeEach(() => {
	state = mkdtempSync(join(tmpdir(), 'start-'));
});
afterEach(() => rmSync(state, {recursive: true}));

const script = (text: string) =>
	({program: [process.execPath, '-e', text, '--'], argv: [], state, what: 'setup test', how: 'session'}) as const;

const toldOf = 'const told = JSON.parse(process.env.HOST_SETUP_DETACHED); const fs = require("node:fs");';
const record =
	'fs.writeFileSync(`$' +
	'{process.env.STATE}/run.json`, JSON.stringify({run: told.run, pid: process.pid, what: told.what, seen: seen}));';

describe('a run of its own', () => {
	test('is a session leader without a terminal, in our directory, with what was handed over and nothing else of ours', async () => {
		process.env['OF_THE_TERMINAL'] = 'x';
		const seen =
			'const seen = {env: process.env, cwd: process.cwd(), session: fs.readFileSync("/proc/self/stat", "utf8").split(" ")[5], stdin: fs.readFileSync(0, "utf8")};';
		const {run, info} = await startDetached({
			...script(`${toldOf} ${seen} ${record} setTimeout(() => {}, 200)`),
			environment: {STATE: state},
			given: new Map([['db/password', 'hunter22']]),
		});
		delete process.env['OF_THE_TERMINAL'];
		const {seen: found, pid} = info as typeof info & {
			seen: {env: Record<string, string>; cwd: string; session: string; stdin: string};
		};
		expect(found).toMatchObject({cwd: process.cwd(), session: String(pid), stdin: '{"db/password":"hunter22"}'});
		expect(found.env['OF_THE_TERMINAL']).toBeUndefined();
		expect(detached(found.env)).toMatchObject({run, what: 'setup test', start: join(state, 'starting', run)});
		expect(JSON.stringify(found.env)).not.toContain('hunter22');
		expect(readdirSync(join(state, 'starting'))).toEqual([]);
		expect(statSync(join(state, 'events', `${run}.out`)).mode & 0o777).toBe(0o600);
	});

	test('that cannot begin gives its own fault', async () => {
		const fault = {code: 'run.held', sentence: 'another run', hint: 'Wait.', details: ['one']};
		const text = `${toldOf} fs.writeFileSync(told.start + "/fault", ${JSON.stringify(JSON.stringify(fault))}); setTimeout(() => {}, 60000)`;
		const starting = startDetached(
			script(`process.on("SIGTERM", () => process.exit()); setTimeout(() => process.exit(), 1000); ${text}`),
		);
		await expect(starting).rejects.toMatchObject(fault);
		expect(readdirSync(join(state, 'starting'))).toEqual([]);
	});

	test('that ends without a word is told with its last lines', async () => {
		await expect(startDetached(script('console.error("out of luck"); process.exit(3)'))).rejects.toMatchObject({
			code: 'run.not-started',
			details: ['out of luck'],
		});
	});
});

describe('what is handed over', () => {
	test('lies in files that only root may read, and goes', () => {
		const directory = join(state, 'starting/r1');
		const handover = handOver(directory, {A: 'b'}, 'secret');
		expect(statSync(directory).mode & 0o777).toBe(0o700);
		for (const path of [handover.environment, handover.stdin!]) expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(readFileSync(handover.environment, 'utf8')).toBe('A="b"\n');
		handover.remove();
		expect(existsSync(directory)).toBe(false);
	});

	test('escapes what systemd would read otherwise', () => {
		expect(environmentFile({P: 'a "b" \\ $HOME `x` \'y\' %h'})).toBe('P="a \\"b\\" \\\\ \\$HOME \\`x\\` \'y\' %h"\n');
	});

	test('is not in the command of the unit, where a dollar stays a dollar', () => {
		const unit = {
			name: 'u.service',
			description: 'setup apply x',
			cwd: '/root',
			environment: '/s/env',
			stdin: '/s/stdin',
		};
		const argv = unitArgv({...unit, argv: ['/node', 'cli.js', '--set', 'a.b=$HOME$']});
		expect(argv.slice(-4)).toEqual(['/node', 'cli.js', '--set', 'a.b=$$HOME$$']);
		expect(argv).toEqual(
			expect.arrayContaining(['KillMode=process', 'SendSIGKILL=no', 'OOMPolicy=continue', 'TimeoutStopSec=15min']),
		);
		expect(argv).toEqual(expect.arrayContaining(['EnvironmentFile=/s/env', 'StandardInput=file:/s/stdin']));
	});
});
