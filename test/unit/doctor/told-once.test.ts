/** General checks point to the check that knows the service. */
import {describe, expect, test} from 'vitest';
import {rowsOf} from '#doctor/fold.ts';
import type {CheckRun} from '#doctor/run-checks.ts';
import type {Told} from '#model/finding.ts';

const run = (id: string, ...findings: readonly Partial<Told>[]): CheckRun =>
	({
		check: {id, title: id, why: '', reads: [], severity: 'fail', layers: ['runtime'], source: '', verify: ''},
		verdict: {
			state: 'seen',
			findings: findings.map(one => ({state: 'fail', says: 'x', expected: '', layers: {}, ...one})),
		},
		seconds: 0,
		context: {facts: {}, expect: []},
	}) as unknown as CheckRun;

const states = (...runs: readonly CheckRun[]) =>
	Object.fromEntries(
		rowsOf(runs).map(({key, state, by, says}) => [key, by === undefined ? state : `${state}: ${says}`]),
	);

const failedUnit = run('host.failed-units', {item: 'slapd.service', is: 'failed'}, {item: 'x.service', is: 'failed'});
const port = run('host.ports', {item: 'tcp/389'}, {item: 'tcp/3890'});

describe('a unit', () => {
	test('that a check of its service tells', () =>
		expect(
			states(failedUnit, run('ldap.server', {item: 'running', is: 'down', data: {unit: 'slapd.service'}})),
		).toEqual({
			'host.failed-units[slapd.service]': 'blocked: told by ldap.server[running]',
			'host.failed-units[x.service]': 'fail',
			'ldap.server[running]': 'fail',
		}));
	test('whose check only says that it does not start at boot', () =>
		expect(
			states(failedUnit, run('ldap.server', {item: 'boot', is: 'notAtBoot', data: {unit: 'slapd.service'}})),
		).toMatchObject({'host.failed-units[slapd.service]': 'fail'}));
	test('whose check is fine', () =>
		expect(
			states(failedUnit, run('ldap.server', {state: 'ok', is: 'ok', data: {unit: 'slapd.service'}})),
		).toMatchObject({'host.failed-units[slapd.service]': 'fail'}));
});

test('a service whose interpreter is gone, whose restart would be its end', () => {
	const interpreter = run('appserver.interpreter', {
		item: 'shop',
		is: 'noInterpreter',
		data: {unit: 'shop.service', environment: '/srv/shop/venv'},
	});
	const pending = run(
		'host.restart-pending',
		{state: 'warn', item: 'shop.service'},
		{state: 'warn', item: 'x.service'},
	);
	const drift = run('stack.drift', {state: 'warn', item: 'venv:/srv/shop/venv'}, {state: 'warn', item: 'venv:/srv/b'});
	expect(states(interpreter, pending, drift)).toEqual({
		'appserver.interpreter[shop]': 'fail',
		'host.restart-pending[shop.service]': 'blocked: told by appserver.interpreter[shop]',
		'host.restart-pending[x.service]': 'warn',
		'stack.drift[venv:/srv/shop/venv]': 'blocked: told by appserver.interpreter[shop]',
		'stack.drift[venv:/srv/b]': 'warn',
	});
	expect(
		states(
			run('redis.running', {is: 'down', data: {unit: 'redis.service'}}),
			run('host.restart-pending', {item: 'redis.service'}),
		),
	).toMatchObject({
		'host.restart-pending[redis.service]': 'fail',
	});
});

test('a port, of that number only', () =>
	expect(
		states(port, run('ldap.listeners', {layers: {kernel: {value: ['0.0.0.0:389', '[::]:389'], where: ''}}})),
	).toMatchObject({'host.ports[tcp/389]': 'blocked: told by ldap.listeners', 'host.ports[tcp/3890]': 'fail'}));

test('a file that was changed by hand, where that is all', () => {
	const named = run('redis.bind', {layers: {file: {value: '', where: '', path: '/etc/redis/redis.conf'}}});
	const drift = (...items: readonly string[]) => run('stack.drift', ...items.map(item => ({item})));
	expect(states(named, drift('edit:/etc/redis/redis.conf:bind'))).toMatchObject({
		'stack.drift[edit:/etc/redis/redis.conf:bind]': 'blocked: told by redis.bind',
	});
	expect(states(named, drift('edit:/etc/redis/redis.conf:bind', 'edit:/etc/redis/redis.conf:save'))).toMatchObject({
		'stack.drift[edit:/etc/redis/redis.conf:save]': 'fail',
	});
});
