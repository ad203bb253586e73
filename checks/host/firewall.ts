/** A firewall that is only in its file, or only in the kernel until the next boot, is worse than none: everybody believes in it. */

import {isSeen} from '#host/see.ts';
import {type Firewall, firewall} from '#host/system/firewall.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type Seen} from '#model/finding.ts';
import type {Unknown} from '#model/unknown.ts';
import {Blocked} from '#model/unknown.ts';

const kinds = defineKinds({
	none: {
		state: 'warn',
		says: 'no firewall is set up',
		remedy: {
			sentence:
				'Install ufw, allow SSH (ufw allow OpenSSH) and the web server first, then ufw enable. Where a cloud security group or a router filters before this host, waive it.',
		},
	},
	kernelOnly: {
		state: 'warn',
		says: 'in the kernel only: nothing sets it up at the next boot',
		remedy: {
			sentence: 'Write what is in the kernel (nft list ruleset) to /etc/nftables.conf and enable nftables.service.',
		},
	},
	open: {
		state: 'fail',
		example: {names: ['nftables.service'] as readonly string[]},
		says: ({names}) => `${names.join(' and ')} is enabled, and the kernel lets everything in`,
		remedy: ({names: [name = 'nftables.service']}) => ({
			sentence: `Load its rules again; where they hold no chain with hook input (Debian's own nftables.conf drops nothing), write one that lets SSH in first.`,
			// A restart of nftables.service takes Docker's rules along.
			commands: [['systemctl', 'reload-or-restart', name.endsWith('.service') ? name : `${name}.service`]],
		}),
	},
	several: {
		state: 'warn',
		example: {names: ['ufw', 'nftables.service'] as readonly string[]},
		says: ({names}) =>
			`${names.join(' and ')} are both enabled: the one that starts last may take the other's rules away`,
		remedy: {sentence: 'Keep one, and disable the others.'},
	},
	half: {
		state: 'warn',
		example: {version: 6},
		says: ({version}) => `IPv${version} is not filtered`,
		remedy: {
			sentence: 'Use a table of family inet, which is for both; with ufw, IPV6=yes in /etc/default/ufw.',
		},
	},
});

export const check = defineCheck({
	id: 'host.firewall',
	title: 'A firewall is set up, and the kernel has it',
	why: 'A firewall is the second lock: it holds when a service listens where it should not. It must be set up to start at boot, be in the kernel now, and cover IPv6 as well.',
	reads: [
		'/etc/ufw/ufw.conf',
		'systemctl show of nftables, netfilter-persistent, firewalld, ferm, shorewall',
		'nft list ruleset, iptables-save, ip6tables-save',
	],
	severity: 'warn',
	layers: ['file', 'kernel'],
	source: 'Debian wiki, "nftables" and "Uncomplicated Firewall (ufw)"; nft(8)',
	verify: 'nft list ruleset shows a chain with hook input that drops or rejects; ufw status.',
	facts: {firewall},
	kinds,
	async inspect({facts}) {
		const {configured, kernel} = facts.firewall;
		const layers = {file: fileLayer(configured), kernel: kernelLayer(kernel)};
		const sight = {expected: 'filters what comes in, IPv4 and IPv6', layers};
		const names = configured.map(one => one.name);
		if (!isSeen(layers.kernel)) {
			if (configured.length > 0) throw new Blocked(layers.kernel);
			return [{...sight, is: 'none'}];
		}
		const {ip4, ip6} = kernel as {readonly ip4: boolean; readonly ip6: boolean};
		const [first] = names;
		if (first === undefined) return [ip4 || ip6 ? {...sight, is: 'kernelOnly'} : {...sight, is: 'none'}];
		if (!ip4 && !ip6) return [{...sight, is: 'open', data: {names}}];
		if (names.length > 1) return [{...sight, is: 'several', data: {names}}];
		if (!ip4 || !ip6) return [{...sight, is: 'half', data: {version: ip4 ? 6 : 4}}];
		return [{...sight, is: 'ok', says: first}];
	},
});

const fileLayer = (configured: Firewall['configured']): Seen => ({
	value: configured.map(one => one.name),
	where:
		configured.map(one => one.where).join(', ') ||
		'/etc/ufw/ufw.conf, systemctl is-enabled nftables.service and others',
});

const kernelLayer = (kernel: Firewall['kernel']): Seen | Unknown =>
	'because' in kernel
		? kernel
		: {
				value:
					kernel.ip4 && kernel.ip6
						? 'filters IPv4 and IPv6'
						: kernel.ip4
							? 'filters IPv4'
							: kernel.ip6
								? 'filters IPv6'
								: 'lets everything in',
				where: kernel.where,
			};
