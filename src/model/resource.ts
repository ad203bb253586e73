/**
 * A resource is a thing on the host with a desired state. Its type knows how to inspect, compare, apply and undo; the
 * engine and the screens see only `Resource = Edges & {look}`, so that order, locks and journal keys never depend on a late value.
 */
import {Fault, type FaultData, faultData} from './fault.ts';
import type {Fetch} from './fetch.ts';
import type {Hold} from './hold.ts';
import type {Host, Reader} from './host.ts';
import type {Json} from './json.ts';
import type {Keep} from './kept-thing.ts';
import type {Text} from './secret.ts';
import type {Thing} from './thing.ts';
import {Blocked, type Unknown} from './unknown.ts';

/** One difference. `key` says which one it is to programs, where an act or a count depends on it; `what` says it to people. `patch` is a unified diff with secrets masked. */
export type Change = {
	readonly key?: string;
	/** Which one of several of that key: the package. */
	readonly item?: string;
	readonly what: string;
	readonly from: Json;
	readonly to: Json;
	readonly patch?: string;
};

/** `keep` goes to the stash before apply; `undo` gets it back as bytes, in the same order. */
export type Undo =
	| {readonly can: true; readonly record: Json; readonly keep?: readonly (Uint8Array | Text)[]}
	| {readonly can: false; readonly why: string};

/**
 * What an undo came to. 'kept': there was something of others in it, so it stays and is listed (`heldBy`: the stacks that have it too, and
 * with which it goes). 'conflict': somebody edited since; `diff` shows what.
 */
export type Undone =
	| {readonly outcome: 'undone' | 'already'}
	| {readonly outcome: 'kept'; readonly why: string; readonly heldBy?: readonly string[]}
	| {readonly outcome: 'conflict'; readonly why: string; readonly diff?: string};

export type UndoOptions = {
	/** The stashed bytes of `Undo.keep`. */
	readonly kept: readonly Uint8Array[];
	/** Also remove packages. */
	readonly purge: boolean;
	/** Also remove what holds data (dumped first). */
	readonly purgeData: boolean;
	/** An update is taken back right after it failed, with what it kept: nothing was written since that would be lost. */
	readonly back?: true;
	/** Things (see Hold) that are not to be touched: another stack has them as well, or undoes them itself. Left out: nothing is. */
	spare?(thing: string): boolean;
	/** Things this walk took away already. Where it only tells what it would do, a look at the host still shows them. Left out: none. */
	readonly gone?: Set<string>;
};

/** One of several records that are undone as one act. */
export type UndoPart = {readonly record: Json; spare(thing: string): boolean};

/** One kind of thing on a host with a desired state. One file each; every one passes the shared conformance suite. */
export interface ResourceType<Spec, State> {
	readonly name: string;
	/** Loads what `diff` needs and what would burden the start of those who only hold the resource. Called before inspect and diff. */
	ready?(spec: Spec): Promise<void>;
	/** Read only. "absent" is a state. Throws Blocked when it cannot be seen yet. */
	inspect(spec: Spec, host: Reader): Promise<State>;
	/** Pure; empty means as desired. From 'absent' it gives what a fresh host will get, so that a plan is full before its makers ran. */
	diff(spec: Spec, state: State | 'absent'): readonly Change[];
	/** Pure, of what is as desired: what somebody else did there and is left to them, in a clause. A plan and the doctor tell it. Left out: nothing is. */
	stays?(spec: Spec, state: State): string | undefined;
	/** Pure, made from what inspect saw, journaled before apply. */
	undoOf(spec: Spec, state: State): Undo;
	/** Gets the state that was shown, so it can refuse when the host moved on. Looked at again afterwards: must be empty. */
	apply(spec: Spec, state: State, changes: readonly Change[], host: Host): Promise<void>;
	/** For reach 'remote': what takes its place in a rehearsal, which asks nobody elsewhere, so that what needs it goes on. Left out: nothing does. */
	standIn?(spec: Spec, host: Host): Promise<void>;
	/** Several ready nodes as one act (one apt transaction); the journal stays per node. */
	together?(parts: readonly {readonly spec: Spec; readonly state: State}[], host: Host): Promise<void>;
	/** Seconds the look after apply may wait for it to be true. */
	readonly settle?: number;
	/** Pure. Does this apply make the unit it provides read its files anew (a start, a restart)? Then what was owed to that unit before is paid. */
	rereads?(changes: readonly Change[]): boolean;
	/**
	 * What it holds of the host. Left out: what its edges provide. Also asked with the record of an undo, for journals older than holds: it may use
	 * only what both have.
	 */
	holds?(spec: Spec, host: Reader): readonly Hold[] | Promise<readonly Hold[]>;
	/** What making it fetches, whatever is there already. Left out: nothing, and no proxy, mirror or medium matters to it. */
	fetches?(spec: Spec, host: Reader): readonly Fetch[] | Promise<readonly Fetch[]>;
	/** What it holds that cannot be made again, for `setup backup`. Left out: nothing. */
	keeps?(spec: Spec): readonly Keep[];
	/** What it holds that cannot be made again and that `setup backup` does not save, a clause each: a backup tells it. Left out: nothing. */
	unsaved?(spec: Spec): readonly string[];
	/** Its undo honours `spare`; without this a resource of which another stack has a part is kept as a whole. */
	readonly undoesParts?: true;
	undo(record: Json, host: Host, options: UndoOptions): Promise<Undone>;
	/** Undoes all its records of one walk as one act, after everything else: packages go when nothing uses them any more. A result for each, in their order. */
	undoTogether?(
		parts: readonly UndoPart[],
		host: Host,
		options: Omit<UndoOptions, 'kept' | 'spare'>,
	): Promise<readonly Undone[]>;
	/** Before a walk, with all its records: starts what an earlier undo stopped, where the others want to be asked. `undoTogether` stops it again. */
	wake?(records: readonly Json[], host: Host): Promise<void>;
	/** The update that made this record is proven: what was kept for going back goes. */
	proven?(record: Json, host: Host): Promise<void>;
	/** What a record brought to the host that was not there before. */
	brings?(record: Json): readonly string[];
}

