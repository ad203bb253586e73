/**
 * A bridge that keeps its address. A container engine takes a bridge away when the last container goes, and the address on which servers listen
 * with it; a member that stays keeps both. The files say it for the next boot; this brings it up now, and looks at the kernel.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type BridgeSpec = {
	readonly name: string;
	/** The member that stays. */
	readonly member: string;
	readonly address: string;
	readonly prefix: number;
	/** What reads the files. */
	readonly by: 'ifupdown' | 'networkd';
};
export type BridgeState = {
	/** Of the bridge, `172.16.28.1/24`. */
	readonly addresses: readonly string[];
	readonly there: boolean;
	readonly up: boolean;
	/** The bridge of the member; null where it is in none, undefined where it is not there. */
	readonly master: string | null | undefined;
};

/** The bridge, up, with its address and its member. Needs the files that say so. Provides `iface:NAME`. */
export const bridge = (spec: BridgeSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		bridgeType,
		withEdges(
			{
				id: `bridge:${spec.name}`,
				provides: [`iface:${spec.name}`],
				locks: ['network'],
				title: `the bridge ${spec.name}`,
			},
			edges,
		),
		spec,
	);

export const bridgeType: ResourceType<BridgeSpec, BridgeState> = {
	name: 'network-interface',
	settle: 10,
	async inspect({name, member}, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the interfaces of the running kernel'});
		const links = await linksNow(host);
		const [one, other] = [links.get(name), links.get(member)];
		return {
			there: one !== undefined,
			up: one?.flags?.includes('UP') === true,
			addresses: (one?.addr_info ?? [])
				.filter(({family}) => family === 'inet')
				.map(at => `${at.local}/${at.prefixlen}`),
			master: other === undefined ? undefined : (other.master ?? null),
		};
	},
	diff({name, member, address, prefix}, state) {
		const wanted = `${address}/${prefix}`;
		if (state === 'absent' || !state.there)
			return [{what: `bridge ${name}`, from: null, to: `up, with ${wanted} and the member ${member}`}];
		return [
			...(state.up ? [] : [{what: name, from: 'down', to: 'up'}]),
			...(state.addresses.includes(wanted)
				? []
				: [{what: `address of ${name}`, from: state.addresses.join(', ') || null, to: wanted}]),
			...(state.master === name
				? []
				: [{what: `member ${member}`, from: state.master ?? null, to: `a port of ${name}`}]),
		];
	},
	holds: ({name, address, prefix}) => [{thing: `iface:${name}`, as: `${address}/${prefix}`}],
	undoOf: ({name, member, by}, {there}) => ({can: true, record: {name, member, by, made: !there}}),
	async apply(spec, _state, _changes, host) {
		await refuseOverlap(spec, host);
		if (spec.by === 'networkd') {
			await host.exec(['networkctl', 'reload']);
			await host.exec(['networkctl', 'reconfigure', spec.name], {codes: [0, 1]});
			// It plugs in a member that it makes, and not always one that is there already.
			if (await comesUp(spec, host)) return;
			await host.exec(['ip', 'link', 'set', 'dev', spec.member, 'master', spec.name], {codes: [0, 1, 2]});
			await host.exec(['ip', 'link', 'set', 'dev', spec.member, 'up'], {codes: [0, 1, 2]});
			return;
		}
		// What is half up is taken down first: ifup does nothing for what it believes to be up.
		for (const one of [spec.name, spec.member]) await host.exec(['ifdown', '--force', one], {codes: [0, 1]});
		await host.exec(['ifup', spec.member, spec.name]);
	},
	rereads: () => true,
	async undo(raw, host) {
		const {name, member, made} = raw as Made;
		const links = await linksNow(host);
		if (!made || !links.has(name)) return {outcome: 'already'};
		const others = [...links].filter(([one, link]) => link.master === name && one !== member).map(([one]) => one);
		if (others.length > 0) return {outcome: 'kept', why: `${others.join(', ')} is plugged into ${name}`};
		for (const one of [member, name]) if (links.has(one)) await host.exec(['ip', 'link', 'delete', one]);
		return {outcome: 'undone'};
	},
};

type Made = {readonly name: string; readonly member: string; readonly made: boolean} & {readonly [key: string]: Json};

type Link = {
	readonly ifname: string;
	readonly flags?: readonly string[];
	readonly master?: string;
	readonly addr_info?: readonly {readonly family: string; readonly local: string; readonly prefixlen: number}[];
};

const linksNow = async (host: Reader): Promise<ReadonlyMap<string, Link>> => {
	const all = JSON.parse((await host.query(['ip', '-json', 'address', 'show'])) || '[]') as readonly Link[];
	return new Map(all.filter(({ifname}) => ifname !== undefined).map(link => [link.ifname, link]));
};

/** Is the member plugged in and the bridge configured, some seconds later at the latest? networkd goes on long after `networkctl` is back. */
const comesUp = async ({name, member, address}: BridgeSpec, host: Reader): Promise<boolean> => {
	for (const deadline = performance.now() + 5000; performance.now() < deadline; await pause(200)) {
		const links = await linksNow(host);
		const has = links.get(name)?.addr_info?.some(({local}) => local === address) === true;
		if (!has || links.get(member)?.master !== name) continue;
		const {stdout} = await host.probe(['networkctl', '--no-legend', 'list', name]);
		if (/\sconfigured\s*$/.test(stdout)) return true;
	}
	return false;
};

/** A network that is somebody else's here already would be reached no more. */
const refuseOverlap = async ({name, address, prefix}: BridgeSpec, host: Host): Promise<void> => {
	const wanted = networkOf(address, prefix);
	for (const [other, link] of await linksNow(host)) {
		if (other === name) continue;
		const taken = (link.addr_info ?? []).find(
			at =>
				at.family === 'inet' &&
				(networkOf(at.local, Math.min(at.prefixlen, prefix)) === networkOf(address, Math.min(at.prefixlen, prefix)) ||
					networkOf(at.local, prefix) === wanted),
		);
		if (taken)
			throw new Fault(
				'network.overlap',
				`${address}/${prefix} overlaps with ${taken.local}/${taken.prefixlen}, which ${other} has`,
				'Answer with a network that nothing on this host is in (ip -4 address shows them).',
			);
	}
};

/** The number of a network, for comparing. */
const networkOf = (address: string, prefix: number): number =>
	Math.floor(address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) / 2 ** (32 - prefix));
