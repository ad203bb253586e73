/** A bridge is told by what is plugged into it, not by a name that somebody answered. */
import {expect, test} from 'vitest';
import {guestBridges, reachOf} from '#host/system/interfaces.ts';
import {fileReader} from '../../support/file-reader.ts';

const sys = (bridge: string, member: string, ...files: readonly string[]): Readonly<Record<string, string>> =>
	Object.fromEntries([
		[`/sys/class/net/${bridge}/brif/${member}/port_id`, '1'],
		[`/sys/class/net/${member}/uevent`, `INTERFACE=${member}\nIFINDEX=3\n`],
		...files.map(name => [`/sys/class/net/${member}/${name}`, name === 'uevent' ? 'DEVTYPE=bond\n' : '1']),
	]);

test('only bridges that end in guests are inside: not those with a card, a bond, or the way out', async () => {
	const host = fileReader({
		...sys('osnet', 'osnet-keep'),
		...sys('vms', 'port1', 'tun_flags'),
		...sys('office', 'card', 'device/vendor'),
		...sys('lan', 'two', 'uevent'),
		...sys('out', 'veth1'),
		...sys('box', 'eth0'),
		'/sys/class/net/empty/mtu': '1500',
	});
	const routes = 'Iface\tDestination\tGateway\nout\t00000000\t0100000A\nosnet\t00054D0A\t00000000\n';
	const names = ['osnet', 'vms', 'office', 'lan', 'out', 'box', 'empty', 'absent'];
	const guests = await guestBridges(names, routes, host);
	expect([...guests]).toEqual(['osnet', 'vms']);
	const known = Object.assign(
		new Map([
			['10.77.5.1', 'osnet'],
			['10.0.0.1', 'lan'],
		]),
		{guests},
	);
	expect(reachOf('10.77.5.1', known)).toBe('containers');
	expect(reachOf('10.0.0.1', known)).toBe('network');
});
