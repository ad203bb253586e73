/** What a screen costs on the line, and how long the first one takes. */
import {availableParallelism, loadavg} from 'node:os';
import {setTimeout as pause} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {sizes, useForm} from './support/form.ts';

const form = useForm();

/** Bytes per second over some seconds. */
const rate = async (bytes: () => number, seconds: number): Promise<number> => {
	const before = bytes();
	await pause(seconds * 1000);
	return (bytes() - before) / seconds;
};

test.each(sizes)('a spinner on a screen of $columns x $rows costs at most 2 kB/s, over SSH too', async size => {
	await using pty = await form.open(size, 'spin');
	await pty.until('working');
	const here = await rate(pty.bytes, 3);
	await using far = await form.open({...size, env: {SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22'}}, 'spin');
	await far.until('working');
	const overSsh = await rate(far.bytes, 3);
	console.log(
		`${size.columns}x${size.rows} with a spinner: ${Math.round(here)} B/s, over SSH ${Math.round(overSsh)} B/s`,
	);
	expect(here).toBeGreaterThan(0);
	expect(here).toBeLessThanOrEqual(2000);
	expect(overSsh).toBeLessThanOrEqual(Math.min(2000, here * 1.2));
});

test('an idle screen costs nothing', async () => {
	await using pty = await form.open();
	pty.type('abc');
	await pty.until('name    abc');
	await pty.quiet();
	expect(await rate(pty.bytes, 2)).toBe(0);
});

test('the first frame is there soon', async () => {
	const times: number[] = [];
	for (let round = 0; round < 5; round++) {
		await using pty = await form.open();
		times.push(Math.round(pty.seenAfter('a form of')));
	}
	console.log(`first frame of the form after ${times.join(', ')} ms`);
	const load = (loadavg()[0] ?? 0) / availableParallelism();
	// Half a second is what two free cores need; what others take of them is not ours.
	expect(Math.min(...times)).toBeLessThan(1000 * Math.max(1, 2 * load));
});
