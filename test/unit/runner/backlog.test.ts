import {describe, expect, test} from 'vitest';
import {createBacklog} from '#runner/backlog.ts';

const all = (backlog: ReturnType<typeof createBacklog>): readonly string[] => {
	const lines: string[] = [];
	for (let place = backlog.start, line = backlog.at(place); line !== undefined; place += 1, line = backlog.at(place))
		lines.push(line);
	return lines;
};

describe('the backlog', () => {
	test('gives every line to whoever begins at its start', () => {
		const backlog = createBacklog();
		for (const line of ['a', 'b', 'c']) expect(backlog.add(line, false)).toBe(0);
		expect(all(backlog)).toEqual(['a', 'b', 'c']);
	});

	test('above its limit forgets old lines of programs, and nothing of the story', () => {
		const backlog = createBacklog(10);
		for (let n = 0; n < 100; n += 1) backlog.add(n % 20 === 0 ? `story ${n}` : `line ${n}`, n % 20 === 0);
		const lines = all(backlog);
		expect(lines.length).toBeLessThanOrEqual(20);
		expect(lines.filter(line => line.startsWith('story'))).toEqual([0, 20, 40, 60, 80].map(n => `story ${n}`));
		expect(lines.at(-1)).toBe('line 99');
	});

	test('says which readers have lost lines; the places of all others stay good', () => {
		const backlog = createBacklog(10);
		for (let n = 0; n < 10; n += 1) backlog.add(`line ${n}`, n === 0);
		const reader = 8;
		expect(backlog.at(reader)).toBe('line 8');
		const whole = backlog.add('line 10', false);
		expect(whole).toBe(5);
		expect(backlog.at(reader)).toBe('line 8');
		expect(all(backlog)).toEqual(['line 0', ...[5, 6, 7, 8, 9, 10].map(n => `line ${n}`)]);
	});
});
