/**
 * Runs a plan: every node as soon as what it needs is there, as many at once as allowed, named locks held, ready nodes of
 * one kind as one act. What needs something that failed is left; all else goes on, so that one run tells every fault there is to
 * find. When asked to stop, what runs is finished and nothing new is started.
 */
import type {Event, RunOutcome} from '#model/event.ts';
import {Fault, type FaultData, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Look} from '#model/resource.ts';
import {showUnknown} from '#model/unknown.ts';
import {act, type Part} from './act.ts';
import {consequencesOf} from './consequences.ts';
import {createDebts} from './debts.ts';
import type {Journal} from './journal.ts';
import {lookPatiently} from './look-patiently.ts';
import {createNamedLocks} from './named-locks.ts';
import {noteHolds} from './note-holds.ts';
import type {Item} from './order.ts';
import type {Plan, PlanNode} from './plan.ts';

export type RunOptions = {
	readonly plan: Plan;
	readonly run: string;
	readonly stack: string;
	readonly journal: Journal;
	readonly hostFor: (id: string) => Host;
	readonly emit: (event: Event) => void;
	/** Nodes at work at the same time. */
	readonly jobs: number;
	/** Becomes true when the operator asked to stop (SIGINT, SIGTERM). */
	readonly stopping: () => boolean;
	readonly resumed: boolean;
	/** Nodes to leave out, with everything that needs them. */
	readonly skip?: readonly string[];
	/** In a rehearsal a node with reach 'remote' is looked at, never applied. */
	readonly remote: 'apply' | 'look';
};

export type RunResult = {
	readonly outcome: RunOutcome;
	readonly changed: number;
	readonly failed: number;
	readonly skipped: number;
	readonly leftOut?: number;
	readonly seconds: number;
	readonly faults: readonly (FaultData & {readonly id: string; readonly step: string})[];
};

type NodeOutcome = 'ok' | 'changed' | 'failed' | 'skipped';

