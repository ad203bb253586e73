/** The wizard for programs: one JSON line a view, lines that drive it, and a sentence for every line that is not understood. */
import {PassThrough} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {keysOf} from '#ui/ndjson/input.ts';
import {type NdjsonLine, ndjsonRenderer} from '#ui/ndjson/renderer.ts';
import type {Msg} from '../../../src/ui/state/msg.ts';
import type {State} from '../../../src/ui/state/types.ts';
import {update} from '../../../src/ui/state/update.ts';
import {view} from '../../../src/ui/view/view.ts';
import {states} from '../../ui/support/states.ts';

const drive = (
	first: State,
): {
	readonly lines: () => readonly NdjsonLine[];
	readonly sent: readonly Msg[];
	readonly write: (line: string) => Promise<void>;
	readonly end: () => Promise<void>;
} => {
	const stdin = new PassThrough();
	let out = '';
	let state = first;
	const sent: Msg[] = [];
	const renderer = ndjsonRenderer({
		stdin,
		stdout: {write: (text: string) => Boolean((out += text))} as never,
		onMsg: msg => {
			sent.push(msg);
			state = update(state, msg).state;
			renderer.show(state);
		},
	});
	renderer.show(state);
	const settled = (): Promise<void> => new Promise(done => setImmediate(done));
	return {
		lines: () =>
			out
				.trim()
				.split('\n')
				.map(line => JSON.parse(line) as NdjsonLine),
		sent,
		async write(line) {
			stdin.write(`${line}\n`);
			await settled();
		},
		async end() {
			stdin.end();
			await settled();
			await settled();
		},
	};
};

test.each(Object.entries(states))('%s is one line of JSON that says what it asks', (_name, state) => {
	const [line] = drive(state).lines();
	expect(line).toMatchObject({type: 'view', screen: view(state).screen, title: expect.any(String)});
});

test('a secret that is typed is never in a line', () => {
	expect(JSON.stringify(drive(states['question-secret-typed']!).lines())).not.toContain('geh');
});

describe('what is sent', () => {
	test('is a key, a text, an answer; each gives one view', async () => {
		const {lines, write} = drive(states['question-choice']!);
		await write('{"key": "up"}');
		expect(lines().at(-1)).toMatchObject({type: 'view', asks: {preset: 0}});
		await write('{"answer": 1}');
		expect(lines()).toHaveLength(3);
		await write('{"key": "help"}');
		expect(lines().at(-1)).toMatchObject({screen: 'help'});
	});

	test('answers a text by replacing what stood there', async () => {
		const {sent, write} = drive(states['question-text']!);
		await write('{"answer": "ldap://other"}');
		expect(sent.map(msg => (msg.type === 'key' ? msg.key.key : msg.type))).toEqual([
			'end',
			'delete-to-start',
			'text',
			'enter',
		]);
	});

	test.each([
		['{', 'not JSON'],
		['[]', 'a JSON object'],
		['{}', 'send'],
		['{"key": "enter", "text": "a"}', 'one thing'],
		['{"key": "Enter"}', 'no key has this name'],
		['{"key": "toString"}', 'no key has this name'],
		['{"text": "a\\nb"}', 'one line'],
		['{"answer": 7}', 'a number from 0 to 1'],
		['{"answer": "nobody"}', 'one of the items'],
		['{"launch": true}', 'send'],
	])('%s is refused', async (line, says) => {
		const {lines, sent, write} = drive(states['question-choice']!);
		await write(line);
		expect(lines().at(-1)).toMatchObject({type: 'error', line: 1, message: expect.stringContaining(says)});
		expect(sent).toEqual([]);
	});

	test('while an answer is checked waits', async () => {
		const {lines, write} = drive({...states['question-text']!, busy: true});
		await write('{"answer": "x"}');
		expect(lines().at(-1)).toMatchObject({type: 'error', message: expect.stringContaining('being checked')});
	});

	test('and any bytes at all never throw', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), line => {
				const keys = keysOf(line, view(states['question-text']!));
				expect(typeof keys === 'string' ? keys.length : keys.length).toBeGreaterThan(0);
			}),
		);
	});
});

test('the end of the input leaves, and says with which code', async () => {
	const {lines, end} = drive(states['install']!);
	await end();
	expect(lines().at(-1)).toMatchObject({
		type: 'leave',
		code: 0,
		lines: [expect.stringMatching(/goes on/), expect.any(String)],
	});
});
