/** Where a server listens, by its file, by itself and by the kernel: judged the same way for every server, because the three disagree in the same ways. */
import {type Reach, reachOf} from '#host/system/interfaces.ts';
import type {Layer, Seen, Sight, Told} from '#model/finding.ts';
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
export type BoundFinding = Sight &
	Pick<Told, 'state' | 'says'> & {readonly pending?: boolean; readonly exposure?: Exposure};

/** How far it answers, where, through what (empty for itself), and which of file and process say so. */
export type Exposure = {
	readonly reach: 'network' | 'everywhere';
	readonly addresses: readonly string[];
	readonly how: string;
	readonly when: 'next' | 'now' | 'still' | 'despite';
};

export const exampleExposure: Exposure = {reach: 'everywhere', addresses: ['0.0.0.0'], how: '', when: 'now'};

/** What reaches the whole world fails; one network may be meant. */
export const exposureState = ({reach}: Exposure): 'warn' | 'fail' => (reach === 'network' ? 'warn' : 'fail');

export const exposureSays = ({reach, addresses, how, when}: Exposure): string => {
	const from = reach === 'everywhere' ? 'from outside' : 'from its network';
	const answers = `answers ${from} on ${addresses.map(shownAddress).join(', ')}${how === '' ? '' : ` ${how}`}`;
	return {
		next: `changed in the file, not in the process: from its next start it ${answers}`,
		now: answers,
		still: `changed in the file, not in the process: it still ${answers}`,
		despite: `${answers}, though its file says otherwise`,
	}[when];
};

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
	const exposure = worst === undefined || state === 'ok' ? undefined : exposureOf({file, runtime, kernel, worst, how});
	return {
		...(item !== undefined && {item}),
		state,
		...(exposure !== undefined && {
			says: exposureSays(exposure),
			exposure,
			pending: exposure.when === 'next' || exposure.when === 'still',
		}),
		expected: expectedOf(intended),
		layers: Object.fromEntries(
			Object.entries(layers).map(([layer, one]) => [layer, 'because' in one ? one : one.seen]),
		),
	};
};

type Far = {readonly reach: Reach; readonly addresses: readonly string[]};
const weight: Readonly<Record<Reach, number>> = {host: 0, containers: 1, network: 2, everywhere: 3};

const exposureOf = ({
	file,
	runtime,
	kernel,
	worst,
	how,
}: Record<'file' | 'runtime' | 'kernel', Far | undefined> & {
	readonly worst: Far;
	readonly how: string;
}): Exposure => {
	const bad = (one: Far | undefined): boolean => one !== undefined && weight[one.reach] >= weight.network;
	const exposure = (when: Exposure['when']): Exposure => ({
		reach: worst.reach === 'network' ? 'network' : 'everywhere',
		addresses: worst.addresses,
		how,
		when,
	});
	if (bad(file) && (kernel === undefined ? !bad(runtime) && runtime !== undefined : !bad(kernel)))
		return exposure('next');
	if (file === undefined || bad(file)) return exposure('now');
	const edited = how === '' && (runtime === undefined ? bad(kernel) : bad(runtime));
	return exposure(edited ? 'still' : 'despite');
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
