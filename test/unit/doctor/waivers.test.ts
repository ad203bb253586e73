import {describe, expect, test} from 'vitest';
import {exitCodeOf} from '#doctor/exit-code.ts';
import {reportOf, withRows} from '#doctor/report.ts';
import type {Row} from '#doctor/types.ts';
import {waiverFindings} from '#doctor/waiver-rows.ts';
import {evidenceOf, isExpired, parseWaivers, type Waiver, waive, waiversText} from '#doctor/waivers.ts';
import type {AnyCheck} from '#model/check.ts';
import {about, broken, check, finds, ok, run} from './checks.ts';

const now = Date.parse('2026-06-01');
const report = async (...checks: readonly AnyCheck[]) => reportOf(await run(checks), checks, about);
const rowsOf = async (...checks: readonly AnyCheck[]): Promise<readonly Row[]> => (await report(...checks)).rows;
const waiverOf = (row: Row, more: Partial<Waiver> = {}): Waiver => ({
	key: row.key,
	reason: 'known',
	at: about.at,
	evidence: evidenceOf(row),
	says: row.says,
	...more,
});

describe('a waiver', () => {
	test('takes what it pins out of the exit code and counts it, wherever it stands in the file by now', async () => {
		const before = await report(check('x.y', finds(broken({item: '3306'}))));
		const waiver = waiverOf(before.rows[0]!, {until: '2026-06-01'});
		const moved = await report(
			check('x.y', finds(broken({item: '3306', layers: {file: {value: 2, where: '/etc/x:99'}}}))),
		);
		const after = withRows(moved, waive(moved.rows, [waiver], now));
		expect(after.rows[0]!.waived).toEqual({reason: 'known', until: '2026-06-01'});
		expect(after.counts).toMatchObject({waived: 1, fail: 0});
		expect([exitCodeOf(before, 'warn'), exitCodeOf(after, 'warn')]).toEqual([1, 0]);
	});

	test.each([
		{name: 'another value', finding: broken({layers: {file: {value: 3, where: ''}}})},
		{name: 'another weight', finding: broken({state: 'warn'})},
		{name: 'another layer', finding: broken({layers: {file: {value: 2, where: ''}, kernel: {value: 2, where: ''}}})},
	])('is opened again by $name', async ({finding}) => {
		const [row] = await rowsOf(check('x.y', finds(broken())));
		const [other] = waive(await rowsOf(check('x.y', finds(finding))), [waiverOf(row!)], now);
		expect(other!.waived).toBeUndefined();
		expect(other!.says).toBe('is down (waived when it was: is down)');
	});

	test('pins values, whatever the order of their keys', async () => {
		const seen = async (value: {a?: number; b?: number}) =>
			(await rowsOf(check('x.y', finds(broken({layers: {file: {value, where: ''}}})))))[0]!;
		expect(evidenceOf(await seen({a: 1, b: 2}))).toBe(evidenceOf(await seen({b: 2, a: 1})));
		expect(evidenceOf(await seen({a: 1, b: 2}))).not.toBe(evidenceOf(await seen({a: 2, b: 1})));
	});

	test('holds through its last day, and for good without one', () => {
		const waiver = {key: 'x', reason: '', at: '', evidence: '', says: '', until: '2026-06-01'};
		expect([
			isExpired(waiver, now),
			isExpired(waiver, now + 24 * 3_600_000 - 1),
			isExpired(waiver, now + 24 * 3_600_000),
		]).toEqual([false, false, true]);
		expect(isExpired({...waiver, until: undefined} as never, now * 2)).toBe(false);
	});

	test('of one item leaves the others', async () => {
		const rows = await rowsOf(check('x.y', finds(broken({item: '1'}), broken({item: '2'}))));
		expect(waive(rows, [waiverOf(rows[0]!)], now).map(row => row.waived !== undefined)).toEqual([true, false]);
	});

	test('survives its file', async () => {
		const [row] = await rowsOf(check('x.y', finds(broken())));
		const waivers = [waiverOf(row!), waiverOf(row!, {key: 'a', until: '2027-01-01', by: 'ada'})];
		expect(parseWaivers(waiversText(waivers))).toEqual(waivers.toReversed());
		for (const text of [
			'',
			'{}',
			'{"schemaVersion": 1, "waivers": [1]}',
			'{"schemaVersion": 1, "waivers": [{"key": "x"}]}',
		])
			expect(parseWaivers(text)).toBeUndefined();
	});
});

describe('a list of waivers is looked at, too', () => {
	const judge = async (waiver: Partial<Waiver>, checks: readonly AnyCheck[], known = ['x.y', 'x.z']) => {
		const rows = await rowsOf(...checks);
		const [pinned] = await rowsOf(check('x.y', finds(broken())));
		return waiverFindings({waivers: [waiverOf(pinned!, waiver)], rows, known, now, where: 'waivers.json'});
	};
	const bad = check('x.y', finds(broken()));
	test.each([
		{name: 'fine', waiver: {}, checks: [bad], says: undefined},
		{name: 'expired', waiver: {until: '2026-05-31'}, checks: [bad], says: 'expired on 2026-05-31: known'},
		{name: 'matches nothing', waiver: {}, checks: [check('x.y')], says: 'matches nothing any more: is down'},
		{name: 'matches no item', waiver: {key: 'x.y[1]'}, checks: [bad], says: 'matches nothing any more: is down'},
		{
			name: 'no such check',
			waiver: {key: 'x.gone[1]'},
			checks: [bad],
			says: 'waives x.gone, and there is no such check',
		},
		{
			name: 'cannot tell',
			waiver: {},
			checks: [check('x.y', {inspect: () => Promise.reject(new Error('x'))})],
			says: undefined,
		},
	])('$name', async ({waiver, checks, says}) => {
		const [finding] = (await judge(waiver, checks))!;
		expect(finding.state).toBe(says === undefined ? 'ok' : 'warn');
		expect(finding.says).toBe(says);
	});

	test('and not for what was not run', async () => {
		expect(await judge({}, [check('x.z', finds(ok()))])).toBeUndefined();
	});
});
