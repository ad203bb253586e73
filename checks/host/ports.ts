/** What answers from outside without anybody meaning it to is how most hosts are lost. */

import {type Forward, forwards} from '#host/network/forwards.ts';
import {inetTable, rulesets} from '#host/network/rulesets.ts';
import {ifTold} from '#host/see.ts';
import {accounts} from '#host/system/accounts.ts';
import {interfaces, reachOf, shownSocket} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {portsInFiles} from '#host/system/sshd.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

const kinds = defineKinds({
	outside: {
		state: ({giveaway}) => (giveaway ? 'fail' : 'warn'),
		example: {
			door: 'tcp/5432',
			name: 'postgres',
			service: 'PostgreSQL' as string | undefined,
			/** Of those that give away data or the host where anybody may ask. */
			giveaway: true,
		},
		says: ({name, service}) => `${name}${service === undefined ? '' : ` (${service})`} answers from outside`,
		remedy: ({door}) => ({
			sentence: `Bind it to 127.0.0.1 in its own configuration, or stop it where nobody needs it (a .socket unit must be disabled as well); where others should reach it, let the firewall say who, and waive host.ports[${door}].`,
		}),
	},
	forwards: {
		state: ({giveaway}) => (giveaway ? 'fail' : 'warn'),
		example: {
			door: 'tcp/33061',
			by: 'socat',
			where: '/proc/4711/cmdline',
			to: 3306,
			service: 'MySQL' as string | undefined,
			giveaway: true,
		},
		says: ({by, to, service}) =>
			`${by} takes it from outside and hands it on to port ${to} of this host alone${service === undefined ? '' : ` (${service})`}`,
		remedy: ({door, by, where}) => ({
			sentence: `End ${by} (${where}), or bind it to 127.0.0.1, where nobody from elsewhere needs what is behind it; where they do, let the firewall say who, and waive host.ports[${door}].`,
		}),
	},
});

export const check = defineCheck({
	id: 'host.ports',
	title: 'Only what is meant to answers from outside',
	why: 'A database, a cache or an application server that listens on all addresses is found within hours. Each listener is named with its process and its unit, also the ones that systemd holds for a service that is not running.',
	reads: [
		'/proc/net/tcp, tcp6, udp, udp6: every listening socket',
		'/proc/PID/fd, comm, cgroup: who holds it',
		'/etc/ssh/sshd_config and sshd_config.d: the ports of sshd',
		'nft list ruleset: tables by which an installed stack shuts ports of its own',
		'the words of socat, ssh -L and systemd-socket-proxyd; nft list ruleset, iptables-save: destinations that are changed to 127.0.0.1',
	],
	severity: 'fail',
	layers: ['kernel'],
	source: 'The five guides: only SSH and the web server answer from outside; proc(5), tcp(7)',
	verify: 'ss -tulpn shows only these on addresses other than 127.0.0.1 and [::1].',
	facts: {listeners, interfaces, accounts, forwards},
	kinds,
	async inspect({host, facts, expect}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the sockets of the running host'});
		const meant = new Set([80, 443, ...(await portsInFiles(host))].map(port => `tcp/${port}`));
		const outside = facts.listeners.filter(
			one => !isHousekeeping(one) && ['network', 'everywhere'].includes(reachOf(one.address, facts.interfaces)),
		);
		// A database on a port of the web is none.
		const isMeant = (one: Listener): boolean =>
			meant.has(doorOf(one)) && programs[one.process?.name ?? ''] === undefined;
		const shut = await shutBy(expect as readonly unknown[] as readonly Shut[], host);
		const doors = [...Map.groupBy(outside, doorOf)].filter(([door, all]) => !all.every(isMeant) && !shut.has(door));
		const userName = (uid: number): string =>
			[...facts.accounts.users.values()].find(one => one.uid === uid)?.name ?? `user ${uid}`;
		const passed = facts.forwards
			.filter(one => one.isRule || doors.some(([door]) => door === `tcp/${one.port}`) || meant.has(`tcp/${one.port}`))
			.map(one => forwarded(one, facts.listeners));
		const passedDoors = new Set(passed.map(({item}) => item));
		const others = doors.filter(([door]) => !passedDoors.has(door));
		const intended = [...new Set(outside.map(doorOf).filter(door => meant.has(door)))];
		if (passed.length + others.length > 0)
			return findings([...passed, ...others.toSorted(byPort).map(([door, all]) => finding(door, all, userName))]);
		return [
			{
				is: 'ok',
				says: intended.length === 0 ? 'nothing answers from outside' : `only ${intended.join(', ')}`,
				expected: [...meant],
				layers: {kernel: {value: intended, where: '/proc/net'}},
			},
		];
	},
});

/** What a stack says of a table of nftables that it keeps. */
type Shut = {readonly table: string; readonly ports: readonly number[]};

