/** Every edge where text of the host is shown, with names that would clear the screen, forge a line or turn the order of reading. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {changesOf} from '#commands/doctor/report-to.ts';
import type {Report} from '#doctor/types.ts';
import type {Plan} from '#engine/plan.ts';
import {lineCutter} from '#host/programs/line-cutter.ts';
import type {Event} from '#model/event.ts';
import {type DoctorFormat, doctorFormats, render} from '#report/doctor/index.ts';
import {faultText} from '#report/fault-text.ts';
import {ndjson} from '#report/ndjson.ts';
import {planJson} from '#report/plan-json.ts';
import {planText} from '#report/plan-text.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {guarded} from '#report/terminal.ts';
import {asciiGlyphs, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {sample} from './doctor/sample.ts';

const style = styleFor({}, {});
const unfit = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff]/u;

/** The mark stands behind whatever may end a line: where it begins one, a line was forged. */
const hostile = fc
	.array(
		fc.oneof(
			fc.string({unit: 'binary', maxLength: 5}),
			fc.constantFrom(
				'\u001b[2J\u001b[H',
				'\u009b2J',
				'\r',
				'\n',
				'\u2028',
				'\u202e',
				'\u200b',
				'\u001b]52;c;eA==\u0007',
				'\u0085',
			),
		),
		{maxLength: 6},
	)
	.map(parts => `f${parts.join('FORGED')}`);
const forged = /^\s*FORGED/m;

const fit = (text: string): void => {
	expect(text).not.toMatch(unfit);
	expect(text).not.toMatch(forged);
};

const planOf = (name: string): Plan =>
	({
		counts: {change: 1, unknown: 1, failed: 1, ok: 0},
		order: {},
		nodes: [
			{
				step: name,
				resource: {id: name, type: 'file', title: name},
				look: {state: 'change', changes: [{what: name, from: name, to: {[name]: name}}], undo: {can: true}},
			},
			{
				step: 's',
				resource: {id: 'x', type: 'file'},
				look: {state: 'unknown', why: {because: 'unreadable', need: name}, expected: []},
			},
			{
				step: 's',
				resource: {id: 'y', type: 'file'},
				look: {state: 'failed', fault: {code: 'a.b', sentence: name, hint: name, details: [name]}},
			},
		],
	}) as unknown as Plan;

const eventsOf = (name: string): readonly Event[] => [
	{type: 'run-start', run: 'r', stack: name, nodes: 1, changes: 1, resumed: false},
	{type: 'node-start', id: name, step: name, title: name, n: 1, of: 1},
	{type: 'node-line', id: name, line: name},
	{type: 'wait', for: name, holder: name},
	{type: 'note', line: name},
	{type: 'undo', id: name, stack: 'x', step: 's', result: {outcome: 'conflict', why: name}},
	{type: 'debt', unit: name, do: 'reload', paid: true},
	{
		type: 'node-end',
		id: name,
		step: 's',
		outcome: 'failed',
		seconds: 1,
		fault: {code: 'a.b', sentence: name, hint: name, details: [name]},
	},
];

const reportOf = (name: string): Report => ({
	...sample,
	host: {name, release: name},
	rows: sample.rows.map(row => ({
		...row,
		item: name,
		key: `${row.check}[${name}]`,
		says: name,
		expected: name,
		layers: {file: {value: name, where: `/srv/${name}:3`}},
		remedy: {sentence: name, commands: [['chmod', name]]},
	})),
	fixed: [{key: name, was: 'fail', says: name}] as never,
});

describe('no name of the host drives a terminal or forges a line', () => {
	test('the plan, and its JSON', () => {
		fc.assert(
			fc.property(hostile, name => {
				fit(planText(planOf(name), 'Plan', {style, diffs: true, verbose: true}));
				expect(planJson(planOf(name), {stack: 's', version: '1', root: '/'})).not.toMatch(unfit);
			}),
		);
	});

	test('a patch, just before it is asked for', () => {
		const patch = '--- a\n+++ b\n+x\u001b[2J\u001b[1;1HDo this? [y/N] y\r\u202e\n';
		const plan = planOf('n');
		const change = {what: 'w', from: null, to: null, patch};
		const shown = planText(
			{...plan, nodes: [{...plan.nodes[0], look: {state: 'change', changes: [change], undo: {can: true}}}]} as never,
			'Plan',
			{style, diffs: true, verbose: false},
		);
		expect(shown).not.toMatch(unfit);
		expect(shown).toContain('+x\\x1b[2J\\x1b[1;1HDo this? [y/N] y\\r\\u202e');
	});

	test('the events of a run, an undo, a rejoined run', () => {
		fc.assert(
			fc.property(hostile, name => {
				let [text, lines] = ['', ''];
				const show = runText({write: part => (text += part)}, style, () => 0);
				const log = ndjson(
					part => (lines += part),
					() => 0,
				);
				for (const event of eventsOf(name)) for (const listen of [show, log]) listen(event);
				fit(text);
				expect(lines).not.toMatch(unfit);
				expect(
					lines
						.trimEnd()
						.split('\n')
						.map(line => JSON.parse(line).at),
				).toEqual(eventsOf(name).map(() => 0));
			}),
		);
	});

	test('a fault', () => {
		fc.assert(
			fc.property(hostile, name => fit(faultText({code: name, sentence: name, hint: name, details: [name]}, style))),
		);
	});

	test.each(Object.keys(doctorFormats) as DoctorFormat[])('the doctor as %s', async format => {
		await fc.assert(
			fc.asyncProperty(hostile, async name => fit(await render(format, reportOf(name), {style, verbose: true}))),
			{numRuns: 40},
		);
	});

	test('a line for the journal', () => {
		fc.assert(
			fc.property(hostile, name => {
				const rows = reportOf(name).rows.map(row => ({...row, change: 'new', state: 'fail'}) as never);
				for (const line of changesOf({rows, fixed: reportOf(name).fixed})) expect(line).not.toMatch(/[\n\p{Cc}]/u);
			}),
		);
	});

	test('the wizard, on every terminal', () => {
		fc.assert(
			fc.property(hostile, name => {
				for (const glyphs of [unicodeGlyphs, asciiGlyphs])
					expect(glyphs.text(name)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u200b]/u);
			}),
		);
	});

	test('the words of a program', () => {
		fc.assert(
			fc.property(hostile, name => {
				const cutter = lineCutter(line => expect(line).not.toMatch(unfit));
				cutter.take(Buffer.from(name));
				cutter.end();
			}),
		);
	});

	test('whatever was forgotten: the stream itself lets through only what our own styles write', () => {
		let text = '';
		const out = guarded({write: part => (text += part)});
		out.write('\u001b[31mred\u001b[0m \u001b[2J\u001b[8mhidden\u202e\n\r\u001b[K1/2');
		expect(text).toBe('\u001b[31mred\u001b[0m \\x1b[2J\\x1b[8mhidden\\u202e\n\r\u001b[K1/2');
	});

	test.each([
		{isTTY: true, env: {LANG: 'C'}, shown: 'x Zoe -> a?...\n'},
		{isTTY: true, env: {LANG: 'de_DE.UTF-8'}, shown: '✖ Zoë → a漢…\n'},
		{isTTY: false, env: {LANG: 'C'}, shown: '✖ Zoë → a漢…\n'},
	])('a terminal without UTF-8 gets ASCII, and a pipe what was written: $isTTY, $env', ({isTTY, env, shown}) => {
		let text = '';
		guarded({isTTY, write: part => (text += part)}, env).write('✖ Zoë → a漢…\n');
		expect(text).toBe(shown);
	});
});
