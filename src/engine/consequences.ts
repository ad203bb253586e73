/** What else is not done when a node is not: shown before an operator skips one, and the same walk when the run does. */
import type {Order} from './order.ts';

/** The ids given, as far as there are such nodes, and every node that needs one of them, directly or through others; in the order of the run. Pure. */
export const consequencesOf = (order: Order, ids: Iterable<string>): readonly string[] => {
	const out = new Set(ids);
	const all = order.items.map(item => item.resource.id);
	// Every maker stands before its users.
	for (const id of all) if ([...(order.before.get(id) ?? [])].some(earlier => out.has(earlier))) out.add(id);
	return all.filter(id => out.has(id));
};
