/** What answers from outside without anybody meaning it to is how most hosts are lost. */

import {accounts} from '#host/system/accounts.ts';
import {interfaces, reachOf, shownSocket} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {portsInFiles} from '#host/system/sshd.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';

export const check = defineCheck({
	id: 'host.ports',
	title: 'Only what is meant to answers from outside',
	why: 'A database, a cache or an application server that listens on all addresses is found within hours. Each listener is named with its process and its unit, also the ones that systemd holds for a service that is not running.',
	reads: [
		'/proc/net/tcp, tcp6, udp, udp6: every listening socket',
		'/proc/PID/fd, comm, cgroup: who holds it',
		'/etc/ssh/sshd_config and sshd_config.d: the ports of sshd',
	],
	severity: 'fail',
	layers: ['kernel'],
	source: 'The five guides: only SSH and the web server answer from outside; proc(5), tcp(7)',
	verify: 'ss -tulpn shows only these on addresses other than 127.0.0.1 and [::1].',
	facts: {listeners, interfaces, accounts},
	async inspect({host, facts}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the sockets of the running host'});
		const meant = new Set([80, 443, ...(await portsInFiles(host))].map(port => `tcp/${port}`));
		const outside = facts.listeners.filter(
			one => !isHousekeeping(one) && ['network', 'everywhere'].includes(reachOf(one.address, facts.interfaces)),
		);
		const doors = [...Map.groupBy(outside, doorOf)].filter(([door]) => !meant.has(door));
		const userName = (uid: number): string =>
			[...facts.accounts.users.values()].find(one => one.uid === uid)?.name ?? `user ${uid}`;
		const intended = [...new Set(outside.map(doorOf).filter(door => meant.has(door)))];
		if (doors.length > 0) return findings(doors.toSorted(byPort).map(([door, all]) => finding(door, all, userName)));
		return [
			{
				state: 'ok',
				says: intended.length === 0 ? 'nothing answers from outside' : `only ${intended.join(', ')}`,
				expected: [...meant],
				layers: {kernel: {value: intended, where: '/proc/net'}},
			},
		];
	},
	remedy: ({item = ''}) => ({
		sentence: `Bind it to 127.0.0.1 in its own configuration, or stop it where nobody needs it (a .socket unit must be disabled as well); where others should reach it, let the firewall say who, and waive host.ports[${item}].`,
	}),
});

const doorOf = ({protocol, port}: Listener): string => `${protocol.slice(0, 3)}/${port}`;

const byPort = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
	Number(a.slice(4)) - Number(b.slice(4)) || (a < b ? -1 : 1);

const finding = (door: string, all: readonly Listener[], userName: (uid: number) => string): Finding => {
	const owner = all.find(one => one.process !== undefined)?.process;
	const known = nobodysBusiness[door];
	const name = owner === undefined ? `a process of ${userName(all[0]?.uid ?? 0)}` : owner.name;
	// With an IPv4 socket beside it the one of IPv6 cannot be for both.
	const both = all.some(one => one.address === '0.0.0.0');
	const sockets = [...new Set(all.map(one => (both && one.address === '::' ? `[::]:${one.port}` : shownSocket(one))))];
	return {
		item: door,
		state: known === undefined || /\/535[35]$/.test(door) ? 'warn' : 'fail',
		says: `${name}${known === undefined ? '' : ` (${known})`} answers from outside`,
		expected: 'only this host',
		layers: {kernel: {value: sockets.length === 1 ? sockets[0]! : sockets, where: holderOf(owner)}},
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
