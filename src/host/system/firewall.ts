/** Which firewall this host is told to have, and which one its kernel has. */
import type {Fact, Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {guestInterfaces} from '../network/guest-interfaces.ts';
import {rulesets} from '../network/rulesets.ts';
import {unitState} from '../units/units.ts';
import {filtersInSave, filtersOf} from './packet-rules.ts';

export type Firewall = {
	/** What would set one up at boot: `ufw`, `nftables.service`. */
	readonly configured: readonly {readonly name: string; readonly where: string}[];
	/** What the kernel does with what comes in, by address family; or why that cannot be seen. */
	readonly kernel: {readonly ip4: boolean; readonly ip6: boolean; readonly where: string} | Unknown;
};

/** Throws nothing but what a reader throws; what only root may see is in `kernel`. */
export const firewall: Fact<Firewall> = {
	id: 'firewall',
	async read(host) {
		const [configured, kernel] = await Promise.all([host.fact(firewallsConfigured), kernelOf(host)]);
		return {configured, kernel};
	},
};

/** The first half of it, which costs no program: what would set one up at boot. */
export const firewallsConfigured: Fact<Firewall['configured']> = {
	id: 'firewalls-configured',
	read: host => configuredIn(host),
};

const services = ['nftables', 'netfilter-persistent', 'firewalld', 'ferm', 'shorewall'];

const configuredIn = async (host: Reader): Promise<Firewall['configured']> => {
	const ufw = (await textOf(host, '/etc/ufw/ufw.conf').catch(() => undefined)) ?? '';
	const units = await Promise.all(
		services.map(async name => {
			const state = await unitState(`${name}.service`, host).catch(() => undefined);
			return state?.load === 'loaded' && state.enabled === true
				? [{name: `${name}.service`, where: `systemctl is-enabled ${name}.service`}]
				: [];
		}),
	);
	const line = ufw.split('\n').findIndex(one => /^ENABLED\s*=\s*yes/i.test(one)) + 1;
	return [...(line > 0 ? [{name: 'ufw', where: `/etc/ufw/ufw.conf:${line}`}] : []), ...units.flat()];
};

/** nft shows its own rules and those of iptables-nft; the older iptables has tables of its own. */
const kernelOf = async (host: Reader): Promise<Firewall['kernel']> => {
	if (host.root !== '/') return {because: 'offline-root', need: 'the rules of the running kernel'};
	if (process.getuid?.() !== 0) return {because: 'needs-root', need: "the kernel's rules may only be read by root"};
	const {nft, ip4, ip6} = await host.fact(rulesets);
	if (nft === undefined && ip4 === undefined)
		return {because: 'no-tool', need: 'neither nft nor iptables is there to read the rules with'};
	const {prefixes, present} = await host.fact(guestInterfaces);
	const isInside = (name: string): boolean => present.includes(name) || prefixes.some(one => name.startsWith(one));
	const inNft = filtersOf(nft ?? '', isInside);
	return {
		ip4: inNft.ip4 || filtersInSave(ip4 ?? '', 4, isInside),
		ip6: inNft.ip6 || filtersInSave(ip6 ?? '', 6, isInside),
		where: nft === undefined ? 'iptables-save' : 'nft list ruleset',
	};
};
