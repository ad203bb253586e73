/** A plan is inspect + diff of every resource. Re-run, dry-run, and "did it work?" are the same two calls. */
import {Fault, faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Look} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {showUnknown} from '#model/unknown.ts';
import {hostHas} from './has.ts';
import {type Item, type Order, orderOf} from './order.ts';

export type PlanNode = Item & {readonly look: Look};

export type Plan = {
	readonly nodes: readonly PlanNode[];
	readonly order: Order;
	readonly counts: {readonly ok: number; readonly change: number; readonly unknown: number; readonly failed: number};
};

/**
 * Looks at everything at once; changes nothing. A node that waits for a thing which another node makes is *unknown until*;
 * a thing that nobody makes and the host lacks is a fault of the plan. Throws only for a graph that is wrong in itself.
 */
export const makePlan = async (items: readonly Item[], host: Reader): Promise<Plan> => {
	const order = orderOf(items);
	const lacking = await lackingThings(order, host);
	const nodes = await Promise.all(
		order.items.map(async item => ({...item, look: judged(await lookAt(item, lacking, host), order)})),
	);
	return {nodes, order, counts: countOf(nodes)};
};

/** 0 nothing to do, 2 changes, 3 changes and unknowns, 1 cannot plan. */
export const planExitCode = ({counts}: Plan): 0 | 1 | 2 | 3 => {
	if (counts.failed > 0) return 1;
	if (counts.unknown > 0) return 3;
	return counts.change > 0 ? 2 : 0;
};

const lackingThings = async (order: Order, host: Reader): Promise<ReadonlySet<Thing>> => {
	const asked = new Set(
		order.items.flatMap(({resource}) => resource.needs ?? []).filter(thing => !order.makers.has(thing)),
	);
	const answers = await Promise.all([...asked].map(async thing => [thing, await hostHas(thing, host)] as const));
	return new Set(answers.filter(([, has]) => !has).map(([thing]) => thing));
};

const lookAt = async ({resource}: Item, lacking: ReadonlySet<Thing>, host: Reader): Promise<Look> => {
	const missing = (resource.needs ?? []).find(thing => lacking.has(thing));
	if (missing !== undefined) return {state: 'failed', fault: nobody(missing)};
	return resource.look(host);
};

const judged = (look: Look, order: Order): Look =>
	look.state === 'unknown' && look.why.because === 'until' && !order.makers.has(look.why.thing)
		? {state: 'failed', fault: nobody(look.why.thing)}
		: look;

const nobody = (thing: Thing) =>
	faultData(
		new Fault(
			'plan.nobody-provides',
			`${thing} is needed, no step provides it, and the host lacks it`,
			'Install it first, or answer so that a step provides it.',
		),
	);

const countOf = (nodes: readonly PlanNode[]): Plan['counts'] => {
	const counts = {ok: 0, change: 0, unknown: 0, failed: 0};
	for (const {look} of nodes) counts[look.state] += 1;
	return counts;
};

/** What a node's look says in one clause, for reports and faults. */
export const showLook = (look: Look): string => {
	switch (look.state) {
		case 'ok':
			return look.stays ?? 'as desired';
		case 'change':
			return look.changes.map(change => change.what).join(', ');
		case 'unknown':
			return showUnknown(look.why);
		case 'failed':
			return look.fault.sentence;
	}
};
