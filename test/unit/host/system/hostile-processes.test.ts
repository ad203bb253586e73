/** A process may be given arguments of megabytes, and mappings with names that keep a pattern busy for hours: root looks at all of them. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {procLines, procText} from '#host/system/proc-text.ts';
import {processTable} from '#host/system/process-table.ts';
import {goneIn} from '#host/system/stale-processes.ts';

test('of a command line of two megabytes the beginning is known', async () => {
	const words = Array.from({length: 20}, (_none, at) => String(at % 10).repeat(100_000));
	const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 0, 1000)', ...words]);
	try {
		await once(child.stdout, 'data');
		const argv = (await createReader().fact(processTable)).get(child.pid!)?.argv ?? [];
		expect(argv.slice(0, 2)).toEqual([process.execPath, '-e']);
		expect(argv.join(' ').length).toBeLessThan(33_000);
	} finally {
		child.kill('SIGKILL');
	}
});

test('the kernel’s texts are whole, and no more than was asked for', () => {
	expect(procText('/proc/self/status')).toMatch(/^Name:[\s\S]*nonvoluntary_ctxt_switches:\t\d+\n$/);
	expect(procText('/proc/self/status', 5)).toBe('Name:');
	expect(procLines('/proc/self/maps', 10_000_000)).toContain('[stack]');
	expect(procLines('/proc/self/maps', 100)).toBeUndefined();
	const directory = mkdtempSync(join(tmpdir(), 'proc-'));
	try {
		// More than one read takes in.
		writeFileSync(join(directory, 'large'), 'x'.repeat(200_000));
		expect(procText(join(directory, 'large'))).toBe(readFileSync(join(directory, 'large'), 'utf8'));
	} finally {
		rmSync(directory, {recursive: true});
	}
});

test('names of mappings that a pattern would go over again and again', () => {
	const at = '7f0a00000000-7f0a00001000 r-xp 00000000 08:01 4711                       ';
	const hostile = `${at}/home/eve${'/a /usr'.repeat(560)}\n`.repeat(2000);
	const own = `${at}/usr/lib/libssl.so.3 (deleted)\n`;
	expect(goneIn(`${hostile}${own}${hostile.replaceAll('\n', ' (deleted)\n')}`)).toEqual(['/usr/lib/libssl.so.3']);
	const many = Array.from({length: 5000}, (_none, one) => `${at}/usr/lib/${one}.so (deleted)`).join('\n');
	expect(goneIn(many)).toHaveLength(100);
});
