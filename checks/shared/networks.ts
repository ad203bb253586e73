/** Networks that somebody is trusted from: which of them are no more than this host and its containers. */
import {BlockList, isIP} from 'node:net';
import {reachOf} from '#host/system/interfaces.ts';
import type {Told} from '#model/finding.ts';

/** `127.0.0.0/8 [::1]/128, 10.0.0.0/24` as its parts, without brackets; exclusions and tables are passed over. */
export const networksIn = (text: string): readonly string[] =>
	text
		.split(/[\s,]+/)
		.filter(word => /^[[\d]/.test(word) && !word.startsWith('!'))
		.map(word => word.replace(/[[\]]/g, ''));

/** What is wrong with trusting a network; undefined for loopback, and for the network that an interface of containers is in. */
export const judgedNetwork = (
	network: string,
	known: ReadonlyMap<string, string>,
): {readonly state: Told['state']; readonly says: string} | undefined => {
	const [address = '', bits] = network.split('/');
	const width = bits === undefined ? (isIP(address) === 4 ? 32 : 128) : Number(bits);
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
	const [base, size] = mapped === undefined ? [address, width] : [mapped, width - 96];
	const reach = reachOf(base, new Map());
	// The host's own address is the host, whatever kind of address it is.
	if (size === (isIP(base) === 4 ? 32 : 128) && known.has(base)) return undefined;
	if (reach === 'host' && size >= (isIP(base) === 4 ? 8 : 128)) return undefined;
	if (size < (isIP(base) === 4 ? 8 : 32)) return {state: 'fail', says: `${network}, which is a good part of the world`};
	if (holdsContainers(base, size, known)) return undefined;
	return reach === 'network'
		? {state: 'warn', says: `all of the local network ${network}`}
		: {state: 'fail', says: `the public network ${network}`};
};

/** A container network is a /16 at most. */
const holdsContainers = (base: string, size: number, known: ReadonlyMap<string, string>): boolean => {
	const family = isIP(base);
	if (family === 0 || size < (family === 4 ? 16 : 48)) return false;
	const list = new BlockList();
	list.addSubnet(base, size, family === 4 ? 'ipv4' : 'ipv6');
	return [...known.keys()].some(
		address =>
			isIP(address) === family &&
			reachOf(address, known) === 'containers' &&
			list.check(address, family === 4 ? 'ipv4' : 'ipv6'),
	);
};
