/** Whether this host has a way out at all: without a default route no server elsewhere can answer, and nobody is to blame for it. */
import type {Fact} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

/** From the kernel's routing tables of IPv4 and IPv6; one that leads nowhere (to `lo`) is none. */
export const hasDefaultRoute: Fact<boolean> = {
	id: 'default-route',
	async read(host) {
		const [four, six] = await Promise.all(['/proc/net/route', '/proc/net/ipv6_route'].map(path => textOf(host, path)));
		return (
			/^\S+\t00000000\t/m.test(four ?? '') ||
			(six ?? '').split('\n').some(line => /^0{32} 00 /.test(line) && !/ lo$/.test(line))
		);
	},
};
