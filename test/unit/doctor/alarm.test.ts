/** What is told of a look, and that it is told once. */
import {expect, test} from 'vitest';
import {type Alarm, alarmOf, type Told} from '#doctor/alarm.ts';
import type {Row, RowState} from '#doctor/types.ts';
import {mailText, webhookJson} from '#report/doctor/alarm-text.ts';

const row = (key: string, state: RowState, more: Partial<Row> = {}): Row => ({
	key,
	check: key.replace(/\[.*$/, ''),
	subject: 'host',
	title: key,
	state,
	says: `${key} is ${state}`,
	severity: 'fail',
	source: '',
	layers: {},
	fixable: false,
	seconds: 0,
	...more,
});
const look = (rows: readonly Row[], told: Told) =>
	alarmOf({rows, host: {name: 'h1', release: 'Debian 12'}, at: '2026-01-01T00:00:00Z'}, told);

test('tells what is new, what got worse and what is mended; each once, and nothing of what nobody can tell', () => {
	const first = look(
		[row('a.x', 'warn'), row('a.y[1]', 'fail'), row('a.z', 'ok'), row('a.w', 'fail', {waived: {reason: 'r'}})],
		{},
	);
	expect(first?.alarm.worse.map(({key}) => key)).toEqual(['a.x', 'a.y[1]']);
	const told = first?.told ?? {};
	expect(look([row('a.x', 'warn'), row('a.y[1]', 'fail')], told)).toBeUndefined();
	expect(look([row('a.x', 'unknown'), row('a.y', 'unknown')], told)).toBeUndefined();
	// Not looked at: a look at some checks says nothing of the others.
	expect(look([row('b.x', 'ok')], told)).toBeUndefined();
	const second = look([row('a.x', 'fail'), row('a.y', 'ok')], told);
	expect(second?.alarm).toMatchObject({
		worse: [{key: 'a.x', state: 'fail'}],
		mended: [{key: 'a.y[1]', says: 'a.y[1] is fail'}],
	});
	expect(Object.keys(second?.told ?? {})).toEqual(['a.x']);
	expect(look([row('a.x', 'warn')], second?.told ?? {})).toBeUndefined();
});

test('a mail has one header block, whatever a host calls its things', () => {
	const alarm: Alarm = {
		host: 'h1\nBcc: evil@example.org',
		at: '2026-01-01T00:00:00Z',
		worse: [{key: 'a.x[\r\nBcc: x\u001b[2J]', state: 'fail', says: 'no\n.\nway', todo: 'Mend it.'}],
		mended: [],
	};
	const [headers = '', body = ''] = mailText(alarm, 'root').split(/\n\n(.*)/s);
	expect(headers.split('\n')).toHaveLength(6);
	expect(headers).not.toMatch(/^Bcc/m);
	expect(body).toMatch(/^fail: a\.x\[ Bcc: x\\x1b\[2J\]: no \. way$/m);
	expect(body).not.toContain('\u001b');
	expect(JSON.parse(webhookJson(alarm))).toMatchObject({worse: [{state: 'fail', todo: 'Mend it.'}]});
});

test('a thousand findings are one message of bounded length', () => {
	const worse = Array.from({length: 1000}, (_no, n) => ({
		key: `a.x[${n}]`,
		state: 'warn' as const,
		says: 'x'.repeat(5000),
	}));
	const alarm: Alarm = {host: 'h', at: 'now', worse, mended: []};
	expect(mailText(alarm, 'root').length).toBeLessThan(600_000);
	expect(mailText(alarm, 'root')).toContain('and 900 more');
});
