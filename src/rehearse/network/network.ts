/**
 * The network of a throw-away host: a wire of its own, behind this machine's address. A copy of production must not send
 * production's mail or write to its remote database, so only names, web, git and what the answers name may leave; the rest is refused at once.
 */
import {lookup} from 'node:dns/promises';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fetchVariables} from '#host/outgoing/way-out.ts';
import {recordsDir} from '../made-so-far.ts';
import {tool} from '../tool.ts';
import {addressOf, oursOf, subnetOf, vethOf} from './addresses.ts';
import {forgetForwarding} from './forget.ts';
import {type Resolver, resolverFor} from './nameservers.ts';

/** Something outside that may be reached: a host (name or IPv4 address) and a port. */
export type Allow = {readonly host: string; readonly port: number; readonly protocol?: 'tcp' | 'udp'};

/** 'none': nothing leaves, the host can only be reached from here. */
export type NetworkPolicy = 'none' | {readonly allow?: readonly Allow[]};

/** TCP ports that may be reached anywhere: HTTP, HTTPS, git. */
const open = [80, 443, 9418];

/** Lays the wire between this machine and the namespace of `guard` and sets the filter. Gives how names are resolved. */
export const connectHost = async (slot: number, guard: number, policy: NetworkPolicy): Promise<Resolver> => {
	const veth = vethOf(slot);
	const resolver = resolverFor(oursOf(slot));
	await tool(['iptables-restore', '-w', '--noflush'], {
		stdin: rulesFor(
			slot,
			resolver,
			policy === 'none' ? undefined : await addressed([...(policy.allow ?? []), ...proxies()]),
		),
	});
	await tool(['ip', '-batch', '-'], {
		stdin: [
			`link add ${veth} mtu ${uplinkMtu()} type veth peer name eth0 mtu ${uplinkMtu()} netns ${guard}`,
			`addr add ${oursOf(slot)}/30 dev ${veth}`,
			'',
		].join('\n'),
	});
	// A link-local IPv6 address would be a way round the filter to services of this machine.
	const ipv6 = `/proc/sys/net/ipv6/conf/${veth}/disable_ipv6`;
	if (existsSync(ipv6)) writeFileSync(ipv6, '1');
	await tool(['ip', 'link', 'set', veth, 'up']);
	await tool(['nsenter', `--net=/proc/${guard}/ns/net`, 'ip', '-batch', '-'], {
		stdin: [
			'link set lo up',
			`addr add ${addressOf(slot)}/30 dev eth0`,
			'link set eth0 up',
			// Where nothing leaves there is no way out either, and whoever looks at the routes knows.
			...(policy === 'none' ? [] : [`route add default via ${oursOf(slot)}`]),
			'',
		].join('\n'),
	});
	await forgetForwarding(guard);
	if (policy !== 'none') switchForwardingOn();
	return resolver;
};

/** The filter as iptables-restore reads it. Exported for its test. */
export const rulesFor = (
	slot: number,
	resolver: Resolver,
	allow: readonly Allow[] | undefined,
	operators: readonly number[] = whoCalled(),
): string => {
	const veth = vethOf(slot);
	const dns = resolver.servers.flatMap(server =>
		(['udp', 'tcp'] as const).map((protocol): Allow => ({host: server, port: 53, protocol})),
	);
	const one =
		(chain: string) =>
		({host, port, protocol = 'tcp'}: Allow): string =>
			`-A ${veth}-${chain} -d ${host} -p ${protocol} --dport ${port} -j ACCEPT`;
	const back = (chain: string): string => `-A ${veth}-${chain} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`;
	const refuse = (chain: string): readonly string[] => [
		`-A ${veth}-${chain} -p tcp -j REJECT --reject-with tcp-reset`,
		`-A ${veth}-${chain} -j REJECT --reject-with icmp-admin-prohibited`,
	];
	return [
		'*filter',
		...['out', 'in', 'host', 'here'].map(chain => `:${veth}-${chain} - [0:0]`),
		back('out'),
		...(allow
			? [
					...[...dns, ...allow].map(one('out')),
					`-A ${veth}-out -p tcp -m multiport --dports ${open.join(',')} -j ACCEPT`,
				]
			: []),
		...refuse('out'),
		back('in'),
		...refuse('in'),
		back('host'),
		...(allow ? [...dns, ...allow].map(one('host')) : []),
		...refuse('host'),
		...onlyFrom(veth, operators),
		`-I FORWARD 1 -i ${veth} -j ${veth}-out`,
		`-I FORWARD 1 -o ${veth} -j ${veth}-in`,
		`-I INPUT 1 -i ${veth} -j ${veth}-host`,
		`-I OUTPUT 1 -o ${veth} -j ${veth}-here`,
		'COMMIT',
		'*nat',
		`-A POSTROUTING -s ${subnetOf(slot)} ! -o ${veth} -j MASQUERADE`,
		'COMMIT',
		'',
	].join('\n');
};

/** The services of a copy have the answers' secrets, and are half-made for as long as it is installed: no other account of this host begins a connection to them. */
const onlyFrom = (veth: string, operators: readonly number[]): readonly string[] => [
	`-A ${veth}-here -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
	...operators.map(uid => `-A ${veth}-here -m owner --uid-owner ${uid} -j RETURN`),
	`-A ${veth}-here -p tcp -m owner --uid-owner 1-4294967294 -j REJECT --reject-with tcp-reset`,
	`-A ${veth}-here -m owner --uid-owner 1-4294967294 -j REJECT --reject-with icmp-admin-prohibited`,
];

/** Who called sudo may look at what they rehearse. */
const whoCalled = (): readonly number[] => {
	const uid = Number(process.env['SUDO_UID'] ?? '');
	return Number.isSafeInteger(uid) && uid > 0 ? [uid] : [];
};

/** Names become addresses here, once: a name server inside could say anything. */
const addressed = async (allow: readonly Allow[]): Promise<readonly Allow[]> =>
	(
		await Promise.all(
			allow.map(async one => {
				const found = await lookup(one.host, {all: true, family: 4}).catch(() => []);
				return found.map(({address}): Allow => ({...one, host: address}));
			}),
		)
	).flat();

/** The proxies that the answers or the environment name, which programs inside will use as well. */
const proxies = (): readonly Allow[] =>
	['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'].flatMap(name => {
		const value = fetchVariables()[name] ?? process.env[name];
		const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
		return url ? [{host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80))}] : [];
	});

/** The guard of the last host puts it back. */
const switchForwardingOn = (): void => {
	const path = '/proc/sys/net/ipv4/ip_forward';
	if (readFileSync(path, 'utf8').trim() === '1') return;
	writeFileSync(join(recordsDir, 'forwarding'), 'was 0\n', {mode: 0o600});
	writeFileSync(path, '1');
};

const uplinkMtu = (): number => {
	const line = readFileSync('/proc/net/route', 'utf8')
		.split('\n')
		.map(one => one.split('\t'))
		.find(fields => fields[1] === '00000000');
	const path = `/sys/class/net/${line?.[0]}/mtu`;
	return line && existsSync(path) ? Number(readFileSync(path, 'utf8')) : 1500;
};
