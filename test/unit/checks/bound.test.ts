/** Where a server listens: how far an address reaches, and what file, process and kernel are told as together. */
import {describe, expect, it} from 'vitest';
import {type Bound, boundFinding} from '#checks/shared/bound.ts';
import {judgedNetwork, networksIn} from '#checks/shared/networks.ts';
import {reachOf} from '#host/system/interfaces.ts';
import type {Unknown} from '#model/unknown.ts';

const known = new Map([
	['172.16.28.1', 'tap0'],
	['172.17.0.1', 'docker0'],
	['10.0.0.5', 'eth0'],
]);

describe('reach', () => {
	it.each([
		['127.0.0.1', 'host'],
		['127.5.5.5', 'host'],
		['::1', 'host'],
		['[::1]', 'host'],
		['::ffff:127.0.0.1', 'host'],
		['localhost', 'host'],
		['172.16.28.1', 'containers'],
		['172.17.0.1', 'containers'],
		['10.0.0.5', 'network'],
		['192.168.1.1', 'network'],
		['fd00::1', 'network'],
		['fe80::1', 'network'],
		['0.0.0.0', 'everywhere'],
		['::', 'everywhere'],
		['::ffff:0.0.0.0', 'everywhere'],
		['*', 'everywhere'],
		['198.51.100.7', 'everywhere'],
		['172.32.0.1', 'everywhere'],
		['db.example.org', 'everywhere'],
	])('%s: %s', (address, reach) => expect(reachOf(address, known)).toBe(reach));
});

const at = (...addresses: readonly string[]): Bound => ({addresses, seen: {value: addresses, where: 'x'}});
const offline: Unknown = {because: 'offline-root', need: 'x'};
const local = at('127.0.0.1', '::1');

describe('finding', () => {
	const of = (file: Bound | Unknown, runtime: Bound | Unknown, kernel: Bound | Unknown, how?: string) => {
		const {state, says} = boundFinding({
			layers: {file, runtime, kernel},
			known,
			intended: ['203.0.113.9'],
			...(how !== undefined && {how}),
		});
		return says === undefined ? state : `${state}: ${says}`;
	};
	it('all on this host, or where it is meant', () => {
		expect(of(local, local, local)).toBe('ok');
		expect(of(at(), at(), at())).toBe('ok');
		expect(of(at('127.0.0.1', '172.16.28.1'), local, at('172.16.28.1'))).toBe('ok');
		expect(of(at('203.0.113.9'), at('203.0.113.9'), at('203.0.113.9'))).toBe('ok');
	});
	it('the kernel alone tells', () => {
		expect(of(local, local, at('::'), 'through mariadb.socket')).toBe(
			'fail: answers from outside on [::] (IPv4 as well) through mariadb.socket, though its file says otherwise',
		);
		expect(of(local, offline, at('::'), 'through mariadb.socket')).toContain('though its file says otherwise');
		expect(of(local, local, at('0.0.0.0'))).toBe(
			'fail: answers from outside on 0.0.0.0, though its file says otherwise',
		);
	});
	it('edited and not taken up, in both directions', () => {
		expect(of(at('0.0.0.0'), local, local)).toBe(
			'fail: changed in the file, not in the process: from its next start it answers from outside on 0.0.0.0',
		);
		expect(of(local, at('0.0.0.0'), at('0.0.0.0'))).toBe(
			'fail: changed in the file, not in the process: it still answers from outside on 0.0.0.0',
		);
	});
	it('everywhere', () =>
		expect(of(at('*'), at('*'), at('0.0.0.0', '::'))).toBe(
			'fail: answers from outside on 0.0.0.0, [::] (IPv4 as well)',
		));
	it('its network weighs less', () =>
		expect(of(at('10.0.0.5'), at('10.0.0.5'), at('10.0.0.5'))).toBe('warn: answers from its network on 10.0.0.5'));
	it('a file alone', () => {
		expect(of(at('0.0.0.0'), offline, offline)).toBe('fail: answers from outside on 0.0.0.0');
		expect(of(local, offline, offline)).toBe('ok');
	});
});

describe('trusted networks', () => {
	it('are told apart', () =>
		expect(networksIn('127.0.0.0/8 [::ffff:127.0.0.0]/104, [::1]/128 172.16.28.0/24 !10.0.0.1 hash:/etc/x')).toEqual([
			'127.0.0.0/8',
			'::ffff:127.0.0.0/104',
			'::1/128',
			'172.16.28.0/24',
		]));
	it.each([
		['127.0.0.0/8', undefined],
		['::ffff:127.0.0.0/104', undefined],
		['::1/128', undefined],
		['127.0.0.1', undefined],
		['172.16.28.0/24', undefined],
		['172.16.0.0/16', undefined],
		['10.0.0.0/24', 'warn'],
		['172.16.0.0/12', 'warn'],
		['198.51.100.0/24', 'fail'],
		['198.51.100.7', 'fail'],
		['0.0.0.0/0', 'fail'],
		['127.0.0.0/1', 'fail'],
		['::/0', 'fail'],
		['2001:db8::/32', 'fail'],
	])('%s', (network, state) => expect(judgedNetwork(network, known)?.state).toBe(state));
});
