import {expect, test} from 'vitest';
import {natural} from '#doctor/natural.ts';

test('as people count', () => {
	const sorted = [
		'',
		'3306',
		'6379',
		'10000',
		'a',
		'a-b',
		'a.b',
		'Worker2',
		'worker2',
		'worker10',
		'worker010x',
		'x[1]',
		'x[2]',
		'ä',
	];
	expect(sorted.toReversed().toSorted(natural)).toEqual(sorted);
	expect(natural('x', 'x')).toBe(0);
});
