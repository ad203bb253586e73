/** Questions to name servers, byte by byte. */
import {expect, it} from 'vitest';
import {askNameServer, firstAddress, nameServers, question} from '#host/network/name-servers.ts';
import {fileReader} from '../support/file-reader.ts';

it('the first three of resolv.conf, and this host itself where there are none', async () => {
	const read = (text: string) => nameServers.read(fileReader({'/etc/resolv.conf': text}));
	expect(
		await read(
			'# nameserver 9.9.9.9\nnameserver 1.1.1.1\nsearch x\nnameserver\t::1\nnameserver example\nnameserver 1.1.1.530\nnameserver 9.9.9.9\nnameserver 8.8.8.8\n',
		),
	).toEqual([
		{address: '1.1.1.1', where: '/etc/resolv.conf:2'},
		{address: '::1', where: '/etc/resolv.conf:4'},
		{address: '9.9.9.9', where: '/etc/resolv.conf:7'},
	]);
	expect(await read('search x\n')).toEqual([{address: '127.0.0.1', where: '/etc/resolv.conf: no nameserver line'}]);
});

const answered = (packet: Buffer, records: readonly Buffer[]): Buffer => {
	const head = Buffer.from(packet.subarray(0, 12));
	head.writeUInt16BE(0x8180, 2);
	head.writeUInt16BE(records.length, 6);
	return Buffer.concat([head, packet.subarray(12), ...records]);
};
const record = (type: number, data: Buffer): Buffer =>
	Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]), data]);

it('an address behind an alias, none, and what is cut off', () => {
	const packet = question('a.invalid', 1);
	expect(packet.subarray(12).toString('latin1')).toBe('\x01a\x07invalid\0\0\x01\0\x01');
	const whole = answered(packet, [record(5, Buffer.from([0xc0, 12])), record(1, Buffer.from([198, 51, 100, 7]))]);
	expect(firstAddress(whole)).toBe('198.51.100.7');
	expect(firstAddress(answered(packet, []))).toBeUndefined();
	for (let length = 0; length < whole.length; length++) expect(firstAddress(whole.subarray(0, length))).toBeUndefined();
});

it('one that no packet can be sent to is silent, and ends nobody', async () => {
	// The kernel refuses a broadcast at connect(2), as it does an address to which no route leads.
	expect(await askNameServer('255.255.255.255', 200)).toBe('silent');
});
