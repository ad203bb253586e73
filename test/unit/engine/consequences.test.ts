import {describe, expect, test} from 'vitest';
import {consequencesOf} from '#engine/consequences.ts';
import {orderOf} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {collect, keyType, memoryHost, memoryJournal, node, type World} from './memory.ts';

/** d needs b and c, both need a; e stands alone. */
const diamond = (world: World, apply?: (key: string) => void) => {
	const type = keyType(world, apply ? {apply} : {});
	return [
		node(type, 'e'),
		node(type, 'd', {needs: ['path:/b', 'path:/c']}),
		node(type, 'c', {needs: ['path:/a'], provides: ['path:/c']}),
		node(type, 'b', {needs: ['path:/a'], provides: ['path:/b']}),
		node(type, 'a', {provides: ['path:/a']}),
	];
};

describe('what is left out with a node', () => {
	const order = orderOf(diamond(new Map()));
	test.each([
		[['a'], ['a', 'b', 'c', 'd']],
		[['c'], ['c', 'd']],
		[['d'], ['d']],
		[
			['b', 'e'],
			['e', 'b', 'd'],
		],
		[['nothing'], []],
		[[], []],
	])('%j: %j', (ids, also) => {
		expect([...consequencesOf(order, ids)].toSorted()).toEqual(also.toSorted());
	});

	test('comes in the order of the run', () => {
		const all = consequencesOf(order, ['a']);
		expect(all[0]).toBe('a');
		expect(all.at(-1)).toBe('d');
	});
});

const skipping = async (world: World, skip: readonly string[]) => {
	const {events, emit} = collect();
	const plan = await makePlan(diamond(world), memoryHost());
	const journal = memoryJournal();
	const options = {
		plan,
		run: 'r',
		stack: 's',
		journal,
		emit,
		skip,
		jobs: 2,
		stopping: () => false,
		resumed: false,
		remote: 'apply',
	} as const;
	return {result: await runPlan({...options, hostFor: () => memoryHost()}), events, journal};
};

describe('a run that leaves something out', () => {
	test('does the rest, says of each why it is not done, and is not done', async () => {
		const world: World = new Map();
		const {result, events, journal} = await skipping(world, ['c']);
		expect([...world.keys()].toSorted()).toEqual(['a', 'b', 'e']);
		expect(result).toMatchObject({outcome: 'interrupted', changed: 3, failed: 0, skipped: 2, leftOut: 2});
		const skipped = events.flatMap(event =>
			event.type === 'node-end' && event.outcome === 'skipped' ? [`${event.id}: ${event.why}`] : [],
		);
		expect(skipped).toEqual(['c: left out, as asked', 'd: it needs what was left out']);
		expect(events.at(-1)).toMatchObject({type: 'run-end', outcome: 'interrupted', leftOut: 2});
		expect(journal.entries.at(-1)).toMatchObject({t: 'end', outcome: 'interrupted'});
	});

	test('and the next one, which leaves nothing out, does what is missing', async () => {
		const world: World = new Map();
		await skipping(world, ['a']);
		expect([...world.keys()]).toEqual(['e']);
		expect((await skipping(world, [])).result).toMatchObject({outcome: 'done', changed: 4});
	});
});
