/**
 * In a plan that mends, a unit is started or restarted behind what is mended for it. By their things an edit of a file that is there and a restart have nothing
 * to do with each other: the unit would be restarted while the edit is made, and also where it failed.
 */
import {type Item, type Order, orderOf} from '#engine/order.ts';
import type {Thing} from '#model/thing.ts';

/** The same items, each unit with a need of what stands before it in its check and of what owes it a restart. */
export const restartLast = <T extends Item>(items: readonly T[]): readonly T[] => {
	const order = orderOf(items);
	const waits = new Map<string, readonly Thing[]>();
	for (const [at, item] of items.entries()) {
		if (item.resource.type !== 'unit') continue;
		const name = item.resource.provides?.find(thing => thing.startsWith('unit:'))?.slice('unit:'.length);
		const first = items.filter(
			(one, index) =>
				one.resource.type !== 'unit' &&
				((one.step === item.step && index < at) || one.resource.owes?.some(({unit}) => unit === name)) &&
				!isAfter(order, one.resource.id, item.resource.id),
		);
		waits.set(
			item.resource.id,
			first.map(one => mended(one)),
		);
	}
	return items.map(item => ({
		...item,
		resource: {
			...item.resource,
			...(item.resource.type === 'unit'
				? {needs: [...(item.resource.needs ?? []), ...(waits.get(item.resource.id) ?? [])]}
				: {provides: [...(item.resource.provides ?? []), mended(item)]}),
			look: host => item.resource.look(host),
		},
	}));
};

const mended = ({resource: {id}}: Item): Thing => `done:mended:${id}`;

/** Does it, by its own needs, come behind the other? */
const isAfter = ({before}: Order, id: string, other: string): boolean => {
	const seen = new Set<string>();
	const todo = [id];
	for (let one = todo.pop(); one !== undefined; one = todo.pop())
		for (const earlier of before.get(one) ?? []) {
			if (earlier === other) return true;
			if (!seen.has(earlier)) todo.push(earlier);
			seen.add(earlier);
		}
	return false;
};