/** Of the ports that a stack shuts, those that the rules of the kernel shut now. */
const shutBy = async (expected: readonly Shut[], host: Reader): Promise<ReadonlySet<string>> => {
	if (expected.length === 0) return new Set();
	const ruleset = (await ifTold(() => host.fact(rulesets)))?.nft ?? '';
	const shut = expected.flatMap(({table, ports}) => {
		const rules = inetTable(ruleset, table);
		return ports.filter(port => rules.includes(`tcp dport ${port} drop`));
	});
	return new Set(shut.map(port => `tcp/${port}`));
};

const doorOf = ({protocol, port}: Listener): string => `${protocol.slice(0, 3)}/${port}`;

const byPort = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
	Number(a.slice(4)) - Number(b.slice(4)) || (a < b ? -1 : 1);

const finding = (door: string, all: readonly Listener[], userName: (uid: number) => string): FoundOf<typeof kinds> => {
	const owner = all.find(one => one.process !== undefined)?.process;
	const known = programs[owner?.name ?? ''] ?? nobodysBusiness[door];
	const name = owner === undefined ? `a process of ${userName(all[0]?.uid ?? 0)}` : owner.name;
	// With an IPv4 socket beside it the one of IPv6 cannot be for both.
	const both = all.some(one => one.address === '0.0.0.0');
	const sockets = [...new Set(all.map(one => (both && one.address === '::' ? `[::]:${one.port}` : shownSocket(one))))];
	return {
		item: door,
		is: 'outside',
		data: {door, name, service: known, giveaway: known !== undefined && !/\/535[35]$/.test(door)},
		expected: 'only this host',
		layers: {kernel: {value: sockets.length === 1 ? sockets[0]! : sockets, where: holderOf(owner)}},
	};
};

const forwarded = ({port, to, by, where, isRule}: Forward, all: readonly Listener[]): FoundOf<typeof kinds> => {
	const behind = all.find(one => one.port === to && one.protocol.startsWith('tcp'))?.process?.name ?? '';
	const service = programs[behind] ?? nobodysBusiness[`tcp/${to}`] ?? (behind === '' ? undefined : behind);
	const door = `tcp/${port}`;
	return {
		item: door,
		is: 'forwards',
		data: {
			door,
			by,
			where,
			to,
			service,
			giveaway: programs[behind] !== undefined || nobodysBusiness[`tcp/${to}`] !== undefined,
		},
		expected: 'only this host',
		layers: {kernel: {value: `to 127.0.0.1:${to}`, where: isRule ? where : `${by}, ${where}`}},
	};
};

const holderOf = (owner: Listener['process']): string => {
	if (owner === undefined) return 'held by the kernel, or by a process that only root may look into';
	return `held by ${owner.name}, process ${owner.pid}${owner.unit === undefined ? '' : `, of ${owner.unit}`}`;
};

/** What asks rather than serves: addresses from DHCP, time, names from the neighbours, answers to our own questions on high ports. */
const isHousekeeping = ({protocol, port, process}: Listener): boolean => {
	if (!protocol.startsWith('udp')) return false;
	return (
		[68, 546, 123, 323].includes(port) ||
		(port >= 32_768 &&
			/^(systemd-timesyn|systemd-resolve|chronyd|ntpd|dhclient|avahi-daemon)/.test(process?.name ?? ''))
	);
};

/** The same by the program that listens, on whatever port: a second instance has another one. */
const programs: Readonly<Record<string, string>> = {
	dockerd: "Docker's API",
	'keydb-server': 'Redis',
	mariadbd: 'MySQL',
	memcached: 'memcached',
	mongod: 'MongoDB',
	mysqld: 'MySQL',
	postgres: 'PostgreSQL',
	'redis-sentinel': 'Redis',
	'redis-server': 'Redis',
	slapd: 'LDAP',
	supervisord: "Supervisor's web page",
	'valkey-server': 'Redis',
};

/** Services that give away data or the host where anybody may ask. */
const nobodysBusiness: Readonly<Record<string, string>> = {
	'tcp/111': 'rpcbind',
	'udp/111': 'rpcbind',
	'tcp/389': 'LDAP',
	'tcp/445': 'SMB',
	'tcp/2049': 'NFS',
	'tcp/2375': "Docker's API",
	'tcp/5355': 'LLMNR',
	'udp/5355': 'LLMNR',
	'udp/5353': 'mDNS',
	'tcp/3306': 'MySQL',
	'tcp/5432': 'PostgreSQL',
	'tcp/6379': 'Redis',
	'tcp/9001': "Supervisor's web page",
	'tcp/9200': 'Elasticsearch',
	'tcp/11211': 'memcached',
	'udp/11211': 'memcached',
	'tcp/27017': 'MongoDB',
};
