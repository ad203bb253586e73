/** Many reports as one: what hosts share, what stands apart, and that no host's words drive a terminal, a page or a time series, nor fill the memory. */
import {mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Ajv2020, type AnySchemaObject} from 'ajv/dist/2020.js';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {doctorCommand} from '#commands/doctor/doctor.ts';
import {type Fleet, gatherFleet} from '#doctor/fleet.ts';
import type {Report, Row} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';
import type {RenderOptions} from '#report/doctor/render-options.ts';
import {fleetFormatNames, renderFleet} from '#report/fleet/index.ts';
import {styleFor} from '#report/style.ts';
import {hostile, sample} from '../doctor/sample.ts';

const plain: RenderOptions = {style: styleFor({}, {}), verbose: false, columns: 80};
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202e]/;

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

const row = (check: string, state: Row['state'], more: Partial<Row> = {}): Row => ({
	key: more.item === undefined ? check : `${check}[${more.item}]`,
	check,
	subject: check.split('.')[0] ?? '',
	title: check,
	state,
	says: 'is not as it should be',
	severity: 'fail',
	source: 'a guide',
	layers: {},
	fixable: false,
	seconds: 0,
	...more,
});

const reportOf = (name: string, rows: readonly Row[], more: Partial<Report> = {}): Report => ({
	...sample,
	host: {name, release: 'Debian 12'},
	rows,
	...more,
});

/** Forty: 31 have an open Redis, the odd ones a certificate of their own that ends, one cannot tell something, one is fine. */
const forty = (): Fleet => {
	const fleet = gatherFleet('fail');
	for (let n = 1; n <= 40; n += 1)
		fleet.add(
			`reports/web${n}.json`,
			reportOf(`web${n}`, [
				row('host.disk', 'ok'),
				...(n <= 31
					? [
							row('redis.bind', 'fail', {
								item: '6379',
								is: 'open',
								says: 'answers from outside',
								fixable: true,
								remedy: {sentence: 'Bind it to this host.', commands: [['rm', '-rf', '/']]},
							}),
						]
					: []),
				...(n % 2 === 1
					? [row('tls.ends', 'warn', {item: `web${n}.example.org`, is: 'soon', says: `ends in ${n} days`})]
					: []),
				...(n === 40 ? [row('host.time', 'unknown')] : []),
			]),
		);
	return fleet.done();
};

test('what most hosts have comes first, once, and says how many', async () => {
	const fleet = forty();
	expect(fleet.findings.map(({check, state, hosts}) => [check, state, hosts.length])).toEqual([
		['redis.bind', 'fail', 31],
		['tls.ends', 'warn', 20],
		['host.time', 'unknown', 1],
	]);
	expect(fleet.exitCode).toBe(1);
	const text = await renderFleet('text', fleet, plain);
	expect(text).toContain('✖ 31 of 40 hosts: redis.bind[6379]\n      answers from outside\n');
	expect(text).toMatch(/on +web1, web2, web3, .* and \d+ more\n/);
	expect(text).toContain('setup doctor fix redis.bind');
	expect(text).toContain('! 20 of 40 hosts: tls.ends\n      ends in 1 days (or like it: 20 sentences)');
	expect(text).toMatch(/31 with failures, 4 with warnings, 1 where something could not be told, 4 fine\.\n$/);
	// Another machine's report may propose what it likes: a command of its own is not handed on to somebody with a whole fleet.
	for (const format of fleetFormatNames) expect(await renderFleet(format, fleet, plain)).not.toContain('rm');
});

test('each line fits the terminal', async () => {
	for (const columns of [70, 80, 120]) {
		const text = (await renderFleet('text', forty(), {...plain, columns, verbose: true})) ?? '';
		expect(text.split('\n').filter(line => line.length > columns)).toEqual([]);
	}
});

test('json keeps to its schema; prometheus counts hosts', async () => {
	const schema = JSON.parse(
		readFileSync(join(import.meta.dirname, '../../../../schemas/fleet.schema.json'), 'utf8'),
	) as AnySchemaObject;
	const validate = new Ajv2020({strict: true, allErrors: true, strictRequired: false}).compile(schema);
	for (const fleet of [forty(), gatherFleet('fail').done()])
		expect(validate(JSON.parse((await renderFleet('json', fleet, plain)) ?? '')), JSON.stringify(validate.errors)).toBe(
			true,
		);
	const figures = await renderFleet('prometheus', forty(), plain);
	expect(figures).toContain('host_setup_fleet_hosts{verdict="fail"} 31\n');
	expect(figures).toContain('host_setup_fleet_finding_hosts{check="redis.bind",is="open",state="fail"} 31\n');
	expect(figures).toContain('host_setup_fleet_host_findings{host="web40",state="unknown"} 1\n');
});