/** Known before anything is inspected. */
export type Edges = {
	/** Unique in a plan, stable over runs: `file:/etc/nslcd.conf`. */
	readonly id: string;
	readonly needs?: readonly Thing[];
	readonly provides?: readonly Thing[];
	/** Named locks: `apt`, `systemd`, `nss`, `path:REAL`. Held while it applies, taken in sorted order. */
	readonly locks?: readonly string[];
	/** Journaled before the edit, paid at the end, or before a node that needs the unit, or on resume. */
	readonly owes?: readonly {readonly unit: string; readonly do: 'reload' | 'restart'}[];
	/** It keeps a server of this package to this host: an undo leaves it for as long as the package, brought by the same stack, stays. */
	readonly closes?: Thing;
	/** 'remote' is looked at in a rehearsal, never changed. */
	readonly reach?: 'host' | 'remote';
	/** Undo keeps it unless it holds only what we put there. */
	readonly holdsData?: true;
	/** Nodes of one type that are ready together become one act only within the same group; the first group in the plan starts first. */
	readonly group?: string;
	/** What the operator reads instead of the id. */
	readonly title?: string;
};

/** A spec that can only be known on the host, once its needs are there: docker0's address, /etc/postgresql/NN. Throws Blocked until then. */
export type Late<Spec> = (host: Reader) => Promise<Spec>;

/** All that engine and screens see of a resource. */
export type Resource = Edges & {
	readonly type: string;
	look(host: Reader): Promise<Look>;
	/** What it holds of the host, as far as that is known yet. Never throws. */
	holds?(host: Reader): Promise<readonly Hold[]>;
	/** What making it fetches. Where a late spec cannot be known yet, that it is not covered. */
	fetches?(host: Reader): Promise<readonly Fetch[]>;
	/** What it holds that cannot be made again. Throws Blocked where a late spec cannot be known: then nobody may call a backup whole. */
	keeps?(host: Reader): Promise<readonly Keep[]>;
	/** What of that no backup of ours has. Throws as `keeps` does. */
	unsaved?(host: Reader): Promise<readonly string[]>;
};

export type Look =
	/** `stays`: what is not as it was made, and is left as it is. */
	| {readonly state: 'ok'; readonly stays?: string}
	| {
			readonly state: 'change';
			readonly changes: readonly Change[];
			readonly undo: Undo;
			readonly settle: number;
			readonly rereads: boolean;
			apply(host: Host): Promise<void>;
			standIn?(host: Host): Promise<void>;
			/** Nodes whose batch has the same key and are ready together become one act. */
			readonly batch?: Batch;
	  }
	| {readonly state: 'unknown'; readonly why: Unknown; readonly expected: readonly Change[]}
	| {readonly state: 'failed'; readonly fault: FaultData};

