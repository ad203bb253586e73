import {describe, expect, test} from 'vitest';
import {exitCodeOf} from '#doctor/exit-code.ts';
import {compare, memoryText, parseMemory, remember} from '#doctor/remembered.ts';
import {reportOf} from '#doctor/report.ts';
import type {Report} from '#doctor/types.ts';
import type {AnyCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {about, broken, check, finds, ok, run} from './checks.ts';

const report = async (checks: readonly AnyCheck[], at = about.at): Promise<Report> =>
	reportOf(await run(checks), checks, {...about, at});
const again = (memory: ReturnType<typeof remember>) => parseMemory(memoryText(memory));

describe('what was found before', () => {
	test('is new, then still there since then, then gone', async () => {
		const bad = [check('x.y', finds(broken({item: '1'})))];
		const first = compare(await report(bad), {});
		expect(first.rows[0]).toMatchObject({change: 'new'});
		const memory = again(remember(first, {}));
		const second = compare(await report(bad, '2026-06-02T00:00:00.000Z'), memory);
		expect(second.rows[0]).toMatchObject({change: 'still', since: about.at});
		expect([exitCodeOf(first, 'new'), exitCodeOf(second, 'new'), exitCodeOf(second, 'fail')]).toEqual([1, 0, 1]);
		const third = compare(await report([check('x.y')]), again(remember(second, memory)));
		expect(third.fixed).toEqual([{key: 'x.y[1]', was: 'fail', says: 'is down'}]);
		expect(compare(await report([check('x.y')]), again(remember(third, memory))).fixed).toEqual([]);
	});

	test('stays as it was while a check cannot tell', async () => {
		const memory = remember(await report([check('x.y', finds(broken()))]), {});
		const blind = await report([
			check('x.y', {inspect: () => Promise.reject(new Blocked({because: 'timeout', need: 'x'}))}),
		]);
		expect(compare(blind, memory).fixed).toEqual([]);
		expect(remember(blind, memory)).toEqual(memory);
	});

	test('of checks that were not run now is kept, and not called gone', async () => {
		const memory = remember(await report([check('x.y', finds(broken())), check('a.b', finds(broken()))]), {});
		const few = await report([check('a.b')]);
		expect(compare(few, memory).fixed.map(one => one.key)).toEqual(['a.b']);
		expect(remember(few, memory)).toMatchObject({'x.y': memory['x.y'], 'a.b': {}});
	});

	test.each(['', 'nonsense', '[]', '{"checks": 1}', '{"checks": {"x.y": {"x.y": {"state": "ok"}}, "z": null}}'])(
		'is nothing in a damaged file: %s',
		text => {
			expect(Object.values(parseMemory(text)).flatMap(Object.keys)).toEqual([]);
		},
	);
});

describe('the exit code', () => {
	const blind = check('x.blind', {inspect: () => Promise.reject(new Blocked({because: 'needs-root', need: 'x'}))});
	const crash = check('x.crash', {inspect: () => Promise.reject(new TypeError('x'))});
	const warns = check('x.warn', finds(broken({state: 'warn'})));
	test.each([
		{name: 'all fine', checks: [check('x.y'), check('x.z', {appliesTo: () => 'no'})], codes: [0, 0, 0]},
		{name: 'a warning', checks: [warns], codes: [1, 1, 0]},
		{name: 'a failure', checks: [check('x.y', finds(broken())), blind], codes: [1, 1, 1]},
		{name: 'something unknown', checks: [check('x.y'), blind], codes: [2, 2, 2]},
		{name: 'a crash', checks: [crash], codes: [2, 2, 2]},
		{name: 'a warning and something unknown', checks: [warns, blind], codes: [1, 1, 2]},
	])('$name', async ({checks, codes}) => {
		const made = await report(checks);
		expect((['new', 'warn', 'fail'] as const).map(on => exitCodeOf(made, on))).toEqual(codes);
	});
});

test('counts are of checks, and one cause is told once', async () => {
	const blind = (id: string): AnyCheck =>
		check(id, {inspect: () => Promise.reject(new Blocked({because: 'needs-root', need: id}))});
	const {counts, causes} = await report([
		check('a.a', finds(ok({item: '1'}), broken({item: '2'}))),
		blind('a.b'),
		blind('a.c'),
		check('a.d', {appliesTo: () => 'no'}),
	]);
	expect(counts).toMatchObject({
		checks: 4,
		checked: 1,
		needRoot: 2,
		notApplicable: 1,
		ok: 1,
		fail: 1,
		unknown: 2,
		na: 1,
	});
	expect(causes).toEqual([{by: 'needs-root', says: 'not root: 2 checks need it', checks: ['a.b', 'a.c']}]);
	const hung = (id: string): AnyCheck =>
		check(id, {inspect: () => Promise.reject(new Blocked({because: 'timeout', need: 'redis gave no answer'}))});
	expect((await report([hung('a.a'), hung('a.b')])).causes).toEqual([
		{by: 'timeout', says: 'no answer in time: redis gave no answer: 2 checks cannot tell', checks: ['a.a', 'a.b']},
	]);
});
