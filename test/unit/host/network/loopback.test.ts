/** What is sent to an address of this host while lo is down comes back to nobody: it is refused before anybody waits. */
import {expect, it} from 'vitest';
import {isDown, refuseWithoutLoopback} from '#host/network/loopback.ts';

const down = (): string => '0x8\n';
const up = (): string => '0x9\n';

it('knows by the flags of the kernel, and where there are none by nothing', () => {
	expect([isDown('0x8\n'), isDown('0x9\n'), isDown(undefined), isDown('?')]).toEqual([true, false, false, false]);
});

it('refuses what only lo leads to, and nothing else', () => {
	for (const address of ['127.0.0.1', '127.0.0.53', '::1', 'localhost'])
		expect(() => refuseWithoutLoopback(address, down)).toThrow(`${address} is reached by lo, which is down`);
	for (const address of ['192.0.2.1', 'db.example.org', '2001:db8::1'])
		expect(() => refuseWithoutLoopback(address, down)).not.toThrow();
	expect(() => refuseWithoutLoopback('127.0.0.1', up)).not.toThrow();
});
