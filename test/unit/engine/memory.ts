/** A host in a Map and resources on it: enough to test the engine's own logic, which knows no resource type. */

import type {Entry, Journal, Stamped} from '#engine/journal.ts';
import type {Event} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {type Edges, type Late, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';

export type World = Map<string, string>;

type Spec = {
	readonly key: string;
	readonly value: string;
	readonly until?: {readonly key: string; readonly thing: Thing};
};

/** A resource type over a world. `hooks.apply` runs inside apply. */
export const keyType = (
	world: World,
	hooks: {apply?: (key: string) => Promise<void> | void; together?: boolean; batches?: string[][]} = {},
): ResourceType<Spec, string | null> => ({
	name: 'key',
	inspect: async spec => {
		if (spec.until && !world.has(spec.until.key)) throw new Blocked({because: 'until', thing: spec.until.thing});
		return world.get(spec.key) ?? null;
	},
	holds: ({key, value}) => [{thing: `key:${key}`, ...(key.startsWith('value') && {as: value})}],
	diff: (spec, state) =>
		state === spec.value ? [] : [{what: spec.key, from: state === 'absent' ? null : state, to: spec.value}],
	undoOf: (spec, state) => ({can: true, record: {key: spec.key, was: state, is: spec.value}}),
	apply: async spec => {
		await hooks.apply?.(spec.key);
		world.set(spec.key, spec.value);
	},
	...(hooks.together && {
		together: async parts => {
			hooks.batches?.push(parts.map(part => part.spec.key));
			for (const {spec} of parts) world.set(spec.key, spec.value);
		},
	}),
	undo: async record => {
		const {key, was, is} = record as {key: string; was: string | null; is: string};
		if ((world.get(key) ?? null) === was) return {outcome: 'already'};
		if (world.get(key) !== is) return {outcome: 'conflict', why: `${key} was changed since`};
		if (was === null) world.delete(key);
		else world.set(key, was);
		return {outcome: 'undone'};
	},
});

/** A host whose acting calls are refused: the memory resources do not use them. `exec` is noted. */
export const memoryHost = (ran: string[] = []): Host => {
	const refuse = (): never => {
		throw new Fault('test.refused', 'the memory host cannot do that', 'use another');
	};
	return {
		root: '/',
		held: refuse,
		fact: refuse,
		read: async () => undefined,
		stat: async () => undefined,
		list: async () => undefined,
		query: refuse,
		// Every unit runs here.
		probe: async argv =>
			argv[0] === 'systemctl' && argv[1] === 'show'
				? {code: 0, stdout: 'LoadState=loaded\nActiveState=active\nInvocationID=first\n', stderr: ''}
				: refuse(),
		exec: async argv => void ran.push(argv.join(' ')),
		serve: async (act, unit) => void ran.push(`${act} ${unit}`),
		replace: refuse,
		mkdir: refuse,
		symlink: refuse,
		own: refuse,
		remove: refuse,
		removeTree: refuse,
		rename: refuse,
		act: refuse,
		stash: async () => 'hash',
		unstash: async () => new Uint8Array(),
		forget: () => {},
		progress: () => {},
		say: () => {},
	};
};

/** A journal in memory. `onAppend` may throw, which stands for a crash at that very point. */
export const memoryJournal = (before: readonly Stamped[] = [], onAppend?: (entry: Entry) => void): Journal => {
	const entries: Stamped[] = [...before];
	let seq = Math.max(0, ...entries.map(entry => (entry.t === 'intent' ? entry.seq : 0)));
	return {
		entries,
		append: entry => {
			entries.push({...entry, at: '2026-01-01T00:00:00.000Z'});
			onAppend?.(entry);
		},
		next: () => (seq += 1),
		close: () => {},
	};
};

export const node = (
	type: ResourceType<Spec, string | null>,
	key: string,
	edges: Partial<Edges> = {},
	spec?: Partial<Spec> | Late<Spec>,
): {step: string; resource: Resource} => ({
	step: 'test',
	resource: resource(type, {id: key, ...edges}, typeof spec === 'function' ? spec : {key, value: 'set', ...spec}),
});

export const collect = (): {events: Event[]; emit: (event: Event) => void} => {
	const events: Event[] = [];
	return {events, emit: event => events.push(event)};
};
