/** The wizard line by line: what is said of each screen, what a line means, and a walk from the first line to the last. */

import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {describe, expect, test, vi} from 'vitest';
import {news} from '#ui/plain/news.ts';
import {plainRenderer} from '#ui/plain/renderer.ts';
import {plainPrompt} from '#ui/plain/text.ts';
import {understand} from '#ui/plain/understand.ts';
import {asciiGlyphs, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {control} from '../../../src/ui/controller.ts';
import type {Effect} from '../../../src/ui/state/effects.ts';
import type {Msg} from '../../../src/ui/state/msg.ts';
import type {State} from '../../../src/ui/state/types.ts';
import {view} from '../../../src/ui/view/view.ts';
import {states} from '../../ui/support/states.ts';
import {interview, stack} from './state/sample.ts';

const golden = (name: string): string => join(import.meta.dirname, '../../ui/golden/plain', `${name}.txt`);

test.each(Object.entries(states))('%s is said in ASCII', async (name, state) => {
	const shown = view(state);
	const text = [...news(undefined, shown), plainPrompt(shown)].map(asciiGlyphs.text).join('\n');
	expect(text).toMatch(/^[\n -~]*$/);
	await expect(`${text}\n`).toMatchFileSnapshot(golden(name));
});

const of = (name: string): ReturnType<typeof view> => view(states[name]!);

describe('a line', () => {
	test('empty takes what is there', () => {
		expect(understand('', of('question-text'))).toEqual([{key: 'enter'}]);
		expect(understand('', of('start'))).toEqual([{key: 'enter'}]);
		expect(understand('', of('confirm'))).toEqual([{key: 'escape'}]);
		expect(understand('', of('log'))).toEqual([{key: 'escape'}]);
		expect(understand('', of('install'))).toEqual([]);
	});

	test('replaces a text, also one that is a word when it is quoted by =', () => {
		const fill = (text: string) => [{key: 'end'}, {key: 'delete-to-start'}, {key: 'text', text}, {key: 'enter'}];
		expect(understand('ldap://other', of('question-text'))).toEqual(fill('ldap://other'));
		expect(understand('=back', of('question-text'))).toEqual(fill('back'));
		expect(understand('back', of('question-text'))).toEqual([{key: 'back-tab'}]);
		expect(understand('steps', of('question-text'))).toEqual([{key: 'steps'}]);
		expect(understand('?', of('question-text'))).toEqual([{key: 'help'}]);
		expect(understand('=', of('question-text'))).toEqual([{key: 'end'}, {key: 'delete-to-start'}, {key: 'enter'}]);
	});

	test('is taken as it is where a secret or a word is asked for', () => {
		expect(understand('back', of('question-secret-typed'))).toContainEqual({key: 'text', text: 'back'});
		expect(understand(' two words ', of('question-secret-typed'))).toContainEqual({key: 'text', text: ' two words '});
		expect(understand('stop', of('confirm'))).toContainEqual({key: 'text', text: 'stop'});
	});

	test('chooses by number, and by the beginning of a name', () => {
		expect(understand('1', of('question-choice'))).toEqual([{key: 'up'}, {key: 'enter'}]);
		expect(understand('2', of('question-choice'))).toEqual([{key: 'enter'}]);
		expect(understand('slapd', of('question-choice'))).toEqual([{key: 'up'}, {key: 'enter'}]);
		expect(understand('3', of('question-choice'))).toBe('A number from 1 to 2, please.');
		expect(understand('europe/city 30', of('question-long-list'))).toContainEqual({key: 'enter'});
		expect(understand('city 3', of('question-long-list'))).toEqual([{key: 'escape'}, {key: 'text', text: 'city 3'}]);
	});

	test('is a letter of the screen, at a row where one is named', () => {
		expect(understand('i', of('review'))).toEqual([{key: 'text', text: 'i'}]);
		expect(understand('a 4', of('preflight'))).toEqual([{key: 'text', text: 'a'}]);
		expect(understand('a 5', of('preflight'))).toEqual([{key: 'down'}, {key: 'text', text: 'a'}]);
		expect(understand('3', of('review'))).toEqual([{key: 'down'}, {key: 'down'}, {key: 'enter'}]);
		expect(understand('leave', of('install'))).toEqual([{key: 'text', text: 'd'}]);
		expect(understand('stop', of('install'))).toEqual([{key: 'interrupt'}]);
		expect(understand('nonsense', of('review'))).toMatch(/not understood/);
	});
});

type Walk = {
	readonly said: () => string;
	readonly type: (line: string) => void;
	readonly effects: Effect[];
	readonly end: Promise<unknown>;
	readonly input: PassThrough;
};

/** The state machine with a world that takes every answer. */
const walk = (tty = false): Walk => {
	let said = '';
	const effects: Effect[] = [];
	const input = Object.assign(new PassThrough(), tty ? {isTTY: true, setRawMode: vi.fn()} : {});
	const answers: Record<string, (send: (msg: Msg) => void, effect: never, state: State) => void> = {
		start: send =>
			send({
				type: 'started',
				host: {name: 'h', release: 'Debian 12', memoryMiB: 1000, freeDiskMiB: 5000, people: []},
				stacks: [stack],
			}),
		open: send => send({type: 'opened', stack, interview, passed: []}),
		preflight: send =>
			send({
				type: 'preflight',
				rows: [{id: 'host.disk', title: 'disk', state: 'ok', line: 'enough', commands: [], accepted: false}],
			}),
		answer: (send, effect: {readonly step: string; readonly path: string; readonly text?: string}, state) =>
			effect.text === 'wrong'
				? send({type: 'rejected', step: effect.step, path: effect.path, problem: 'that is wrong'})
				: send({type: 'answered', interview: with_(state.interview!, effect), askAgain: [], savedAt: 0}),
		secret: (send, _effect, state) => send({type: 'answered', interview: state.interview!, askAgain: [], savedAt: 0}),
	};
	const end = control({
		size: {columns: 80, rows: 24},
		perform: async (effect, send, state) => {
			effects.push(effect);
			await Promise.resolve();
			(answers[effect.do] as ((send: (msg: Msg) => void, effect: Effect, state: State) => void) | undefined)?.(
				send,
				effect,
				state,
			);
		},
		open: send =>
			plainRenderer({
				stdin: input,
				stdout: {write: (text: string) => Boolean((said += text))} as never,
				glyphs: unicodeGlyphs,
				onMsg: send,
			}),
	});
	return {said: () => said, type: line => input.write(`${line}\n`), effects, end, input};
};

const with_ = (
	before: typeof interview,
	{step, path, text}: {readonly step: string; readonly path: string; readonly text?: string},
): typeof interview => ({
	...before,
	steps: before.steps.map(one =>
		one.id === step
			? {
					...one,
					questions: one.questions.map(q =>
						q.path === path && text !== undefined
							? {...q, text, value: text, answered: true, origin: 'your answer', problem: undefined as never}
							: q,
					),
				}
			: one,
	),
});

describe('a walk', () => {
	test('answers one question after the other from a pipe, and leaves at its end with everything kept', async () => {
		const {said, type, effects, end, input} = walk();
		for (const line of ['1', '', '', 'wrong', 'right']) type(line);
		input.end();
		expect(await end).toMatchObject({lines: [expect.stringMatching(/kept/), expect.anything()]});
		expect(effects).toContainEqual({do: 'answer', step: 'one', path: 'b', text: 'right'});
		expect(said()).toContain('a [a value] (guide): ');
		expect(said()).toContain('that is wrong');
		// It went on to the next step's choice.
		expect(said()).toMatch(/ 1\) here \(now\)\n 2\) there\n[\s\S]*mode \[1\]: $/m);
	});

	test('does not take what is typed on a terminal while nothing is asked, and shows no secret', async () => {
		const {said, type, effects, end, input} = walk(true);
		type('too early');
		await vi.waitFor(() => expect(said()).toContain('What shall be done? [1]: '));
		expect(said()).toContain('(not taken: nothing was asked)');
		for (const [line, prompt] of [
			['', 'Enter goes on: '],
			['', 'a [a value]'],
			['', 'b: '],
			['x', 'mode [1]: '],
			['', 'password [1]: '],
			['type it', 'password: value: '],
		] as const) {
			type(line);
			await vi.waitFor(() => expect(said()).toContain(prompt));
		}
		expect((input as unknown as {setRawMode: ReturnType<typeof vi.fn>}).setRawMode).toHaveBeenLastCalledWith(true);
		input.write('geheimx\u007f\r');
		await vi.waitFor(() => expect(said()).toContain('the same again: '));
		input.write('geheim\r');
		await vi.waitFor(() =>
			expect(effects).toContainEqual({
				do: 'secret',
				step: 'two',
				path: 'password',
				how: {is: 'typed', value: 'geheim'},
			}),
		);
		expect(said()).not.toContain('geheim');
		process.emit('SIGINT');
		expect(await end).toMatchObject({code: 130});
	});
});
