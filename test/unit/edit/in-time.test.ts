/** Our own code has an end as well, and what it throws comes through as it is. */
import {expect, it} from 'vitest';
import {inTime} from '#edit/in-time.ts';

it('ends a loop, and a pattern that does not come to an end', () => {
	const loop = (): never => {
		for (;;);
	};
	expect(() => inTime('x', loop, 50)).toThrow(/x: the text was not read through within 0\.05 s/);
	expect(() => inTime('x', () => /^(a+)+$/.test(`${'a'.repeat(40)}b`), 50)).toThrow(/not read through/);
	expect(inTime('x', () => inTime('y', () => 1))).toBe(1);
	expect(() =>
		inTime('x', () => {
			throw new TypeError('own');
		}),
	).toThrow(TypeError);
	expect(inTime('x', () => 2)).toBe(2);
});
