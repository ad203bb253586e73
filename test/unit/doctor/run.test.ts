import {existsSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {rowsOf} from '#doctor/fold.ts';
import {reportOf} from '#doctor/report.ts';
import type {AnyCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {until} from '../../host/support/until.ts';
import {about, bad, broken, check, finds, ok, run} from './checks.ts';

const rows = async (...checks: readonly AnyCheck[]) => rowsOf(await run(checks));

describe('a verdict', () => {
	test.each([
		{name: 'ok', more: {}, state: 'ok', says: ''},
		{name: 'fail', more: finds(broken()), state: 'fail', says: 'is down'},
		{
			name: 'a finding without words says what was seen',
			more: finds(broken({says: ''})),
			state: 'fail',
			says: 'file: 2; expected 1',
		},
		{name: 'na', more: {appliesTo: () => 'x is not installed'}, state: 'na', says: 'x is not installed'},
		{
			name: 'unknown',
			more: {
				inspect: () => Promise.reject(new Blocked({because: 'needs-root', need: '/etc/x may only be read by root'})),
			},
			state: 'unknown',
			says: 'needs root: /etc/x may only be read by root',
		},
		{
			name: 'what only systemd could tell does not apply where it does not run',
			more: {
				inspect: () => Promise.reject(new Blocked({because: 'no-systemd', need: 'only it could tell about x.service'})),
			},
			state: 'na',
			says: 'systemd does not run here: only it could tell about x.service',
		},
		{
			name: 'nor does an ok that lacks its layer for that',
			more: finds(ok({layers: {file: {because: 'no-systemd', need: 'only it could tell about x.service'}}})),
			state: 'na',
			says: 'systemd does not run here: only it could tell about x.service',
		},
		{
			name: 'a fault of the host is not known',
			more: {inspect: () => Promise.reject(new Fault('program.failed', 'redis-cli ended with 1', ''))},
			state: 'unknown',
			says: 'cannot be read: redis-cli ended with 1',
		},
		{
			name: 'an error of ours is a crash',
			more: {inspect: () => Promise.reject(new TypeError('x is undefined'))},
			state: 'crash',
			says: 'a defect of this check: x is undefined',
		},
		{
			name: 'a throw before the first await, too',
			more: {
				inspect: () => {
					throw new TypeError('early');
				},
			},
			state: 'crash',
			says: 'a defect of this check: early',
		},
		{
			name: 'no finding at all',
			more: {inspect: async () => []},
			state: 'crash',
			says: 'a defect of this check: x.y gave no finding',
		},
		{
			name: 'ok without a layer',
			more: {layers: ['file', 'kernel']},
			state: 'unknown',
			says: 'cannot be read: the kernel layer was not looked at',
		},
		{
			name: 'ok with a layer that could not be seen',
			more: finds(ok({layers: {file: {because: 'offline-root', need: 'ask on the host'}}})),
			state: 'unknown',
			says: 'the host is not running: ask on the host',
		},
		{
			name: 'what is wrong is wrong, whatever else could not be seen',
			more: {layers: ['file', 'runtime'], ...finds(broken({layers: {runtime: {because: 'timeout', need: 'x'}}}))},
			state: 'fail',
			says: 'is down',
		},
	])('$name', async ({more, state, says}) => {
		const [row, ...others] = await rows(check('x.y', more as Partial<AnyCheck>));
		expect(others).toEqual([]);
		expect(row).toMatchObject({key: 'x.y', subject: 'x', state, says});
	});

	test('of several items is one row each, in the order of their numbers', async () => {
		const all = await rows(check('x.y', finds(ok({item: '80'}), broken({item: '443'}), ok({item: '9'}))));
		expect(all.map(row => [row.key, row.state])).toEqual([
			['x.y[9]', 'ok'],
			['x.y[80]', 'ok'],
			['x.y[443]', 'fail'],
		]);
	});

	test('a remedy or a fix that throws does not hide the finding', async () => {
		const thrower = () => {
			throw new TypeError('no');
		};
		expect(
			(await rows(check('x.y', {...finds(broken()), kinds: {bad: {...bad, remedy: thrower, fix: thrower}}})))[0],
		).toMatchObject({
			state: 'fail',
			fixable: false,
		});
	});

	test('rows are sorted, in whatever order the checks ended', async () => {
		const late = check('a.z', {inspect: () => new Promise(resolve => setTimeout(() => resolve([ok()]), 20))});
		expect((await rows(late, check('b.a'), check('a.b'))).map(row => row.check)).toEqual(['a.b', 'a.z', 'b.a']);
	});
});

describe('facts', () => {
	test('are read once for all', async () => {
		let reads = 0;
		const fact: Fact<number> = {id: 'test:once', read: async () => (reads += 1)};
		const user = (id: string): AnyCheck =>
			check(id, {
				facts: {fact},
				inspect: async ({facts}: {facts: Record<string, number>}) => [
					ok({layers: {file: {value: facts['fact']!, where: 'x'}}}),
				],
			} as never);
		await run([user('x.a'), user('x.b')]);
		expect(reads).toBe(1);
	});

	test('that cannot be read matter only to who uses them', async () => {
		const hidden: Fact<number> = {
			id: 'test:hidden',
			read: () => Promise.reject(new Blocked({because: 'needs-root', need: 'x'})),
		};
		const seen: Fact<boolean> = {id: 'test:seen', read: async () => false};
		const facts = {hidden, seen};
		const appliesTo = ({facts: {seen: there}}: {facts: Record<string, unknown>}) => (there ? true : 'not there');
		const uses = check('x.uses', {
			facts,
			inspect: async ({facts: {hidden: value}}: never) => [ok({layers: {file: {value, where: ''}}})],
		} as never);
		const all = await rows(check('x.na', {facts, appliesTo} as never), uses);
		expect(all.map(row => [row.check, row.state])).toEqual([
			['x.na', 'na'],
			['x.uses', 'unknown'],
		]);
	});
});

describe('a check that requires another', () => {
	test('is blocked by the cause, which is told once', async () => {
		const checks = [
			check('x.c', {requires: ['x.b']}),
			check('x.b', {requires: ['x.a']}),
			check('x.a', finds(broken({says: 'MariaDB is down'}))),
		];
		const report = reportOf(await run(checks), checks, about);
		expect(report.rows.map(row => [row.check, row.state, row.by])).toEqual([
			['x.a', 'fail', undefined],
			['x.b', 'blocked', 'x.a'],
			['x.c', 'blocked', 'x.a'],
		]);
		expect(report.causes).toEqual([{by: 'x.a', says: 'MariaDB is down: 2 checks blocked', checks: ['x.b', 'x.c']}]);
	});

	test.each([
		finds(ok()),
		finds(broken({state: 'warn'})),
		{appliesTo: () => 'no'},
		{inspect: () => Promise.reject(new Error('crash'))},
	])('runs where that one did not fail', async more => {
		expect((await rows(check('x.b', {requires: ['x.a']}), check('x.a', more as Partial<AnyCheck>)))[1]).toMatchObject({
			check: 'x.b',
			state: 'ok',
		});
	});

	test('shows the cause though only the other was asked for', async () => {
		const [a, b] = [check('x.a', finds(broken())), check('x.b', {requires: ['x.a']})];
		expect(reportOf(await run([a, b]), [b], about).rows.map(row => row.check)).toEqual(['x.a', 'x.b']);
		const fine = check('x.a');
		expect(reportOf(await run([fine, b]), [b], about).rows.map(row => row.check)).toEqual(['x.b']);
	});
});

describe('a deadline', () => {
	const pidFile = join(tmpdir(), `doctor-${process.pid}.pid`);
	const isAlive = (pid: number): boolean =>
		existsSync(`/proc/${pid}`) && !/^\S+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

	/** A program with a child of its own, in the same group; both sleep far longer than anybody waits. */
	const sleeper = ['sh', '-c', `sleep 300 & echo "$$ $!" > ${pidFile}; wait`] as const;
	const pids = async (): Promise<readonly number[]> =>
		(await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim())).split(' ').map(Number);

	test('makes it unknown, names what it waited for, and kills that with its children', async () => {
		rmSync(pidFile, {force: true});
		const started = performance.now();
		const [row] = await rows(
			check('x.y', {
				deadline: 300,
				inspect: async ({host}) => [ok({layers: {file: {value: await host.query(sleeper), where: ''}}})],
			}),
		);
		expect(performance.now() - started).toBeLessThan(3000);
		expect(row).toMatchObject({
			state: 'unknown',
			why: {because: 'timeout'},
			says: expect.stringMatching(/sh -c .* gave no answer within 0\.3 s/s),
		});
		for (const pid of await pids()) await until(() => !isAlive(pid), {what: `the end of process ${pid}`});
	});

	test('does not kill what somebody else still waits for', async () => {
		const fact: Fact<string> = {id: 'test:slow', read: host => host.query(['sh', '-c', 'sleep 0.6; echo done'])};
		const user = (id: string, deadline: number): AnyCheck =>
			check(id, {
				deadline,
				inspect: async ({host}) => [ok({layers: {file: {value: (await host.fact(fact)).trim(), where: ''}}})],
			});
		const all = await rows(user('x.hasty', 100), user('x.patient', 5000));
		expect(all.map(row => [row.check, row.state])).toEqual([
			['x.hasty', 'unknown'],
			['x.patient', 'ok'],
		]);
		expect(all[0]!.says).toMatch(/sh -c .* gave no answer within 0\.1 s/);
	});

	test('of the last one who waits for a fact ends what the fact started', async () => {
		rmSync(pidFile, {force: true});
		const fact: Fact<string> = {id: 'test:hung', read: host => host.query(sleeper)};
		const user = (id: string): AnyCheck => check(id, {deadline: 300, facts: {fact}});
		const all = await rows(user('x.a'), user('x.b'));
		expect(all.map(row => row.state)).toEqual(['unknown', 'unknown']);
		for (const pid of await pids()) await until(() => !isAlive(pid), {what: `the end of process ${pid}`});
	});

	test('also ends a check that starts nothing and never ends', async () => {
		const [row] = await rows(check('x.y', {deadline: 50, inspect: () => new Promise(() => {})}));
		expect(row).toMatchObject({state: 'unknown', says: 'no answer in time: no end within 0.05 s'});
	});

	test('is over for all when the operator stops', async () => {
		rmSync(pidFile, {force: true});
		const stop = new AbortController();
		const running = run(
			[
				check('x.y', {
					deadline: 60_000,
					inspect: async ({host}) => [ok({layers: {file: {value: await host.query(sleeper), where: ''}}})],
				}),
				check('x.z'),
			],
			{
				stop: stop.signal,
			},
		);
		const all = await pids();
		stop.abort();
		expect(rowsOf(await running).map(row => [row.check, row.state])).toEqual([
			['x.y', 'unknown'],
			['x.z', 'ok'],
		]);
		for (const pid of all) await until(() => !isAlive(pid), {what: `the end of process ${pid}`});
	});
});

test('an offline root: what needs the running host is unknown, never ok and never fail', async () => {
	const {createReader} = await import('#host/reader.ts');
	const asks = check('x.y', {
		inspect: async ({host}) => [ok({layers: {file: {value: await host.query(['true']), where: ''}}})],
	});
	const all = rowsOf(await run([asks], {reader: createReader(tmpdir())}));
	expect(all[0]).toMatchObject({state: 'unknown', why: {because: 'offline-root'}});
});
