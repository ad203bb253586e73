import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {loadAnswers} from '#answers/file/load.ts';
import {yamlValue} from '#answers/file/write-yaml.ts';
import {Fault} from '#model/fault.ts';
import {caught} from './caught.ts';
import {facts, stack} from './steps.ts';

const load = (text: string) => loadAnswers({text, name: 'a.yaml'}, stack, {facts});
const head = 'version: 1\nstack: small\n';
const site = 'application:\n  hostName: www.example.org\n';

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`).join('\n')}\n`;

describe('YAML', () => {
	test.each<[string, string, RegExp]>([
		['an alias bomb', head + bomb, /nested too deeply or grows too large through its aliases/],
		['an alias to itself', `${head}application: &x {settings: {a: *x}}\n`, /refers to itself/],
		['deep nesting', `${head}application: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, /nested too deeply/],
		['deep unclosed nesting', `${head}application: ${'['.repeat(200_000)}`, /is not YAML|nested too deeply/],
		['a tag', `${head}${site}  title: !!binary aGVsbG8=\n`, /application\.title: has a YAML tag/],
		['a tag of a language', `${head}${site}  title: !!js/function "x"\n`, /application\.title: has a YAML tag/],
		['a merge key', `${head}${site}  <<: {title: x}\n`, /application\.<<: is no question here/],
		['a second document', `${head}${site}---\n${head}`, /more than one document/],
		[
			'duplicate keys',
			`${head}${site}  hostName: other.example.org\n`,
			/a\.yaml:5:3: application\.hostName: is given twice; the first is on line 4/,
		],
		['a duplicate section', `${head}${site}application: {}\n`, /application: is given twice/],
		['a tab', `${head}application:\n\thostName: x\n`, /tabs do not indent/],
		['an unquoted @', `${head}application:\n  title: @x\n`, /a\.yaml:4:10: is not YAML: text that starts with @ or `/],
		['a missing quote', `${head}application:\n  title: "x\n`, /is not YAML: a quote/],
		['a bad escape', `${head}application:\n  title: "\\q"\n`, /an escape that double quotes do not know/],
		['a colon inside', `${head}application:\n  title: a: b\n`, /is not YAML/],
		['a key that is a list', `${head}application:\n  ? [a]\n  : x\n`, /application: has a key that is no text/],
		[
			'prototype pollution',
			`${head}__proto__: {polluted: yes}\n${site}  __proto__: {polluted: yes}\n  settings: {__proto__: {polluted: yes}}\n`,
			/application\.settings: __proto__ is no question/,
		],
		['a constructor', `${head}${site}  constructor: x\n  toString: y\n`, /application\.toString: is no question here/],
		[
			'a 1 MB key',
			`${head}application:\n  ? ${'k'.repeat(1 << 20)}\n  : x\n`,
			/application\.kkk.*\.\.\.: is no question here|is not YAML/,
		],
		['5 MB', `# ${'x'.repeat(5 << 20)}\n`, /larger than 4 MiB/],
		['control characters in a key', `${head}"\\e[2J\\n": x\n`, /a\.yaml:3:1: \uFFFD\[2J\uFFFD: is no step/],
		['an unknown directive', `%YAML 3.0\n---\n${head}`, /a directive/],
	])('%s is a problem on its line, soon, and said in short', async (_name, text, expected) => {
		const started = performance.now();
		const fault = await caught(() => load(text));
		expect(performance.now() - started).toBeLessThan(5000);
		expect(fault.code).toBe('answers.bad');
		expect(fault.details.join('\n')).toMatch(expected);
		for (const line of fault.details) {
			expect(line).toMatch(/^a\.yaml:\d+:\d+: /);
			expect(line.length).toBeLessThan(300);
			expect(line).not.toMatch(/[\p{Cc}]/u);
		}
		expect(({} as {polluted?: unknown}).polluted).toBeUndefined();
	});

	test('a moderate use of anchors is fine', async () => {
		const {answers} = await load(
			`${head}${site}  title: &t Hello\n  aliases: [&h a.example.org]\n  settings: {a: *t, b: [*t, *h]}\n`,
		);
		expect(answers.get('application')).toMatchObject({
			title: 'Hello',
			settings: {a: 'Hello', b: ['Hello', 'a.example.org']},
		});
	});

	test('bytes that are not UTF-8 are refused', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'answers-'));
		try {
			await writeFile(join(directory, 'a.yaml'), Buffer.from([0x76, 0xff, 0xfe]));
			expect(await caught(() => loadAnswers({path: join(directory, 'a.yaml')}, stack, {facts}))).toMatchObject({
				code: 'answers.file',
				sentence: expect.stringMatching(/not UTF-8 text/),
			});
		} finally {
			await rm(directory, {recursive: true});
		}
	});
});

