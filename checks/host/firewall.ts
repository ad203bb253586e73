/** A firewall that is only in its file, or only in the kernel until the next boot, is worse than none: everybody believes in it. */

import {isSeen} from '#host/see.ts';
import {type Firewall, firewall} from '#host/system/firewall.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding, Seen} from '#model/finding.ts';
import type {Unknown} from '#model/unknown.ts';
import {Blocked} from '#model/unknown.ts';

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
	async inspect({facts}) {
		const {configured, kernel} = facts.firewall;
		const layers = {file: fileLayer(configured), kernel: kernelLayer(kernel)};
		const finding = (state: Finding['state'], says: string): readonly [Finding] => [
			{state, says, expected: 'filters what comes in, IPv4 and IPv6', layers},
		];
		const names = configured.map(one => one.name).join(' and ');
		if (!isSeen(layers.kernel)) {
			if (configured.length > 0 && layers.kernel !== undefined) throw new Blocked(layers.kernel);
			return finding('warn', 'no firewall is set up');
		}
		const {ip4, ip6} = kernel as {readonly ip4: boolean; readonly ip6: boolean};
		if (configured.length === 0)
			return finding(
				'warn',
				ip4 || ip6 ? 'in the kernel only: nothing sets it up at the next boot' : 'no firewall is set up',
			);
		if (!ip4 && !ip6) return finding('fail', `${names} is enabled, and the kernel lets everything in`);
		if (configured.length > 1)
			return finding('warn', `${names} are both enabled: the one that starts last may take the other's rules away`);
		if (!ip4) return finding('warn', 'IPv4 is not filtered');
		if (!ip6) return finding('warn', 'IPv6 is not filtered');
		return finding('ok', names);
	},
	remedy: ({says = '', layers}) => {
		if (/lets everything in/.test(says)) {
			const unit = unitOf(layers);
			return {
				sentence: `Load its rules again; where they hold no chain with hook input (Debian's own nftables.conf drops nothing), write one that lets SSH in first.`,
				commands: [['systemctl', 'restart', unit]],
			};
		}
		if (/in the kernel only/.test(says))
			return {
				sentence: 'Write what is in the kernel (nft list ruleset) to /etc/nftables.conf and enable nftables.service.',
			};
		if (/both enabled/.test(says)) return {sentence: 'Keep one, and disable the others.'};
		if (/IPv\d/.test(says))
			return {sentence: 'Use a table of family inet, which is for both; with ufw, IPV6=yes in /etc/default/ufw.'};
		return {
			sentence:
				'Install ufw, allow SSH (ufw allow OpenSSH) and the web server first, then ufw enable. Where a cloud security group or a router filters before this host, waive it.',
		};
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

const unitOf = (layers: Finding['layers']): string => {
	const value = isSeen(layers.file) && Array.isArray(layers.file.value) ? layers.file.value : [];
	const name = String(value[0] ?? 'nftables.service');
	return name.endsWith('.service') ? name : `${name}.service`;
};
