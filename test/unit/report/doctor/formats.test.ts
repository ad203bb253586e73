/** Every format against its golden file, and against the rules of the format itself with hostile text. UPDATE=1 writes the golden files anew. */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020, type AnySchemaObject} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import type {Report} from '#doctor/types.ts';
import {readReport} from '#report/doctor/from.ts';
import {type DoctorFormat, doctorFormats, render} from '#report/doctor/index.ts';
import {nagiosExit} from '#report/doctor/nagios.ts';
import type {RenderOptions} from '#report/doctor/render-options.ts';
import {styleFor} from '#report/style.ts';
import {hostile, sample} from './sample.ts';

const plain: RenderOptions = {style: styleFor({}, {}), verbose: false};
const formats = Object.keys(doctorFormats) as DoctorFormat[];
const schema = JSON.parse(
	readFileSync(join(import.meta.dirname, '../../../../schemas/doctor.schema.json'), 'utf8'),
) as AnySchemaObject;

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const golden = async (name: string, text: string): Promise<void> => {
	const path = join(import.meta.dirname, 'golden', name);
	if (process.env['UPDATE'] === '1' || !existsSync(path)) {
		if (process.env['UPDATE'] !== '1') throw new Error(`there is no ${path}: UPDATE=1 writes it`);
		mkdirSync(join(path, '..'), {recursive: true});
		writeFileSync(path, text);
	}
	expect(text).toBe(readFileSync(path, 'utf8'));
};

describe('golden', () => {
	test.each(formats)('%s', async format => golden(`report.${format}`, await render(format, sample, plain)));
	test('text, everything', async () => golden('verbose.text', await render('text', sample, {...plain, verbose: true})));
	test('text at 60 columns, ASCII', async () =>
		golden('narrow.text', await render('text', sample, {...plain, columns: 60, ascii: true})));
	test('text in colours', async () =>
		golden('colours.text', await render('text', sample, {...plain, style: styleFor({isTTY: true}, {})})));
	test('hostile text', async () => golden('hostile.text', await render('text', hostile, plain)));
});

test.each(formats)(
	'%s ends with a newline and has no control characters, whatever the host is called',
	async format => {
		for (const report of [sample, hostile]) {
			const text = await render(format, report, {...plain, verbose: true});
			expect(text.endsWith('\n')).toBe(true);
			expect(text.replaceAll('\t', '')).not.toMatch(control);
		}
	},
);

test('text fits the terminal, but for what must be copied whole', async () => {
	for (const columns of [40, 60, 80, 120]) {
		const lines = (await render('text', sample, {...plain, columns, verbose: true})).split('\n');
		const long = lines.filter(
			line =>
				line.length > columns &&
				line
					.trim()
					.split(' ')
					.every(word => word.length < columns / 2) &&
				columns >= 80,
		);
		expect(long).toEqual([]);
	}
});

test('json keeps to the schema that is shipped, and the schema knows every field', async () => {
	const ajv = new Ajv2020({strict: true, allErrors: true, strictRequired: false});
	const validate = ajv.compile(schema);
	const closed = new Ajv2020({allErrors: true, strict: false}).compile({
		...(closedOf(schema) as object),
		$id: 'closed',
	});
	for (const report of [sample, hostile]) {
		const data: unknown = JSON.parse(await render('json', report, plain));
		expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
		expect(closed(data), JSON.stringify(closed.errors)).toBe(true);
	}
	expect(validate({...sample, aNewField: 1})).toBe(true);
	expect(validate({...sample, rows: [{}]})).toBe(false);
});

/** The same schema with nothing beside the properties it names. */
const closedOf = (part: unknown): unknown => {
	if (Array.isArray(part)) return part.map(closedOf);
	if (typeof part !== 'object' || part === null) return part;
	const all = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closedOf(value)]));
	return 'properties' in all && !('additionalProperties' in all) && !('not' in all)
		? {...all, additionalProperties: false}
		: all;
};

test('ndjson is a header, the rows, a summary; together they are the report', async () => {
	const lines = (await render('ndjson', hostile, plain))
		.trimEnd()
		.split('\n')
		.map(line => JSON.parse(line) as {type: string});
	expect(lines.map(line => line.type)).toEqual(['report', ...hostile.rows.map(() => 'row'), 'summary']);
	const {type: _, ...header} = lines[0]!;
	const {type: __, ...summary} = lines.at(-1)!;
	const rows = lines.slice(1, -1).map(({type: ___, ...row}) => row);
	expect({...header, ...summary, rows}).toEqual(JSON.parse(JSON.stringify(hostile)));
});

