/** What keeps a burst of events from costing a drawing each. */
import type {ReactElement} from 'react';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {inkRenderer} from '#ui/ink/renderer.tsx';
import {unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {coalesce} from '../../../src/ui/coalesce.ts';
import {states} from '../../ui/support/states.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('coalesce', () => {
	test('draws the first at once, and of what follows the last', () => {
		const drawn: number[] = [];
		const give = coalesce((n: number) => void drawn.push(n), 50);
		for (let n = 0; n < 1000; n++) give(n);
		expect(drawn).toEqual([0]);
		vi.advanceTimersByTime(50);
		expect(drawn).toEqual([0, 999]);
		vi.advanceTimersByTime(500);
		give(1);
		expect(drawn).toEqual([0, 999, 1]);
	});

	test('draws later what may be over by then', () => {
		const drawn: number[] = [];
		const give = coalesce((n: number) => void drawn.push(n), 50);
		give.later(1);
		expect(drawn).toEqual([]);
		give.later(2);
		vi.advanceTimersByTime(50);
		expect(drawn).toEqual([2]);
		vi.advanceTimersByTime(50);
		give(3);
		expect(drawn).toEqual([2, 3]);
	});

	test('draws now when asked to, and nothing after the end', () => {
		const drawn: number[] = [];
		const give = coalesce((n: number) => void drawn.push(n), 50);
		give(1);
		give(2);
		give.flush();
		expect(drawn).toEqual([1, 2]);
		give(3);
		give.stop();
		vi.advanceTimersByTime(500);
		expect(drawn).toEqual([1, 2]);
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe('the full screen', () => {
	const opened = () => {
		const mounted = {
			rerender: vi.fn(),
			unmount: vi.fn(async () => {}),
			away: <T>(run: () => Promise<T>): Promise<T> => run(),
			redraw: vi.fn(async () => {}),
		};
		const mount = vi.fn((_element: ReactElement) => mounted);
		return {mounted, mount, renderer: inkRenderer({mount, glyphs: unicodeGlyphs})};
	};

	test('is mounted once, and drawn anew with each state', async () => {
		const {mount, mounted, renderer} = opened();
		renderer.show(states['start']!);
		expect(mount).toHaveBeenCalledTimes(1);
		for (let n = 0; n < 100; n++) renderer.show(states['install']!);
		vi.advanceTimersByTime(50);
		expect(mounted.rerender).toHaveBeenCalledTimes(1);
		await renderer.close();
		expect(mounted.unmount).toHaveBeenCalled();
	});

	test('draws nothing once it is left: what is printed then belongs to the normal screen', async () => {
		const {mount, mounted, renderer} = opened();
		renderer.show(states['start']!);
		vi.advanceTimersByTime(100);
		renderer.show({...states['start']!, leave: {code: 0, lines: ['bye']}});
		vi.advanceTimersByTime(100);
		expect(mount).toHaveBeenCalledTimes(1);
		expect(mounted.rerender).not.toHaveBeenCalled();
		expect(await renderer.away(async () => 'done')).toBe('done');
	});
});
