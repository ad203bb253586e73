/** Redis does not start on an address that is not there yet, and PostgreSQL starts without it and says so in its log only: both after a reboot, not before. */

import {type Bringer, bringerOf} from '#host/network/brings-up.ts';
import {type NetworkServer, networkServers} from '#host/network/servers.ts';
import {type Order, orderOf} from '#host/network/waits-for-address.ts';
import {noOpenslides, openslidesPlace} from '#host/openslides/backend.ts';
import {isSeen, see, seeAs} from '#host/see.ts';
import {interfaces, shownSocket} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Layers} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';
import {tcpOn} from '../shared/kernel-bound.ts';

const sysctl = '/etc/sysctl.d/60-host-setup-nonlocal-bind.conf';

const kinds = defineKinds({
	kernelOnly: {
		state: 'fail',
		example: {address: '192.168.56.2'},
		says: ({address}) => `changed in the kernel, not in a file: nothing brings ${address} up at the next boot`,
		remedy: ({address}) => ({
			sentence: `Write it down: a stanza with auto and address ${address} in /etc/network/interfaces, as the guide has it for tap0.`,
		}),
	},
	missing: {
		state: 'fail',
		example: {address: '192.168.56.2', says: 'no interface has 192.168.56.2, and nothing brings it up'},
		says: ({says}) => says,
		remedy: ({address}) => ({
			sentence: `Bring the interface with ${address} up (the guide has tap0 for it: ifup tap0), and see that its stanza is auto.`,
		}),
	},
	tooLate: {
		state: 'fail',
		example: {address: '192.168.56.2', name: 'Redis', says: 'it does not wait for it'},
		says: ({address, name, says}) => `after the next boot ${name} may start before ${address} is there: ${says}`,
		remedy: {
			sentence: `Let the kernel bind addresses that are still to come (net.ipv4.ip_nonlocal_bind = 1 in ${sysctl}), or bring the interface up by an auto stanza of /etc/network/interfaces.`,
		},
		fix: () => [
			file({
				path: sysctl,
				text: '# Redis and PostgreSQL listen on an address that may come up after them.\nnet.ipv4.ip_nonlocal_bind = 1\n',
			}),
			unit({name: 'systemd-sysctl.service', running: true, files: [sysctl]}, {needs: [`path:${sysctl}`]}),
		],
	},
	startedBefore: {
		state: 'fail',
		example: {name: 'Redis', unit: 'redis-server.service'},
		says: ({name}) => `${name} does not listen on it: it started before the address was there`,
		remedy: ({unit: name}) => ({
			sentence: 'Restart the server, now that the address is there.',
			commands: [['systemctl', 'restart', name]],
		}),
		fix: ({unit: name}) => [unit({name, running: true, notBefore: Date.now()})],
	},
});

