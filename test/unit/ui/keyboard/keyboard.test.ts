/** The keyboard on a stream and a clock: order, pace, silence, and what is dropped. */
import {PassThrough} from 'node:stream';
import {setTimeout as pause, setImmediate as turn} from 'node:timers/promises';
import {afterEach, describe, expect, test} from 'vitest';
import {createKeyboard, type Keyboard} from '#ui/keyboard/keyboard.ts';
import type {Key} from '#ui/keyboard/keys.ts';
import {until} from '../../../host/support/until.ts';

const esc = '\u001b';
let keyboard: Keyboard | undefined;
afterEach(() => keyboard?.close());

const open = (options: {readonly holdEscape?: number; readonly onKey?: (key: Key) => void} = {}) => {
	const stdin = new PassThrough();
	const got: string[] = [];
	let ends = 0;
	keyboard = createKeyboard({
		stdin,
		holdEscape: options.holdEscape ?? 60,
		onEnd: () => ends++,
		onKey: key => {
			got.push(key.key === 'text' ? key.text : `<${key.key}>`);
			options.onKey?.(key);
		},
	});
	return {
		stdin,
		got,
		ends: () => ends,
		keyboard,
		all: (count: number) => until(() => got.length >= count && got, {every: 1}),
	};
};

describe('keys', () => {
	test('come one in each turn of the event loop', async () => {
		const {stdin, got, all} = open();
		stdin.write(`ab\r${esc}[A`);
		const lengths: number[] = [];
		while (got.length < 4) {
			await turn();
			lengths.push(got.length);
		}
		expect(await all(4)).toEqual(['a', 'b', '<enter>', '<up>']);
		expect(lengths.map((length, at) => length - (lengths[at - 1] ?? 0)).filter(step => step > 1)).toEqual([]);
	});

	test('that nobody types so fast stay one piece of text', async () => {
		const {stdin, all} = open();
		stdin.write('x'.repeat(33));
		expect(await all(1)).toEqual(['x'.repeat(33)]);
	});

	test('Escape comes after its silence, and an arrow in pieces is an arrow', async () => {
		const {stdin, got, all} = open();
		const started = performance.now();
		stdin.write(esc);
		await all(1);
		expect(performance.now() - started).toBeGreaterThan(55);
		stdin.write('x');
		for (const piece of [esc, '[', 'D']) {
			stdin.write(piece);
			await pause(20);
		}
		await all(3);
		expect(got).toEqual(['<escape>', 'x', '<left>']);
	});

	test('a program that was busy for longer than the silence still reads before it decides', async () => {
		const {stdin, got, all} = open({holdEscape: 20});
		stdin.write(esc);
		await turn();
		setImmediate(() => stdin.write('[A'));
		for (const end = performance.now() + 60; performance.now() < end; );
		await all(1);
		await pause(40);
		expect(got).toEqual(['<up>']);
	});
});

describe('drain', () => {
	test('drops what waits, what is half here and what the loop reads next; never Ctrl-C; and nothing after', async () => {
		const {stdin, got, keyboard} = open({onKey: key => key.key === 'tab' && keyboard.drain()});
		stdin.write(`\tyes\r\u0003${esc}`);
		await until(() => got.includes('<tab>'), {every: 1});
		stdin.write('[A');
		await until(() => got.includes('<interrupt>'), {every: 1});
		for (let turns = 5; turns > 0; turns--) await turn();
		stdin.write('n');
		await until(() => got.includes('n'), {every: 1});
		expect(got).toEqual(['<tab>', '<interrupt>', 'n']);
	});
});

describe('the stream', () => {
	test('is left alone while somebody else has the terminal', async () => {
		const {stdin, got, keyboard, all} = open();
		await keyboard.away(async () => {
			stdin.write('for the shell');
			await turn();
			expect(got).toEqual([]);
			expect(stdin.read()?.toString()).toBe('for the shell');
		});
		stdin.write('x');
		expect(await all(1)).toEqual(['x']);
	});

	test('that ends or breaks says so', async () => {
		const {stdin, ends} = open();
		stdin.destroy(new Error('read EIO'));
		await until(() => ends() > 0, {every: 1});
		const second = open();
		second.stdin.end();
		await until(() => second.ends() > 0, {every: 1});
	});

	test('is free after close', async () => {
		const {stdin, got, keyboard} = open();
		stdin.write('a');
		await turn();
		keyboard.close();
		stdin.write('b');
		for (let turns = 5; turns > 0; turns--) await turn();
		expect(got.filter(key => key !== 'a')).toEqual([]);
		expect(stdin.listenerCount('data')).toBe(0);
	});
});
