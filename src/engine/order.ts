/** The order inside one host comes from needs and provides alone: a graph, checked before anything is looked at. */
import {Fault} from '#model/fault.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';

/** A resource and the step that asks for it. */
export type Item = {readonly step: string; readonly resource: Resource};

export type Order = {
	/** In an order in which every maker comes before its users; otherwise as declared. */
	readonly items: readonly Item[];
	/** id -> ids that must have ended before it. */
	readonly before: ReadonlyMap<string, ReadonlySet<string>>;
	readonly makers: ReadonlyMap<Thing, readonly string[]>;
};

/** Edges and a stable topological order. Throws Fault plan.twice (an id declared twice) or plan.cycle (named node by node). */
export const orderOf = (items: readonly Item[]): Order => {
	const byId = new Map<string, Item>();
	const makers = new Map<Thing, string[]>();
	for (const item of items) {
		const {id, provides = []} = item.resource;
		if (byId.has(id))
			throw new Fault(
				'plan.twice',
				`${id} is declared by the steps ${byId.get(id)!.step} and ${item.step}`,
				'Two steps claim the same thing; this is a defect of the stack.',
			);
		byId.set(id, item);
		for (const thing of provides) makers.set(thing, [...(makers.get(thing) ?? []), id]);
	}
	const before = new Map(
		items.map(({resource}) => [
			resource.id,
			new Set((resource.needs ?? []).flatMap(thing => makers.get(thing) ?? []).filter(id => id !== resource.id)),
		]),
	);
	return {items: sorted(byId, before), before, makers};
};

const sorted = (byId: ReadonlyMap<string, Item>, before: ReadonlyMap<string, ReadonlySet<string>>): readonly Item[] => {
	const out: Item[] = [];
	const state = new Map<string, 'open' | 'done'>();
	const visit = (id: string, path: readonly string[]): void => {
		if (state.get(id) === 'done') return;
		if (state.get(id) === 'open')
			throw new Fault(
				'plan.cycle',
				`these need each other: ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`,
				'This is a defect of the stack: please report it.',
			);
		state.set(id, 'open');
		for (const earlier of before.get(id) ?? []) visit(earlier, [...path, id]);
		state.set(id, 'done');
		out.push(byId.get(id)!);
	};
	for (const id of byId.keys()) visit(id, []);
	return out;
};
