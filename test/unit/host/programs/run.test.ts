import {existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {lineCutter} from '#host/programs/line-cutter.ts';
import {lastLines, runProgram} from '#host/programs/run-program.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

const printing = [
	'sh',
	'-c',
	'echo one; echo two >&2; printf "d\\303"; sleep 0.3; printf "\\251but\\n%5000s\\nlast" x; exit 3',
];

describe('what a program prints', () => {
	for (const lasting of [false, true]) {
		test(`comes as whole lines ${lasting ? 'through a file that leaves nothing behind' : 'through pipes'}`, async () => {
			const lines: string[] = [];
			const ran = await runProgram(printing, {onLine: line => lines.push(line), ...(lasting && {lasting: directory})});
			expect(ran.code).toBe(3);
			expect(lines.toSorted()).toEqual([`${' '.repeat(4999)}x`, 'début', 'last', 'one', 'two']);
			expect(`${ran.stdout}${ran.stderr}`).toContain('début');
			expect(readdirSync(directory)).toEqual([]);
		});
	}

	test('a program with a lasting output is told nothing of our end', async () => {
		const mark = join(directory, 'mark');
		const ours = `import {runProgram} from '#host/programs/run-program.ts'; runProgram(['sh', '-c', 'echo a; while kill -0 $PPID; do sleep 0.05; done; echo b && touch ${mark}'], {lasting: ${JSON.stringify(directory)}, onLine: () => process.kill(process.pid, 'SIGKILL')});`;
		await runProgram([process.execPath, '--input-type=module', '-e', ours], {
			cwd: join(import.meta.dirname, '../../../..'),
		});
		await expect.poll(() => existsSync(mark), {timeout: 5000}).toBe(true);
	});
});

test('pieces that respect neither lines nor characters', () => {
	const lines: string[] = [];
	const cutter = lineCutter(line => lines.push(line));
	for (const byte of Buffer.from('größe\r\n\r\n50%\r100%\n\u001b[1mbold\u001b[0m\nend'))
		cutter.take(Buffer.from([byte]));
	expect(lines).toEqual(['größe', '50%', '100%', 'bold']);
	cutter.end();
	expect(lines.at(-1)).toBe('end');
});

test('of a progress bar only its end is told, so that what went wrong is seen', () => {
	const text =
		'Receiving objects:  24% (1/4)\rReceiving objects:  50% (2/4)\r\nremote: fatal: unable to read\r\n\rfatal: early EOF\r\r\n';
	expect(lastLines(text, 20)).toEqual([
		'Receiving objects:  50% (2/4)',
		'remote: fatal: unable to read',
		'fatal: early EOF',
	]);
});
