/**
 * What every stack stands on, whoever wrote it: an apt transaction needs a whole package database and a host that can carry the stack.
 * The shared steps ask for both, and a stack that brings neither must not fail for want of them.
 */
import type {Item} from '#engine/order.ts';
import {ofStack} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';

/**
 * The items of one stack, with what they stand on where no step brings it: the packages of the tools that they need, in one transaction, and the look
 * at the package database. Without `Stack.needs` nothing has to be met.
 */
export const withGrounds = (stack: string, items: readonly Item[]): readonly Item[] => {
	const provided = new Set(items.flatMap(({resource}) => resource.provides ?? []));
	const packages = broughtAlong(items, provided).map(({step, resource}) => ({
		step,
		resource: ofStack(stack, resource),
	}));
	const all = [...packages, ...items];
	const asksFirst = all.find(({resource}) => resource.needs?.includes(whole));
	const look: readonly Item[] =
		asksFirst === undefined || provided.has(whole)
			? []
			: [{step: asksFirst.step, resource: ofStack(stack, dpkgConsistent())}];
	return [...look, ...(provided.has(met) ? all : all.map(withoutNeed))];
};

/** In the step that needs the first of them. */
const broughtAlong = (items: readonly Item[], provided: ReadonlySet<Thing>): readonly Item[] => {
	const lacking = items.flatMap(({step, resource}) =>
		(resource.needs ?? [])
			.filter(thing => thing.startsWith('package:') && !provided.has(thing))
			.map(thing => ({step, thing})),
	);
	const names = [...new Set(lacking.map(({thing}) => thing.slice('package:'.length)))];
	const [first] = lacking;
	return first === undefined
		? []
		: [{step: first.step, resource: aptPackages({names}, {id: 'apt:tools', needs: [met, whole]})}];
};

const whole: Thing = 'done:dpkg-consistent';
const met: Thing = 'done:requirements';

const withoutNeed = (item: Item): Item =>
	item.resource.needs?.includes(met)
		? {...item, resource: {...item.resource, needs: item.resource.needs.filter(one => one !== met)}}
		: item;
