/** What brings an address up when the host starts, by the files of ifupdown, systemd-networkd, netplan and NetworkManager, or by Docker. */

import {trimmed} from '#edit/blanks.ts';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

/** `before`: the unit that has brought it up when it is done; undefined where no unit waits for it. */
export type Bringer = {
	readonly how: string;
	readonly where: string;
	readonly interface?: string;
	readonly before: string | undefined;
	readonly late?: string;
};

/** Undefined where nothing does. Throws what a reader throws of files that anybody may read. */
export const bringerOf = async (address: string, host: Reader): Promise<Bringer | undefined> => {
	const ifupdown = await inFiles(
		host,
		['/etc/network/interfaces', ...(await namesIn(host, '/etc/network/interfaces.d', /^[\w-]+(\.cfg)?$/))],
		(text, path) => ifupdownIn(text, path, address),
	);
	if (ifupdown) return ifupdown;
	const networkd = await inFiles(
		host,
		[
			...(await namesIn(host, '/etc/systemd/network', /\.network$/)),
			...(await namesIn(host, '/run/systemd/network', /\.network$/)),
		],
		(text, path) =>
			plainIn(text, path, address, {how: 'systemd-networkd', before: 'systemd-networkd-wait-online.service'}),
	);
	if (networkd) return networkd;
	const netplan = await inFiles(host, await namesIn(host, '/etc/netplan', /\.yaml$/), (text, path) =>
		plainIn(text, path, address, {how: 'netplan', before: 'network-online.target'}),
	);
	if (netplan) return netplan;
	const manager = await inFiles(
		host,
		await namesIn(host, '/etc/NetworkManager/system-connections', /\.nmconnection$/),
		(text, path) => plainIn(text, path, address, {how: 'NetworkManager', before: 'NetworkManager-wait-online.service'}),
	);
	return manager;
};

/** A stanza of interfaces(5) that has the address, and whether its interface comes up by itself. */
export const ifupdownIn = (text: string, path: string, address: string): Bringer | undefined => {
	const lines = text.split('\n');
	let name: string | undefined;
	let found: {readonly name: string; readonly line: number} | undefined;
	const auto = new Set<string>();
	const plugged = new Set<string>();
	for (const [index, line] of lines.entries()) {
		const [word = '', ...rest] = trimmed(line).split(/[ \t\v\f\r\n]+/);
		if (word === 'iface') name = rest[0];
		else if (word === 'auto' || word === 'allow-auto') for (const one of rest) auto.add(one);
		else if (word === 'allow-hotplug') for (const one of rest) plugged.add(one);
		else if (word === 'address' && name !== undefined && rest[0]?.split('/')[0] === address)
			found = {name, line: index + 1};
	}
	if (found === undefined) return undefined;
	const base = {how: 'ifupdown', where: `${path}:${found.line}`, interface: found.name};
	if (auto.has(found.name)) return {...base, before: 'networking.service'};
	return {
		...base,
		before: undefined,
		late: plugged.has(found.name)
			? `${found.name} is allow-hotplug, which nothing waits for`
			: `${found.name} is not auto: nothing brings it up at boot`,
	};
};

const plainIn = (
	text: string,
	path: string,
	address: string,
	bringer: Pick<Bringer, 'how' | 'before'>,
): Bringer | undefined => {
	const line = text
		.split('\n')
		.findIndex(one => !/^[ \t\v\f\r\n]*[#;]/.test(one) && one.split(/[ \t\v\f\r\n=,;"'[\]/]+/).includes(address));
	return line < 0 ? undefined : {...bringer, where: `${path}:${line + 1}`};
};

const namesIn = async (host: Reader, directory: string, pattern: RegExp): Promise<readonly string[]> =>
	((await ifTold(() => host.list(directory))) ?? [])
		.filter(name => pattern.test(name))
		.map(name => `${directory}/${name}`);

const inFiles = async (
	host: Reader,
	paths: readonly string[],
	look: (text: string, path: string) => Bringer | undefined,
): Promise<Bringer | undefined> => {
	for (const path of paths) {
		// A connection of NetworkManager is for root alone: it is one that we cannot tell of.
		const found = look((await ifTold(() => textOf(host, path))) ?? '', path);
		if (found) return found;
	}
	return undefined;
};
