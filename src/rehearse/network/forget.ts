/**
 * What a machine that was off has forgotten: interfaces, packet rules, and that it forwards. A throw-away host's network outlives it, and what it had made
 * there would stand before what it makes at its next boot: an old container's address is then answered for a new one's, and dockerd drops
 * what it should not forward only where forwarding was off before it.
 */
import {programFault} from '#host/programs/run-program.ts';
import {tool, tried} from '../tool.ts';

/** Takes away all that `guard`'s network has beside its wire and its loopback. Throws Fault 'program.failed'. */
export const forgetNetwork = async (guard: number): Promise<void> => {
	const inside = ['nsenter', `--net=/proc/${guard}/ns/net`];
	const links = JSON.parse((await tool([...inside, 'ip', '-json', 'link', 'show'])) || '[]') as readonly {
		readonly ifname: string;
	}[];
	// The other end of a pair is gone with the first.
	for (const {ifname} of links) if (!wire.has(ifname)) await tried([...inside, 'ip', 'link', 'delete', ifname]);
	await tool([...inside, 'iptables-restore', '-w'], {stdin: empty});
	await forgetForwarding(guard);
	const flush = [...inside, 'nft', 'flush', 'ruleset'];
	const ran = await tried(flush);
	if (ran.code !== 0 && ran.code !== notThere) throw programFault(flush, ran);
};

/** Lets `guard`'s network forward nothing, as a machine that was just switched on: a new name space begins with what this machine does. */
export const forgetForwarding = async (guard: number): Promise<void> => {
	await tool(['nsenter', `--net=/proc/${guard}/ns/net`, 'tee', '/proc/sys/net/ipv4/ip_forward'], {stdin: '0\n'});
};

/** What nsenter ends with: without nft iptables is all that this machine can ask. */
const notThere = 127;

const wire = new Set(['lo', 'eth0']);

/** Tables that are named are emptied, and with them what is restored: nothing. */
const empty = ['filter', 'nat', 'mangle', 'raw'].map(table => `*${table}\nCOMMIT\n`).join('');
