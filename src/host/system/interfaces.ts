/** The host's own addresses and on which interface each one is: whether a listener is meant for containers shows there. */
import {networkInterfaces} from 'node:os';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {addressOn} from '../docker/now.ts';

/** Interface names by address. */
export const interfaces: Fact<ReadonlyMap<string, string>> = {
	id: 'interfaces',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the addresses of its interfaces'});
		const text = async (path: string): Promise<string> => Buffer.from((await host.read(path)) ?? '').toString('utf8');
		const [trie, routes] = await Promise.all([text('/proc/net/fib_trie'), text('/proc/net/route')]);
		const running = Object.entries(networkInterfaces()).flatMap(([name, all]) =>
			(all ?? []).map(({address}) => [address, name] as const),
		);
		// Node leaves out a bridge that nothing is plugged into yet, as docker0 is most of the time.
		return new Map([...namesOf(routes).flatMap(name => pairs(addressOn(trie, routes, name), name)), ...running]);
	},
};

const namesOf = (routes: string): readonly string[] => [
	...new Set(
		routes
			.split('\n')
			.slice(1)
			.flatMap(line => line.split('\t')[0]?.trim() || []),
	),
];

const pairs = (address: string | undefined, name: string): readonly (readonly [string, string])[] =>
	address === undefined ? [] : [[address, name]];

/** From where an address can be reached: `host` itself, its `containers`, its `network`, or `everywhere`. */
export type Reach = 'host' | 'containers' | 'network' | 'everywhere';

/** How far a listener on this address answers. A name or an address that is none counts as everywhere. */
export const reachOf = (address: string, known: ReadonlyMap<string, string>): Reach => {
	const plain = address.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d)/, '');
	if (/^127\.|^::1$|^localhost$/.test(plain)) return 'host';
	if (virtual.test(known.get(plain) ?? '')) return 'containers';
	return local.test(plain) ? 'network' : 'everywhere';
};

/** Networks of containers and virtual machines on this host; `tap0` is the one of the OpenSlides guide. */
const virtual = /^(docker|br-|podman|cni|virbr|lxcbr|lxdbr|tap|veth|vnet)/;

/** RFC 1918, RFC 6598, unique local and link-local addresses. */
const local =
	/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** `0.0.0.0:3306`, `[::]:3306 (IPv4 as well)`: Linux answers IPv4 on a wildcard socket of IPv6. */
export const shownSocket = ({address, port}: {readonly address: string; readonly port: number}): string =>
	`${address.includes(':') ? `[${address}]` : address}:${port}${address === '::' ? ' (IPv4 as well)' : ''}`;