/** Brings the host to what the plan desires. Never throws for a node's fault: it is in the result, the events and the journal. */
export const runPlan = async (options: RunOptions): Promise<RunResult> => {
	const {plan, run, journal, emit} = options;
	const started = performance.now();
	const debts = createDebts(journal, emit);
	const locks = createNamedLocks();
	const ended = new Map<string, NodeOutcome>();
	const begun = new Set<string>();
	const faults: (FaultData & {id: string; step: string})[] = [];
	const todo = plan.nodes.filter(node => node.look.state !== 'ok').length;
	emit({
		type: 'run-start',
		run,
		stack: options.stack,
		nodes: plan.nodes.length,
		changes: todo,
		resumed: options.resumed,
		steps: nodesByStep(plan.nodes),
	});

	const leftOut = new Set(consequencesOf(plan.order, options.skip ?? []));
	await noteHolds(options, leftOut, false);
	const mayStart = (): boolean => !options.stopping();
	const isReady = (node: PlanNode): boolean =>
		!begun.has(node.resource.id) &&
		[...(plan.order.before.get(node.resource.id) ?? [])].every(
			id => ended.get(id) === 'ok' || ended.get(id) === 'changed',
		);
	const moved = (node: PlanNode): boolean =>
		[...(plan.order.before.get(node.resource.id) ?? [])].some(id => ended.get(id) === 'changed' || touched.has(id));
	const touched = new Set<string>();

	const end = (node: Item, outcome: NodeOutcome, since: number, more: {fault?: FaultData; why?: string} = {}): void => {
		ended.set(node.resource.id, outcome);
		if (more.fault) faults.push({...more.fault, id: node.resource.id, step: node.step});
		emit({
			type: 'node-end',
			id: node.resource.id,
			step: node.step,
			outcome,
			seconds: Math.round((performance.now() - since) / 10) / 100,
			...more,
		});
	};

	/** Looks with the needs in place; a node that was fine and whose makers did nothing is taken as seen. */
	const lookNow = async (node: PlanNode, host: Host): Promise<Look> => {
		if (moved(node)) touched.add(node.resource.id);
		if (node.look.state === 'ok' && !touched.has(node.resource.id)) return node.look;
		return lookPatiently(node.resource, host, options.stopping);
	};

	const tellStart = ({step, resource: {id, title = id}}: Item): void =>
		emit({type: 'node-start', id, step, title, n: ended.size + 1, of: plan.nodes.length});

	const start = async (node: PlanNode): Promise<void> => {
		const since = performance.now();
		const host = options.hostFor(node.resource.id);
		const release = await locks.take(node.resource.locks ?? []);
		// It may have waited long for its locks, and the operator asked to stop meanwhile.
		if (!mayStart()) return release();
		if (node.look.state !== 'ok' || moved(node)) tellStart(node);
		const group: {node: PlanNode; look: Extract<Look, {state: 'change'}>; host: Host}[] = [];
		try {
			if (debts.outstanding(node.resource.needs ?? []).length > 0) {
				const systemd = await locks.take(['systemd'].filter(name => !(node.resource.locks ?? []).includes(name)));
				await debts.pay(host, node.resource.needs ?? []).finally(systemd);
			}
			const look = await lookNow(node, host);
			if (look.state !== 'change') return endUnchanged(node, look, since, end);
			if (node.resource.reach === 'remote' && options.remote === 'look') {
				await look.standIn?.(host);
				return end(node, 'ok', since, {why: 'on another host: looked at, not changed in a rehearsal'});
			}
			group.push({node, look, host});
			if (look.batch) await joinReady(node, look.batch.key, group);
			const settled = debts.settling(
				group.flatMap(part => (part.look.rereads ? (part.node.resource.provides ?? []) : [])),
			);
			await act(
				group.map(({node: item, look: change, host: to}): Part => ({item, look: change, host: to})) as [
					Part,
					...Part[],
				],
				{run, stack: options.stack, journal, debts},
			);
			settled();
			for (const part of group) end(part.node, 'changed', since);
		} catch (error) {
			const fault = faultData(error);
			if (group.length === 0) end(node, 'failed', since, {fault});
			for (const [index, part] of group.entries())
				end(
					part.node,
					index === 0 ? 'failed' : 'skipped',
					since,
					index === 0 ? {fault} : {why: `part of the same act as ${node.resource.id}`},
				);
		} finally {
			release();
		}
	};

	const joinReady = async (
		first: PlanNode,
		key: string,
		group: {node: PlanNode; look: Extract<Look, {state: 'change'}>; host: Host}[],
	): Promise<void> => {
		for (const other of plan.nodes.filter(
			node =>
				node.resource.type === first.resource.type && node.resource.group === first.resource.group && isReady(node),
		)) {
			begun.add(other.resource.id);
			const since = performance.now();
			const host = options.hostFor(other.resource.id);
			const look = await lookNow(other, host);
			if (look.state === 'change' && look.batch?.key === key) {
				tellStart(other);
				group.push({node: other, look, host});
			} else if (look.state === 'change') begun.delete(other.resource.id);
			else endUnchanged(other, look, since, end);
		}
	};

	for (const node of plan.nodes.filter(one => leftOut.has(one.resource.id))) {
		begun.add(node.resource.id);
		end(node, 'skipped', performance.now(), {
			why: options.skip?.includes(node.resource.id) ? 'left out, as asked' : 'it needs what was left out',
		});
	}
	const working = new Set<Promise<void>>();
	for (;;) {
		while (mayStart() && working.size < Math.max(1, options.jobs)) {
			const next = nextOf(plan.nodes.filter(isReady));
			if (!next) break;
			begun.add(next.resource.id);
			const work: Promise<void> = start(next).finally(() => working.delete(work));
			working.add(work);
		}
		if (working.size === 0) break;
		await Promise.race(working);
	}

	// With a fault what is configured may be half of it: the restarts stay owed, and the run that mends it makes them.
	if (faults.length === 0 && mayStart() && debts.outstanding().length > 0)
		await debts
			.pay(options.hostFor('restarts'))
			.catch(error => faults.push({...faultData(error), id: 'restarts', step: ''}));
	for (const node of plan.nodes.filter(one => !ended.has(one.resource.id))) {
		const cause = faults.find(({id}) => consequencesOf(plan.order, [id]).includes(node.resource.id));
		end(node, 'skipped', performance.now(), {
			why: cause ? `${cause.id} failed before it` : 'stopped before it',
		});
	}
	const tally = (outcome: NodeOutcome): number => [...ended.values()].filter(one => one === outcome).length;
	const outcome: RunOutcome =
		faults.length > 0 ? 'failed' : tally('skipped') > 0 || debts.outstanding().length > 0 ? 'interrupted' : 'done';
	const result = {
		outcome,
		changed: tally('changed'),
		failed: faults.length,
		skipped: tally('skipped'),
		...(leftOut.size > 0 && {leftOut: leftOut.size}),
		seconds: Math.round((performance.now() - started) / 100) / 10,
	};
	await noteHolds(options, leftOut, outcome === 'done');
	journal.append({t: 'end', run, outcome});
	emit({type: 'run-end', run, ...result});
	return {...result, faults};
};

const nodesByStep = (nodes: readonly PlanNode[]): Readonly<Record<string, number>> => {
	const counts: Record<string, number> = {};
	for (const {step} of nodes) counts[step] = (counts[step] ?? 0) + 1;
	return counts;
};

/**
 * Early groups first, for what comes after them is long; then whatever stands alone; and what can be merged last, so that as much as
 * possible is ready to be merged with it.
 */
const nextOf = (ready: readonly PlanNode[]): PlanNode | undefined =>
	[0, 1, 2].map(rank => ready.find(node => rankOf(node) === rank)).find(node => node !== undefined);

const rankOf = ({resource, look}: PlanNode): 0 | 1 | 2 =>
	resource.group !== undefined ? 0 : look.state === 'change' && look.batch ? 2 : 1;

const endUnchanged = (
	node: Item,
	look: Exclude<Look, {state: 'change'}>,
	since: number,
	end: (node: Item, outcome: NodeOutcome, since: number, more?: {fault?: FaultData}) => void,
): void => {
	if (look.state === 'ok') end(node, 'ok', since);
	else if (look.state === 'failed') end(node, 'failed', since, {fault: look.fault});
	else
		end(node, 'failed', since, {
			fault: faultData(
				new Fault(
					'run.cannot-see',
					`${node.resource.id}: ${showUnknown(look.why)}`,
					'Everything it needs was done, and it still cannot be looked at. Mend what the sentence names, then run the same command again.',
				),
			),
		});
};
