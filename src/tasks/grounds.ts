/**
 * What every stack stands on, whoever wrote it: an apt transaction needs a whole package database and a host that can carry the stack.
 * The shared steps ask for both, and a stack that brings neither must not fail for want of them.
 */
import type {Item} from '#engine/order.ts';
import {ofStack} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';

/** The items of one stack, with the look at the package database where nobody brings it; without `Stack.needs` nothing has to be met. */
export const withGrounds = (stack: string, items: readonly Item[]): readonly Item[] => {
	const provided = new Set(items.flatMap(({resource}) => resource.provides ?? []));
	const asksFirst = items.find(({resource}) => resource.needs?.includes(whole));
	const grounds: readonly Item[] =
		asksFirst === undefined || provided.has(whole)
			? []
			: [{step: asksFirst.step, resource: ofStack(stack, dpkgConsistent())}];
	return [...grounds, ...(provided.has(met) ? items : items.map(withoutNeed))];
};

const whole: Thing = 'done:dpkg-consistent';
const met: Thing = 'done:requirements';

const withoutNeed = (item: Item): Item =>
	item.resource.needs?.includes(met)
		? {...item, resource: {...item.resource, needs: item.resource.needs.filter(one => one !== met)}}
		: item;