export type Batch = {
	readonly key: string;
	readonly part: unknown;
	run(parts: readonly unknown[], host: Host): Promise<void>;
};

const asDesired = (stays: string | undefined): Look => ({state: 'ok', ...(stays !== undefined && {stays})});

/**
 * Binds a type, its edges and a spec (or a late one) into a resource the engine can hold.
 * `preview` is shown as `expected` while a late spec cannot be resolved yet.
 */
export const resource = <Spec, State>(
	type: ResourceType<Spec, State>,
	edges: Edges,
	spec: Spec | Late<Spec>,
	preview?: Spec,
): Resource => ({
	...edges,
	type: type.name,
	async look(host: Reader): Promise<Look> {
		let known: Spec | undefined = typeof spec === 'function' ? preview : spec;
		try {
			if (known !== undefined) await type.ready?.(known);
			if (typeof spec === 'function') {
				known = await (spec as Late<Spec>)(host);
				await type.ready?.(known);
			}
			const settled = known as Spec;
			const state = await type.inspect(settled, host);
			const changes = type.diff(settled, state);
			if (changes.length === 0) return asDesired(type.stays?.(settled, state));
			return {
				state: 'change',
				changes,
				undo: type.undoOf(settled, state),
				settle: type.settle ?? 0,
				rereads: type.rereads?.(changes) ?? false,
				apply: to => type.apply(settled, state, changes, to),
				...(type.standIn && {standIn: to => type.standIn!(settled, to)}),
				...(type.together && {batch: batchOf(type, settled, state)}),
			};
		} catch (error) {
			if (error instanceof Blocked)
				return {state: 'unknown', why: error.why, expected: known === undefined ? [] : expectedOf(type, known)};
			return {state: 'failed', fault: faultData(error)};
		}
	},
	async holds(host: Reader): Promise<readonly Hold[]> {
		if (type.holds === undefined) return providedBy(edges);
		try {
			const known = typeof spec === 'function' ? await (spec as Late<Spec>)(host).catch(() => preview) : spec;
			if (known === undefined) return providedBy(edges);
			await type.ready?.(known);
			return await type.holds(known, host);
		} catch {
			return providedBy(edges);
		}
	},
	...(type.fetches && {
		async fetches(host: Reader): Promise<readonly Fetch[]> {
			const known = typeof spec === 'function' ? await (spec as Late<Spec>)(host).catch(() => preview) : spec;
			return known === undefined
				? [{kind: 'not covered', what: edges.title ?? edges.id}]
				: await type.fetches!(known, host);
		},
	}),
	...(type.keeps && {
		keeps: async (host: Reader): Promise<readonly Keep[]> =>
			type.keeps!(typeof spec === 'function' ? await (spec as Late<Spec>)(host) : spec),
	}),
	...(type.unsaved && {
		unsaved: async (host: Reader): Promise<readonly string[]> =>
			type.unsaved!(typeof spec === 'function' ? await (spec as Late<Spec>)(host) : spec),
	}),
});

/** What others may have as well. A thing that was `done` is nobody's but the plan's. */
const providedBy = ({provides = []}: Edges): readonly Hold[] =>
	provides.filter(thing => !thing.startsWith('done:')).map(thing => ({thing}));

/** The same resource as one of a stack: whatever looks or acts for it sees whose it is, and whether the run is an update. */
export const ofStack = (stack: string, one: Resource, update?: string): Resource => {
	const seen = {stack, ...(update !== undefined && {update})};
	return {
		...one,
		async look(host) {
			const look = await one.look({...host, ...seen});
			if (look.state !== 'change') return look;
			const {batch} = look;
			return {
				...look,
				apply: to => look.apply({...to, ...seen}),
				...(batch && {batch: {...batch, run: (parts, to) => batch.run(parts, {...to, ...seen})}}),
			};
		},
		...(one.holds && {holds: host => one.holds!({...host, ...seen})}),
		...(one.fetches && {fetches: host => one.fetches!({...host, ...seen})}),
	};
};

const batchOf = <Spec, State>(type: ResourceType<Spec, State>, spec: Spec, state: State): Batch => ({
	key: type.name,
	part: {spec, state},
	run: (parts, host) => type.together!(parts as readonly {spec: Spec; state: State}[], host),
});

const expectedOf = <Spec, State>(type: ResourceType<Spec, State>, spec: Spec): readonly Change[] => {
	try {
		return type.diff(spec, 'absent');
	} catch (error) {
		if (error instanceof Fault) return [];
		throw error;
	}
};