const pythonReads = (what: string, text: string): string =>
	execFileSync('python3', ['-c', what], {input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe']});
const xml = `
import sys, json, xml.etree.ElementTree as E
root = E.fromstring(sys.stdin.buffer.read())
print(json.dumps([[s.attrib, [[c.attrib, [k.tag for k in c]] for c in s]] for s in root]))
`;

test('junit is XML that a parser takes, with counts that are right', async () => {
	const read = async (report: Report, failOn?: 'warn') =>
		JSON.parse(pythonReads(xml, await render('junit', report, {...plain, ...(failOn && {failOn})}))) as [
			Record<string, string>,
			[Record<string, string>, string[]][],
		][];
	const suites = await read(sample);
	expect(suites.map(([{name, tests, failures, errors, skipped}]) => [name, tests, failures, errors, skipped])).toEqual([
		['mysql', '2', '1', '0', '1'],
		['redis', '2', '0', '0', '0'],
		['tls', '2', '0', '0', '1'],
		['supervisor', '1', '0', '0', '1'],
		['django', '1', '0', '1', '0'],
		['apache', '1', '0', '0', '1'],
	]);
	expect((await read(sample, 'warn')).map(([{failures}]) => failures)).toEqual(['1', '1', '1', '0', '0', '0']);
	expect((await read(hostile)).flatMap(([, cases]) => cases.map(([, inside]) => inside[0]))).toEqual([
		'failure',
		'skipped',
		'system-out',
		'error',
		'skipped',
	]);
});

test('html is markup that a parser takes, without a tag from the host and with nothing from elsewhere', async () => {
	const page = await render('html', hostile, plain);
	expect(page).not.toMatch(/<script|javascript:|https?:|@import|url\(|<img|<link|\ssrc=|\son[a-z]+=/i);
	const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(match => match[1]));
	expect([...tags].sort()).toEqual(
		[
			'article',
			'body',
			'code',
			'dd',
			'details',
			'dl',
			'doctype',
			'dt',
			'footer',
			'h1',
			'h2',
			'h3',
			'head',
			'header',
			'html',
			'li',
			'main',
			'meta',
			'p',
			'pre',
			'section',
			'small',
			'span',
			'style',
			'summary',
			'title',
			'ul',
		].filter(tag => tag !== 'doctype'),
	);
	expect(page).toMatch(/prefers-color-scheme: dark/);
	expect(page).toMatch(/name="viewport" content="width=device-width/);
});

test('tap: a plan, one line for each row, and nothing that could not be told is a plain ok', async () => {
	for (const report of [sample, hostile]) {
		const lines = (await render('tap', report, plain)).trimEnd().split('\n');
		expect(lines.slice(0, 2)).toEqual(['TAP version 14', `1..${report.rows.length}`]);
		const points = lines.filter(line => /^(not )?ok /.test(line));
		expect(points).toHaveLength(report.rows.length);
		points.forEach((line, at) => {
			const {state, waived} = report.rows[at]!;
			const directive = / # (TODO|SKIP) /.exec(line)?.[1];
			if (state === 'ok') expect([line.startsWith('ok '), directive]).toEqual([true, undefined]);
			else if (waived !== undefined || state === 'warn')
				expect([line.startsWith('not ok '), directive]).toEqual([true, 'TODO']);
			else if (state === 'fail' || state === 'crash')
				expect([line.startsWith('not ok '), directive]).toEqual([true, undefined]);
			else expect(directive).toBe('SKIP');
		});
		// A block's values are JSON.
		for (const line of lines.filter(one => /^ {2}\w+: "/.test(one)))
			expect(() => JSON.parse(line.replace(/^ {2}\w+: /, '')) as unknown).not.toThrow();
		expect(lines.every(line => /^(TAP |1\.\.|(not )?ok | {2}(---|\.\.\.|\w+: ))/.test(line))).toBe(true);
	}
});

test('nagios: the worst decides, performance data is behind the only bar', async () => {
	const only = (...states: Report['rows'][number]['state'][]) => ({
		rows: sample.rows.filter(row => states.includes(row.state)),
	});
	expect([
		nagiosExit(sample),
		nagiosExit(only('warn', 'ok', 'unknown')),
		nagiosExit(only('unknown', 'ok')),
		nagiosExit(only('ok', 'na')),
		nagiosExit({rows: []}),
	]).toEqual([2, 1, 3, 0, 3]);
	expect(nagiosExit({rows: sample.rows.filter(row => row.waived !== undefined || row.state === 'ok')})).toBe(0);
	for (const report of [sample, hostile]) {
		const [first = '', ...more] = (await render('nagios', report, plain)).split('\n');
		expect(first).toMatch(/^DOCTOR CRITICAL - [^|]+ \| (\w+=[\d.]+s?;;;0(;\d+)?( |$))+$/);
		expect(more.join('\n')).not.toContain('|');
	}
});

test('prometheus: each series once, label values escaped, help and type before the samples', async () => {
	for (const report of [sample, hostile]) {
		const lines = (await render('prometheus', report, plain)).trimEnd().split('\n');
		const series = lines.filter(line => !line.startsWith('#')).map(line => line.slice(0, line.lastIndexOf(' ')));
		expect(new Set(series).size).toBe(series.length);
		for (const line of lines)
			expect(line).toMatch(
				/^# (HELP|TYPE) host_setup_doctor_\w+ .|^host_setup_doctor_\w+(\{\w+="([^"\\]|\\["\\n])*"(,\w+="([^"\\]|\\["\\n])*")*\})? [\d.]+$/,
			);
	}
	const text = await render('prometheus', sample, plain);
	expect(text).toContain('host_setup_doctor_state{check="mysql.bind",subject="mysql",item="3306"} 2\n');
	expect(text).toContain('host_setup_doctor_last_run_timestamp_seconds 1795262400\n');
});

test('sarif: rules by index, level only where it failed, lines where a file says so', async () => {
	type Result = {
		ruleId: string;
		ruleIndex?: number;
		kind: string;
		level: string;
		locations: {physicalLocation: {artifactLocation: {uri: string}; region?: {startLine: number}}}[];
		suppressions?: unknown[];
		baselineState?: string;
	};
	for (const report of [sample, hostile]) {
		for (const verbose of [false, true]) {
			const log = JSON.parse(await render('sarif', report, {...plain, verbose})) as {
				version: string;
				runs: [{tool: {driver: {rules: {id: string}[]}}; results: Result[]}];
			};
			expect(log.version).toBe('2.1.0');
			const [{tool, results}] = log.runs;
			for (const {ruleId, ruleIndex, kind, level, locations} of results) {
				if (ruleIndex !== undefined) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
				expect(level === 'none').toBe(kind !== 'fail');
				for (const {physicalLocation} of locations)
					expect(new URL(physicalLocation.artifactLocation.uri).protocol).toBe('file:');
			}
		}
	}
	const {runs} = JSON.parse(await render('sarif', sample, plain)) as {runs: [{results: Result[]}]};
	expect(runs[0].results.find(one => one.ruleId === 'mysql.bind')).toMatchObject({
		level: 'error',
		baselineState: 'new',
		locations: [
			{
				physicalLocation: {
					artifactLocation: {uri: 'file:///etc/mysql/mariadb.conf.d/50-server.cnf'},
					region: {startLine: 27},
				},
			},
		],
	});
	expect(runs[0].results.find(one => one.ruleId === 'tls.chain')?.suppressions).toHaveLength(1);
	expect(runs[0].results.map(one => one.ruleId)).not.toContain('redis.bind');
});

describe('an old report', () => {
	test.each([{report: sample}, {report: hostile}])(
		'is read as it was written, $report.rows.length rows',
		async ({report}) => {
			expect(readReport(await render('json', report, plain), 'r.json')).toEqual(JSON.parse(JSON.stringify(report)));
		},
	);

	test('may have fields that are newer than we are', () => {
		expect(readReport(JSON.stringify({...sample, more: 1}), 'r.json')).toMatchObject({version: '0.1.0'});
	});

	test.each([
		['', /not a report.*JSON/],
		['[]', /it must be an object/],
		['null', /it must be an object/],
		[JSON.stringify({...sample, schemaVersion: 2}), /schemaVersion is 2, and this setup knows 1/],
		[JSON.stringify({...sample, counts: {}}), /counts\.ok must be a number/],
		[JSON.stringify({...sample, at: 'yesterday'}), /at must be a date/],
		[JSON.stringify({...sample, rows: [{...sample.rows[0], state: 'fine'}]}), /rows\[0\]\.state must be one of ok/],
		[
			JSON.stringify({...sample, rows: [{...sample.rows[0], layers: {file: {because: 'x'}}}]}),
			/rows\[0\]\.layers\.file\.because must be one of/,
		],
		[
			JSON.stringify({...sample, rows: [{...sample.rows[0], remedy: {sentence: '', commands: ['x']}}]}),
			/commands\[0\] must be a list/,
		],
	])('that is none says what is wrong: %.40s', (text, says) => {
		expect(() => readReport(text, 'r.json')).toThrow(says);
		expect(() => readReport(text, 'r.json')).toThrow(expect.objectContaining({code: 'usage.not-a-report'}) as Error);
	});
});
