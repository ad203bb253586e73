/** The proof that a port is closed to others: the kernel's own table, because what a file or a variable says is not where a server listens. */
import {setTimeout as pause} from 'node:timers/promises';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type LoopbackOnlySpec = {
	readonly port: number;
	/** Whose port it is: while it is down anybody may listen there and be taken for it. Restarted when it listens elsewhere: what it was told since then may close it. Left out, that is a fault. */
	readonly unit?: string;
	/** Seconds to wait until somebody listens at all. Default 20. */
	readonly patience?: number;
};
export type LoopbackOnlyState = {
	/** On which the unit listens, or where none is named anybody. */
	readonly addresses: readonly string[];
	/** Who else does, in words. */
	readonly stranger?: string;
};

/** Somebody listens there, on the loopback alone. */
export const loopbackOnly = (spec: LoopbackOnlySpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		loopbackOnlyType,
		withEdges(
			{
				id: `loopback-only:${spec.port}`,
				provides: [`done:loopback-only:${spec.port}`],
				...(spec.unit !== undefined && {needs: [`unit:${spec.unit}`], locks: ['systemd']}),
				title: `port ${spec.port} answers on this host only`,
			},
			edges,
		),
		spec,
	);

export const loopbackOnlyType: ResourceType<LoopbackOnlySpec, LoopbackOnlyState> = {
	name: 'loopback-only',
	settle: 10,
	async inspect(spec, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the kernel of the running host'});
		return listeningNow(spec, host);
	},
	diff({port}, state) {
		const {addresses, stranger}: LoopbackOnlyState = state === 'absent' ? {addresses: []} : state;
		return stranger === undefined && addresses.length > 0 && addresses.every(isLoopback)
			? []
			: [
					{
						what: `port ${port}`,
						from: stranger ?? (addresses.length === 0 ? null : addresses.join(', ')),
						to: 'this host only',
					},
				];
	},
	undoOf: () => ({can: true, record: null}),
	async apply(spec, state, _changes, host) {
		const {port, unit, patience = 20} = spec;
		const wait = async (): Promise<LoopbackOnlyState> => {
			for (const until = performance.now() + patience * 1000; ; await pause(500)) {
				host.forget();
				const seen = await listeningNow(spec, host);
				if ((seen.addresses.length > 0 && seen.stranger === undefined) || performance.now() > until) return seen;
			}
		};
		let seen = state.addresses.length === 0 || state.stranger !== undefined ? await wait() : state;
		if (unit !== undefined && seen.addresses.some(one => !isLoopback(one))) {
			host.say(`${unit} listens on ${seen.addresses.join(', ')}: it is restarted`);
			await host.exec(['systemctl', 'restart', unit]);
			seen = await wait();
		}
		const {addresses: now, stranger} = seen;
		if (stranger !== undefined)
			throw new Fault(
				'port.taken',
				`port ${port} belongs to ${unit}, and is ${stranger}`,
				`End that process, then run the same command again: it hears what is meant for ${unit}.`,
			);
		if (now.length === 0)
			throw new Fault('port.silent', `nobody listens on port ${port}`, 'See the journal of the server that should.');
		if (!now.every(isLoopback))
			throw new Fault(
				'port.open',
				`port ${port} answers on ${now.join(', ')}, not on this host only`,
				'See what listens there (ss -tlnp) and where its address is set; a socket unit of systemd opens ports as well.',
			);
	},
	undo: async () => ({outcome: 'already'}),
};

const listeningNow = async ({port, unit}: LoopbackOnlySpec, host: Reader): Promise<LoopbackOnlyState> => {
	const all = (await host.fact(listeners)).filter(one => one.port === port && one.protocol.startsWith('tcp'));
	// systemd holds the socket of one that starts when it is asked; and only root sees whose one is.
	const isStrange = ({process}: Listener): boolean =>
		unit !== undefined && process !== undefined && process.pid !== 1 && ![undefined, unit].includes(process.unit);
	const stranger = all.find(isStrange)?.process;
	return {
		addresses: [...new Set(all.filter(one => !isStrange(one)).map(({address}) => address))],
		...(stranger && {stranger: `held by ${stranger.name} (process ${stranger.pid}, of ${stranger.unit})`}),
	};
};

const isLoopback = (address: string): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address);