export const check = defineCheck({
	id: 'openslides.network',
	title: "The containers' network is up before Redis and PostgreSQL need it",
	why: 'Both are told to listen on the address of the containers. After a boot Redis fails where the address is not there yet, and PostgreSQL goes on without it. Either the interface is up before them, or the kernel lets them bind an address that is still to come (net.ipv4.ip_nonlocal_bind).',
	reads: [
		'bind of redis.conf, listen_addresses of each cluster',
		'the interfaces of this host, /proc/net/tcp and tcp6',
		'/etc/network/interfaces and interfaces.d, /etc/systemd/network, /etc/netplan, NetworkManager: what brings the address up',
		'systemctl show --property=After of redis-server and the cluster; /proc/sys/net/ipv4/ip_nonlocal_bind',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	source:
		'OpenSlides guide, "Configure Redis" (TAP interface), "Configure PostgreSQL"; ip-sysctl, ip_nonlocal_bind; postgresql.conf, listen_addresses',
	verify: 'reboot, then ss -ltn shows the address with both ports; systemd-analyze critical-chain redis-server.service',
	facts: {place: openslidesPlace, servers: networkServers, interfaces, listeners},
	kinds,
	appliesTo: ({facts}) =>
		facts.place === 'absent'
			? noOpenslides
			: facts.servers.length > 0 || 'neither Redis nor PostgreSQL is told to listen on an address beyond the loopback',
	async inspect({host, facts}) {
		const pairs = facts.servers.flatMap(server => server.addresses.map(address => ({server, address})));
		const known = await seeAs(() => facts.interfaces);
		const all = await Promise.all(
			pairs.map(async ({server, address}) => {
				const kernel = await see(() => ({
					value: interfaceOf(known, address) ?? 'no interface',
					where: 'the addresses of this host',
				}));
				const bringer = (await bringerOf(address, host)) ?? dockerFor(kernel);
				return [
					bootFinding(server, address, await orderOf(server.unit, address, bringer, host), kernel, bringer),
					...nowFinding(server, address, kernel, await seeAs(() => facts.listeners)),
				];
			}),
		);
		return findings(all.flat());
	},
});

const interfaceOf = (
	known: ReadonlyMap<string, string> | {readonly because: string},
	address: string,
): string | undefined => {
	if ('because' in known) throw new Blocked(known as Blocked['why']);
	return known.get(address);
};

/** Docker makes its bridges itself, late. */
const dockerFor = (kernel: NonNullable<Layers['kernel']>): Bringer | undefined =>
	isSeen(kernel) && /^(docker0|br-)/.test(String(kernel.value))
		? {how: 'Docker', where: `the interface ${String(kernel.value)}`, before: 'docker.service'}
		: undefined;

type NetworkFinding = FoundOf<typeof kinds>;

const bootFinding = (
	server: NetworkServer,
	address: string,
	order: Order | Blocked['why'],
	kernel: NonNullable<Layers['kernel']>,
	bringer: Bringer | undefined,
): NetworkFinding => {
	const there = isSeen(kernel) ? kernel.value !== 'no interface' : undefined;
	const sure = 'sure' in order ? order.sure : undefined;
	const name = server.name;
	const told =
		sure === undefined || sure || (there === undefined && bringer === undefined)
			? ({is: 'ok'} as const)
			: bringer !== undefined
				? ({is: 'tooLate', data: {address, name, says: (order as Order).says}} as const)
				: there === false
					? ({is: 'missing', data: {address, says: `no interface has ${address}, and nothing brings it up`}} as const)
					: ({is: 'kernelOnly', data: {address}} as const);
	return {
		item: `${address} boot ${server.name}`,
		...told,
		expected: `${address} is up before ${server.name}, or may be bound before`,
		layers: {
			file: {
				value:
					bringer === undefined
						? 'nothing brings it up'
						: `${bringer.how}${bringer.late === undefined ? '' : `: ${bringer.late}`}`,
				where: bringer?.where ?? '/etc/network/interfaces and its like',
			},
			runtime: 'sure' in order ? {value: order.says, where: order.where} : order,
			kernel,
		},
	};
};

/** Nothing is said of a server that is down: its own check does. */
const nowFinding = (
	server: NetworkServer,
	address: string,
	kernel: NonNullable<Layers['kernel']>,
	all: readonly Listener[] | Blocked['why'],
): readonly NetworkFinding[] => {
	const item = `${address} now ${server.name}`;
	const expected = `${server.name} answers on ${address}`;
	const told = {value: server.addresses.join(' '), where: server.where};
	const {name} = server;
	if ('because' in all) return [{item, is: 'ok', expected, layers: {file: told, kernel: all}}];
	const there = tcpOn(all, server.port);
	const missing = isSeen(kernel) && kernel.value === 'no interface';
	const lacking = {
		is: 'missing',
		data: {address, says: `no interface has ${address}, which ${name} is told to listen on`},
	} as const;
	if (there.length === 0) return missing ? [{item, ...lacking, expected, layers: {file: told, kernel}}] : [];
	const answers = there.some(one => [address, '0.0.0.0', '::'].includes(one.address));
	return [
		{
			item,
			...(missing ? lacking : answers ? {is: 'ok'} : {is: 'startedBefore', data: {name, unit: server.unit}}),
			expected,
			layers: {file: told, kernel: {value: there.map(shownSocket), where: '/proc/net/tcp, tcp6'}},
		},
	];
};