describe('values', () => {
	test.each([
		'"; DROP TABLE users; --',
		'$(reboot)',
		'`id`',
		"it's",
		'a"b',
		'*)(uid=*',
		'%s%n',
		'{{x}}',
		'#hash',
		'ünïcödé 👩‍💻',
		' lead',
		'trail ',
		'- x',
		'true',
		'12',
		'null',
		'~',
		'!tag',
		'&a',
		'*a',
		'@x',
		'a: b',
		'..',
	])('%j goes through literally', async title => {
		const {answers, inputs} = await load(`${head}${site}  title: ${JSON.stringify(title)}\n`);
		expect(answers.get('application')).toMatchObject({title});
		expect(inputs['application']).toMatchObject({title});
	});

	test.each(['"a\\nb"', '"a\\0b"', '"\\e[2J"', '"\\u2028"', `"${'x'.repeat(1 << 20)}"`, '|\n    a\n    b'])(
		'%.20s is refused on its line',
		async title => {
			expect((await caught(() => load(`${head}${site}  title: ${title}\n`))).details).toEqual([
				expect.stringMatching(/^a\.yaml:5:10: application\.title: (?:must be one line|is too long)/),
			]);
		},
	);

	test('no problem repeats a value, which may be a password in the wrong place', async () => {
		const canary = 'c4n4ry-hunter2';
		const wrong = [
			canary,
			`[${canary}]`,
			`{${canary}: ${canary}}`,
			`"${canary}\\n"`,
			`{file: "${canary}\\n"}`,
			`{secret: ${canary}}`,
			`{secret: generate, length: ${canary}}`,
			`{prompt: ${canary}}`,
			`*${canary}`,
			`!${canary} x`,
		];
		for (const value of wrong) {
			for (const key of [
				'database.password',
				'database.name',
				'database.server',
				'database.pool.size',
				'directory.mode',
				'application.timeZone',
				'application.aliases',
				'application.source',
				'application.debug',
			]) {
				const [step, ...rest] = key.split('.');
				const text = `version: 1\nstack: small\n${step}:\n  ${rest.join(':\n    ')}: ${value}\n`;
				const fault = await load(text).then(
					() => undefined,
					(error: unknown) => error,
				);
				if (fault === undefined) continue;
				expect(fault).toBeInstanceOf(Fault);
				// A key is shown, so that it can be found; a value never.
				const shown = JSON.stringify([(fault as Fault).message, (fault as Fault).details]);
				if (!value.startsWith('{c4n4ry')) expect(shown).not.toContain(canary);
			}
		}
	});

	test('any text at all either loads or is a fault with lines', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.string({
					unit: fc.constantFrom(
						...'ab:-[]{}"\'#&*!|>%@`,? \n\t0',
						'version: 1\n',
						'stack: small\n',
						'application:',
						'\n  hostName: a\n',
						'database',
						'__proto__',
					),
				}),
				async text => {
					const result = await load(text).then(
						() => undefined,
						(error: unknown) => error,
					);
					if (result !== undefined)
						expect(result).toMatchObject({
							code: 'answers.bad',
							details: expect.arrayContaining([expect.stringMatching(/^a\.yaml:\d+:\d+: /)]),
						});
				},
			),
			{numRuns: 300},
		);
	});

	test('every value that is printed reads back as it was', async () => {
		await fc.assert(
			fc.asyncProperty(fc.jsonValue(), async value => {
				const text = yamlValue(value);
				expect(text).not.toContain('\n');
				const {inputs} = await load(`${head}${site}  settings: {x: ${yamlValue([value])}}\n  title: x\n`).catch(
					(error: unknown) => {
						// JSON may hold the one key that is refused.
						if (JSON.stringify(value).includes('__proto__')) return {inputs: {application: {settings: {x: [value]}}}};
						throw error;
					},
				);
				// As JSON, which has no -0.
				expect(JSON.stringify((inputs['application'] as {settings: {x: unknown}}).settings.x)).toBe(
					JSON.stringify([value]),
				);
			}),
			{numRuns: 200},
		);
	});
});
