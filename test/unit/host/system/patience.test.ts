/** How long anybody waits: by the wall on an idle host, longer where each program gets only a part of a core, and never for ever. */
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {after, shareOf} from '#host/system/patience.ts';

beforeEach(() => {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']});
});
afterEach(() => {
	vi.useRealTimers();
});

const waits = (milliseconds: number, machine: () => number): number => {
	const began = performance.now();
	let ended: number | undefined;
	after(
		milliseconds,
		() => {
			ended = performance.now() - began;
		},
		machine,
	);
	vi.advanceTimersByTime(milliseconds * 20);
	if (ended === undefined) throw new Error('it never ended');
	return ended;
};

describe('a deadline', () => {
	test.each([
		{name: 'of an idle machine is that of the wall', machine: () => 1, least: 3000, most: 3000},
		{name: 'shorter than a hop is kept', milliseconds: 50, machine: () => 1, least: 50, most: 50},
		{name: 'where each gets a fifth of a core is five times as long', machine: () => 0.2, least: 14_900, most: 15_250},
		{name: 'ends all the same where nobody gets anything', machine: () => 0, least: 18_000, most: 18_250},
	])('$name', ({milliseconds = 3000, machine, least, most}) => {
		const took = waits(milliseconds, machine);
		expect(took).toBeGreaterThanOrEqual(least);
		expect(took).toBeLessThanOrEqual(most);
	});

	test('that was taken back is never over', () => {
		const over = vi.fn();
		const cancel = after(3000, over, () => 1);
		vi.advanceTimersByTime(2000);
		cancel();
		vi.advanceTimersByTime(60_000);
		expect(over).not.toHaveBeenCalled();
	});
});

test.each([
	{loadavg: '10.02 7.10 3.00 10/512 4711', cores: 2, share: 0.2},
	{loadavg: '10.02 7.10 3.00 1/512 4711', cores: 2, share: 1},
	{loadavg: '0.00 0.00 0.00 0/1 1', cores: 1, share: 1},
	{loadavg: '', cores: 2, share: 1},
])('of $cores cores and "$loadavg" each gets $share', ({loadavg, cores, share}) => {
	expect(shareOf(loadavg, cores)).toBe(share);
});
