/** What of Ink's writing reaches the terminal when the window changes. */
import {EventEmitter} from 'node:events';
import {beforeEach, expect, test} from 'vitest';
import {type InkOutput, inkOutput} from '#ui/ink/terminal-output.ts';

let terminal: EventEmitter & {written: string[]; columns: number; write(text: string, done?: () => void): boolean};
let output: InkOutput;
const anew = '\u001b[?25l\u001b[H\u001b[2J';

beforeEach(() => {
	const written: string[] = [];
	terminal = Object.assign(new EventEmitter(), {
		written,
		columns: 80,
		write(text: string, done?: () => void) {
			if (text !== '') written.push(text);
			done?.();
			return true;
		},
	});
	output = inkOutput(terminal as unknown as NodeJS.WriteStream);
});

test('all of it, while the window stays as it is', () => {
	output.stdout.write('a');
	expect(terminal.written).toEqual(['a']);
	expect(output.stdout.columns).toBe(80);
});

test('nothing of the old picture, also not what Ink draws in answer to the same event; then the new one on an empty screen', async () => {
	output.stdout.on('resize', () => output.stdout.write('old picture at the new width'));
	terminal.emit('resize');
	expect(output.stale()).toBe(true);
	await new Promise<void>(done => output.stdout.write('more of it', () => done()));
	expect(terminal.written).toEqual([]);
	output.startAnew();
	expect(output.stale()).toBe(false);
	for (const text of ['', 'new', 'picture']) output.stdout.write(text);
	expect(terminal.written).toEqual([`${anew}new`, 'picture']);
});

test('what leaves the screen and comes back to it, in any case', () => {
	terminal.emit('resize');
	output.pass();
	output.stdout.write('leave');
	terminal.emit('resize');
	output.stdout.write('not onto the screen of another program');
	output.startAnew();
	output.pass();
	output.stdout.write('come back');
	expect(terminal.written).toEqual(['leave', 'come back']);
	terminal.emit('resize');
	output.close();
	output.stdout.write('end');
	terminal.emit('resize');
	output.stdout.write('!');
	expect(terminal.written).toEqual(['leave', 'come back', 'end', '!']);
});

test('a picture that is stale when the screen comes back is drawn anew by the next one', () => {
	terminal.emit('resize');
	output.pass();
	expect(output.stale()).toBe(true);
});
