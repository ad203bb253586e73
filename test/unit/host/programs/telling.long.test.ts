/** What a program may tell us is bounded: in lines, in characters, in the length of a line, in time; and all of it can be ended. */
import {setTimeout as pause} from 'node:timers/promises';
import {afterEach, expect, test} from 'vitest';
import {lineCutter} from '#host/programs/line-cutter.ts';
import {endPrograms, runProgram} from '#host/programs/run-program.ts';

afterEach(() => void endPrograms(false));

const told = (pieces: readonly string[], most?: Parameters<typeof lineCutter>[1]): readonly string[] => {
	const lines: string[] = [];
	const cutter = lineCutter(line => lines.push(line), most);
	for (const piece of pieces) cutter.take(Buffer.from(piece));
	cutter.end();
	return lines;
};

test('lines of two bytes are told up to a number, and then how many more there were', () => {
	const lines = told(Array.from({length: 100}, () => 'x\n'.repeat(1000)));
	expect(lines).toHaveLength(50_001);
	expect(lines.at(-1)).toBe('(50000 more lines were not kept: it printed too much)');
});

test('long lines are told up to a number of characters', () => {
	const lines = told(
		Array.from({length: 50}, (_none, n) => `${String(n).padStart(1000, 'y')}\n`),
		{lines: 1000, characters: 10_000, line: 2000},
	);
	expect(lines).toHaveLength(11);
	expect(lines.at(-1)).toMatch(/^\(40 more lines/);
});

test('a line that never ends is cut, its rest is not told, and the next one is', () => {
	const lines = told([...Array.from({length: 100}, () => 'z'.repeat(10_000)), '\nnext\n']);
	expect(lines).toHaveLength(2);
	expect(lines[0]).toMatch(/^z{8000}… \(\d+ more characters\)$/);
	expect(lines[1]).toBe('next');
});

test('colours of a program are left out, all else that it would do to a terminal is shown', () => {
	expect(told(['\u001b[1;31mred\u001b[0m \u001b[2Jx\n'])).toEqual(['red \\x1b[2Jx']);
});

test('one that is asked something and prints without end is ended, and says so', async () => {
	await expect(runProgram(['yes'])).rejects.toMatchObject({
		code: 'program.too-much',
		sentence: 'yes printed more than 64 MB and was ended',
	});
});

test('all that runs can be ended at once, and nothing begins until that is taken back', async () => {
	const two = [runProgram(['sleep', '1000']), runProgram(['sleep', '1001'])].map(one => one.catch(error => error));
	await pause(50);
	const started = performance.now();
	expect(endPrograms()).toBe(false);
	for (const one of two) expect(await one).toMatchObject({code: 'run.cut-off'});
	await expect(runProgram(['true'])).rejects.toMatchObject({code: 'run.cut-off'});
	expect(performance.now() - started).toBeLessThan(2000);
	endPrograms(false);
	expect((await runProgram(['true'])).code).toBe(0);
});
