/** The host's own addresses and on which interface each one is: whether a listener is meant for containers shows there. */
import {networkInterfaces} from 'node:os';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {addressOn} from '../docker/now.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

/** Interface names by address; `guests`: the bridges among them that lead to guests of this host alone, whatever they are called. */
export type Interfaces = ReadonlyMap<string, string> & {readonly guests?: ReadonlySet<string>};

export const interfaces: Fact<Interfaces> = {
	id: 'interfaces',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the addresses of its interfaces'});
		const text = async (path: string): Promise<string> => Buffer.from((await host.read(path)) ?? '').toString('utf8');
		const [trie, routes] = await Promise.all([text('/proc/net/fib_trie'), text('/proc/net/route')]);
		const running = Object.entries(networkInterfaces()).flatMap(([name, all]) =>
			(all ?? []).map(({address}) => [address, name] as const),
		);
		// Node leaves out a bridge that nothing is plugged into yet, as docker0 is most of the time.
		const known = new Map([...namesOf(routes).flatMap(name => pairs(addressOn(trie, routes, name), name)), ...running]);
		const guests = await guestBridges([...new Set(known.values())], routes, host);
		return Object.assign(known, {guests});
	},
};

/** A bridge whose members all end in guests (a tap, one end of a veth), and by which nothing leaves this host. */
export const guestBridges = async (
	names: readonly string[],
	routes: string,
	host: Reader,
): Promise<ReadonlySet<string>> => {
	const leaving = new Set(routes.split('\n').flatMap(line => /^(\S+)\t00000000\t/.exec(line)?.[1] ?? []));
	const found = await Promise.all(
		names.map(async name => {
			const members = await ifTold(() => host.list(`/sys/class/net/${name}/brif`));
			if (members === undefined || members.length === 0 || leaving.has(name)) return [];
			const all = await Promise.all(members.map(one => leadsToGuest(one, host)));
			return all.every(Boolean) ? [name] : [];
		}),
	);
	return new Set(found.flat());
};

/** No card, and no bond, VLAN or tunnel on one; of a machine in a machine the way out is a veth as well, by its usual name. */
const leadsToGuest = async (member: string, host: Reader): Promise<boolean> => {
	if (/^(eth|en|wl|host)/.test(member)) return false;
	const at = `/sys/class/net/${member}`;
	const [card, tap, words] = await Promise.all([
		ifTold(() => host.stat(`${at}/device`)),
		ifTold(() => host.stat(`${at}/tun_flags`)),
		ifTold(() => textOf(host, `${at}/uevent`)),
	]);
	return card === undefined && (tap !== undefined || (words !== undefined && !/^DEVTYPE=/m.test(words)));
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
export const reachOf = (address: string, known: Interfaces): Reach => {
	const plain = address.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d)/, '');
	if (/^127\.|^::1$|^localhost$/.test(plain)) return 'host';
	const name = known.get(plain) ?? '';
	if (virtual.test(name) || known.guests?.has(name)) return 'containers';
	return local.test(plain) ? 'network' : 'everywhere';
};

/** Networks of containers and virtual machines on this host; `tap0` is the one of the OpenSlides guide, `osbr0` what setup makes of it. */
const virtual = /^(docker|br-|osbr|podman|cni|virbr|lxcbr|lxdbr|tap|veth|vnet)/;

/** RFC 1918, RFC 6598, unique local and link-local addresses. */
const local =
	/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** `0.0.0.0:3306`, `[::]:3306 (IPv4 as well)`: Linux answers IPv4 on a wildcard socket of IPv6. */
export const shownSocket = ({address, port}: {readonly address: string; readonly port: number}): string =>
	`${address.includes(':') ? `[${address}]` : address}:${port}${address === '::' ? ' (IPv4 as well)' : ''}`;
