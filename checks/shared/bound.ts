/** Where a server listens, by its file, by itself and by the kernel: judged the same way for every server, because the three disagree in the same ways. */
import {type Reach, reachOf} from '#host/system/interfaces.ts';
import type {Finding, Layer, Seen} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import type {Unknown} from '#model/unknown.ts';

/** Addresses in one layer, and how they are shown. */
export type Bound = {readonly addresses: readonly string[]; readonly seen: Seen};
export type BoundLayers = Partial<Record<Layer, Bound | Unknown>>;

export type BoundOptions = {
	readonly item?: string;
	readonly layers: BoundLayers;
	/** The host's own addresses and their interfaces. */
	readonly known: ReadonlyMap<string, string>;
	/** Addresses that are meant to be listened on, besides the host's own loopback and its containers' networks. */
	readonly intended: readonly string[];
	/** Behind "answers from outside on …": "through mariadb.socket". */
	readonly how?: string;
};

/** `pending`: the file and the process differ, and a restart would take the file up. */
export type BoundFinding = Finding & {readonly pending?: boolean};

export const boundFinding = ({item, layers, known, intended, how = ''}: BoundOptions): BoundFinding => {
	const far = (layer: Layer): {readonly reach: Reach; readonly addresses: readonly string[]} | undefined => {
		const one = layers[layer];
		if (one === undefined || 'because' in one) return undefined;
		const all = one.addresses
			.filter(address => !intended.includes(address))
			.map(address => ({address, reach: reachOf(address, known)}));
		const worst = all.toSorted((a, b) => weight[b.reach] - weight[a.reach])[0];
		const reach = worst?.reach ?? 'host';
		return {reach, addresses: all.filter(one => one.reach === reach).map(({address}) => address)};
	};
	const [file, runtime, kernel] = [far('file'), far('runtime'), far('kernel')];
	const seen = [kernel, runtime, file].filter(one => one !== undefined);
	const worst = seen.toSorted((a, b) => weight[b.reach] - weight[a.reach])[0];
	const state =
		worst === undefined || weight[worst.reach] < weight.network ? 'ok' : worst.reach === 'network' ? 'warn' : 'fail';
	const told = worst === undefined || state === 'ok' ? undefined : sentence({file, runtime, kernel, worst, how, state});
	return {
		...(item !== undefined && {item}),
		state,
		...told,
		expected: expectedOf(intended),
		layers: Object.fromEntries(
			Object.entries(layers).map(([layer, one]) => [layer, 'because' in one ? one : one.seen]),
		),
	};
};

type Far = {readonly reach: Reach; readonly addresses: readonly string[]};
const weight: Readonly<Record<Reach, number>> = {host: 0, containers: 1, network: 2, everywhere: 3};

const sentence = ({
	file,
	runtime,
	kernel,
	worst,
	how,
	state,
}: Record<'file' | 'runtime' | 'kernel', Far | undefined> & {
	readonly worst: Far;
	readonly how: string;
	readonly state: 'warn' | 'fail';
}): {readonly says: string; readonly pending: boolean} => {
	const bad = (one: Far | undefined): boolean => one !== undefined && weight[one.reach] >= weight.network;
	const from = state === 'fail' ? 'from outside' : 'from its network';
	const on = `on ${worst.addresses.map(shownAddress).join(', ')}${how === '' ? '' : ` ${how}`}`;
	if (bad(file) && (kernel === undefined ? !bad(runtime) && runtime !== undefined : !bad(kernel)))
		return {
			says: `changed in the file, not in the process: from its next start it answers ${from} ${on}`,
			pending: true,
		};
	if (file === undefined || bad(file)) return {says: `answers ${from} ${on}`, pending: false};
	const edited = how === '' && (runtime === undefined ? bad(kernel) : bad(runtime));
	return {
		says: edited
			? `changed in the file, not in the process: it still answers ${from} ${on}`
			: `answers ${from} ${on}, though its file says otherwise`,
		pending: edited,
	};
};

const shownAddress = (address: string): string => {
	if (address === '::') return '[::] (IPv4 as well)';
	return address.includes(':') ? `[${address}]` : address;
};

const expectedOf = (intended: readonly string[]): Json => [
	'127.0.0.1',
	'::1',
	...intended.filter(one => one !== '127.0.0.1' && one !== '::1'),
];