test('no name and no sentence of a host drives a terminal, becomes markup or forges a line', async () => {
	const fleet = gatherFleet('fail');
	fleet.add('a.json', hostile);
	fleet.add('b.json', hostile);
	fleet.add('c.json', reportOf('<img src=x onerror=1>"\n# HELP forged', [row('x.y; reboot', 'fail', {fixable: true})]));
	fleet.unread('d\u001b[2J.json', new Fault('usage.not-a-report', 'd\u001b[2J\n.json <b> is none', ''));
	for (const format of fleetFormatNames) {
		const text = (await renderFleet(format, fleet.done(), {...plain, verbose: true})) ?? '';
		expect(text.endsWith('\n')).toBe(true);
		expect(text.replaceAll('\t', '')).not.toMatch(control);
		expect(text).not.toMatch(/^# HELP forged/m);
		expect(text).not.toContain('doctor fix x.y');
		if (format === 'html') expect(text).not.toMatch(/<img|<b>/);
	}
});

test('a host that says too much is cut, and told', () => {
	const fleet = gatherFleet('fail');
	const long = 'x'.repeat(1_000_000);
	fleet.add(
		'a.json',
		reportOf(
			long,
			Array.from({length: 6000}, (_, n) => row(`a.b${n}`, 'fail', {says: long, item: long})),
		),
	);
	fleet.add(
		'b.json',
		reportOf(
			'web1',
			Array.from({length: 2000}, (_, n) => row('a.b', 'warn', {item: String(n), says: String(n)})),
		),
	);
	const done = fleet.done();
	expect(done.left).toBeGreaterThan(999);
	expect(JSON.stringify(done).length).toBeLessThan(8_000_000);
});

test('two that call themselves the same are told apart by their files', () => {
	const fleet = gatherFleet('fail');
	fleet.add('one.json', reportOf('debian', []));
	fleet.add('two.json', reportOf('debian', []));
	expect(fleet.done().hosts.map(({name}) => name)).toEqual(['debian (one.json)', 'debian (two.json)']);
});

const ran = async (...argv: readonly string[]) => {
	let stdout = '';
	const code = await doctorCommand(argv, {
		stdout: {write: text => (stdout += text)},
		stderr: {write: () => undefined},
	}).catch((error: unknown) => (error instanceof Fault ? error.code : error));
	return {code, stdout};
};

test('a folder, many files, one that is none: each is told, and no one hides the others', async () => {
	const put = (name: string, text: string): string => {
		writeFileSync(join(directory, name), text);
		return join(directory, name);
	};
	const [one, two] = ['web1', 'web2'].map(name =>
		put(`${name}.json`, JSON.stringify(reportOf(name, [row('a.b', 'warn')]))),
	) as [string, string];
	put('notes.txt', 'not looked at');
	put('.half.json', '{');
	expect(await ran('--from', one, two)).toMatchObject({code: 0, stdout: expect.stringContaining('2 of 2 hosts: a.b')});
	expect(await ran('--from', one, '--from', two, '--fail-on', 'warn')).toMatchObject({code: 1});
	expect(await ran('--from', directory)).toMatchObject({code: 0, stdout: expect.stringContaining('2 of 2 hosts: a.b')});
	expect((await ran('--from', one)).stdout).toContain('web1, Debian 12');

	put('broken.json', '{"schemaVersion": 1}');
	symlinkSync('/etc/shadow', join(directory, 'theirs.json'));
	mkdirSync(join(directory, 'folder.json'));
	const spoiled = await ran('--from', directory, '--format', 'json');
	expect(spoiled.code).toBe(2);
	const {hosts, unread} = JSON.parse(spoiled.stdout) as Fleet;
	expect(hosts.length).toBe(2);
	expect(unread.map(({code}) => code)).toEqual(['usage.not-a-report', 'usage.no-report', expect.any(String)]);
	expect(spoiled.stdout).not.toContain('root:');

	expect(await ran('--from', directory, '--format', 'junit')).toMatchObject({code: 'usage.choice'});
	mkdirSync(join(directory, 'empty'));
	expect(await ran('--from', join(directory, 'empty'))).toMatchObject({code: 'usage.no-report'});
});
