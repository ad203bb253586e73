import {expect, it, vi} from 'vitest';
import {spared, watchSpace} from '#rehearse/space.ts';

it('turns the host off once, before the disk is full, and says so from then on', () => {
	vi.useFakeTimers();
	let free = spared;
	const full = vi.fn();
	const watch = watchSpace('/var/lib', full, () => free);
	vi.advanceTimersByTime(3000);
	expect(full).not.toHaveBeenCalled();
	expect(() => watch.check()).not.toThrow();
	free = spared - 1;
	vi.advanceTimersByTime(3000);
	expect(full).toHaveBeenCalledTimes(1);
	expect(() => watch.check()).toThrow('rehearse.full');
	watch.end();
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});
