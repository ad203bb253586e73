import {spawnSync} from 'node:child_process';
import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {lastRun, openJournal, readJournal} from '#engine/journal.ts';
import {standingStacks} from '#engine/standing.ts';
import {unpaid} from '#engine/unpaid.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

const intent = (seq: number) =>
	({
		t: 'intent',
		seq,
		run: 'r',
		stack: 's',
		id: `n${seq}`,
		step: 's',
		type: 'key',
		what: [],
		undo: {can: false, why: 'no'},
		owes: [],
	}) as const;

test('a torn last line is taken off, whole ones stay', () => {
	const path = join(directory, 'state', 'journal.jsonl');
	const first = openJournal(path);
	first.append(intent(first.next()));
	first.close();
	const whole = readFileSync(path, 'utf8');
	appendFileSync(path, '{"t":"done","se');
	expect(readJournal(path).map(entry => entry.t)).toEqual(['journal', 'intent']);
	expect(readFileSync(path, 'utf8')).not.toBe(whole);
	const second = openJournal(path);
	expect(readFileSync(path, 'utf8')).toBe(whole);
	expect(second.next()).toBe(2);
	second.close();
});

test('a line that found no space is taken off again, and the fault names the file', () => {
	const path = join(directory, 'journal.jsonl');
	const code = `import {openJournal} from '#engine/journal.ts'; import {faultData} from '#model/fault.ts';
		const journal = openJournal(process.argv[1]);
		const line = {t: 'end', run: 'r', outcome: 'done'};
		journal.append(line);
		try { journal.append({...line, run: 'x'.repeat(4096)}); } catch (error) { console.log(JSON.stringify(faultData(error))); }
		journal.append(line);`;
	// The shell's limit is told by EFBIG where a full disk says ENOSPC: the same half line.
	const ran = spawnSync(
		'sh',
		['-c', 'ulimit -f 1; trap "" XFSZ; exec "$0" --input-type=module -e "$1" "$2"', process.execPath, code, path],
		{
			cwd: join(import.meta.dirname, '../../..'),
			encoding: 'utf8',
		},
	);
	expect(ran.stdout).toContain('EFBIG');
	expect(readJournal(path).map(entry => entry.t)).toEqual(['journal', 'end', 'end']);
});

test('a damaged line in the middle is a fault that names the line', () => {
	const path = join(directory, 'journal.jsonl');
	writeFileSync(path, '{"t":"paid"}\nnonsense\n{"t":"paid"}\n');
	expect(() => readJournal(path)).toThrow(/line 2/);
});

test('a line of the first format belongs to the stack of its run; a later format is refused', () => {
	const path = join(directory, 'journal.jsonl');
	const {stack: _, ...old} = intent(1);
	const run = {t: 'run', run: 'r', stack: 'ipynbsrv', version: '0', answers: ''};
	writeFileSync(path, [run, old].map(line => `${JSON.stringify(line)}\n`).join(''));
	expect(readJournal(path)[1]).toMatchObject({t: 'intent', stack: 'ipynbsrv'});
	expect(standingStacks(readJournal(path))).toEqual(['ipynbsrv']);
	const journal = openJournal(path);
	journal.append(intent(journal.next()));
	journal.close();
	expect(readJournal(path).map(entry => entry.t)).toEqual(['run', 'intent', 'journal', 'intent']);
	appendFileSync(path, '{"t":"journal","version":3}\n');
	expect(() => readJournal(path)).toThrow(/format 3/);
});

test('a restart swallows a reload; what was owed while the unit restarted is still owed', () => {
	const owe = (debt: number, act: 'reload' | 'restart') =>
		({t: 'owe', run: 'r', debt, unit: 'a', do: act, at: ''}) as const;
	const paid = (act: 'reload' | 'restart', ...debts: readonly number[]) =>
		({t: 'paid', unit: 'a', do: act, debts, at: ''}) as const;
	expect(unpaid([owe(1, 'reload'), owe(2, 'restart')])).toEqual([{unit: 'a', do: 'restart'}]);
	expect(unpaid([owe(1, 'reload'), owe(2, 'restart'), paid('restart', 1, 2)])).toEqual([]);
	expect(unpaid([owe(1, 'restart'), owe(2, 'reload'), paid('restart', 1)])).toEqual([{unit: 'a', do: 'reload'}]);
});

test('a run without an end was cut off', () => {
	const at = '2026-01-01';
	const start = {t: 'run', run: 'r', stack: 's', version: '1', answers: 'x', at} as const;
	expect(lastRun([start])).toMatchObject({outcome: undefined});
	expect(lastRun([start, {t: 'end', run: 'r', outcome: 'done', at}])).toMatchObject({outcome: 'done'});
	expect(lastRun([])).toBeUndefined();
});
