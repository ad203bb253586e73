import {describe, expect, test} from 'vitest';
import {readJournal} from '#engine/journal.ts';
import type {Item} from '#engine/order.ts';
import {makePlan, planExitCode} from '#engine/plan.ts';
import {type RunOptions, runPlan} from '#engine/run.ts';
import {standing} from '#engine/standing.ts';
import {undoRun} from '#engine/undo.ts';
import {unpaid} from '#engine/unpaid.ts';
import {Fault} from '#model/fault.ts';
import {collect, keyType, memoryHost, memoryJournal, node, type World} from './memory.ts';

const running = async (items: readonly Item[], options: Partial<RunOptions> = {}) => {
	const {events, emit} = collect();
	const plan = await makePlan(items, memoryHost());
	const journal = options.journal ?? memoryJournal();
	const result = await runPlan({
		plan,
		run: 'r1',
		stack: 'test',
		journal,
		hostFor: () => memoryHost(),
		emit,
		jobs: 2,
		stopping: () => false,
		resumed: false,
		remote: 'apply',
		...options,
	});
	return {result, events, plan, journal};
};

describe('a plan', () => {
	test('counts four states and gives the exit code', async () => {
		const world: World = new Map([['a', 'set']]);
		const type = keyType(world);
		const plan = await makePlan(
			[
				node(type, 'a'),
				node(type, 'b', {provides: ['path:/b']}),
				node(type, 'c', {needs: ['path:/b']}, {until: {key: 'b', thing: 'path:/b'}}),
			],
			memoryHost(),
		);
		expect(plan.counts).toEqual({ok: 1, change: 1, unknown: 1, failed: 0});
		expect(planExitCode(plan)).toBe(3);
		const waiting = plan.nodes.find(one => one.resource.id === 'c')!.look;
		expect(waiting).toMatchObject({state: 'unknown', expected: [{what: 'c', from: null, to: 'set'}]});
	});

	test('a need that nobody provides and the host lacks is a fault', async () => {
		const type = keyType(new Map());
		const plan = await makePlan([node(type, 'a', {needs: ['unit:none.service']})], memoryHost());
		expect(plan.nodes[0]!.look).toMatchObject({state: 'failed', fault: {code: 'plan.nobody-provides'}});
		expect(planExitCode(plan)).toBe(1);
	});

	test('names a cycle and an id declared twice', async () => {
		const type = keyType(new Map());
		await expect(
			makePlan(
				[
					node(type, 'a', {needs: ['path:/b'], provides: ['path:/a']}),
					node(type, 'b', {needs: ['path:/a'], provides: ['path:/b']}),
				],
				memoryHost(),
			),
		).rejects.toMatchObject({code: 'plan.cycle'});
		await expect(makePlan([node(type, 'a'), node(type, 'a')], memoryHost())).rejects.toMatchObject({
			code: 'plan.twice',
		});
	});
});

describe('a run', () => {
	test('applies in the order of needs, and a second run changes nothing', async () => {
		const world: World = new Map();
		const order: string[] = [];
		const type = keyType(world, {apply: key => void order.push(key)});
		const items = [
			node(type, 'c', {needs: ['path:/b']}),
			node(type, 'b', {needs: ['path:/a'], provides: ['path:/b']}),
			node(type, 'a', {provides: ['path:/a']}),
		];
		expect((await running(items)).result).toMatchObject({outcome: 'done', changed: 3});
		expect(order).toEqual(['a', 'b', 'c']);
		const again = await running(items);
		expect(again.result).toMatchObject({outcome: 'done', changed: 0});
		expect(again.journal.entries.some(entry => entry.t === 'intent')).toBe(false);
	});

	test('looks again at what was fine when its maker changed', async () => {
		const world: World = new Map([['b', 'set']]);
		const type = keyType(world, {apply: key => void (key === 'a' && world.set('b', 'broken'))});
		const {result} = await running([node(type, 'a', {provides: ['path:/a']}), node(type, 'b', {needs: ['path:/a']})]);
		expect(result).toMatchObject({outcome: 'done', changed: 2});
		expect(world.get('b')).toBe('set');
	});

	test('merges ready nodes of one kind, never across a need, and journals each', async () => {
		const batches: string[][] = [];
		const type = keyType(new Map(), {together: true, batches});
		const {journal} = await running(
			[
				node(type, 'a', {provides: ['package:a']}),
				node(type, 'b'),
				node(type, 'c', {needs: ['package:a']}),
				node(type, 'd', {group: 'other'}),
			],
			{jobs: 1},
		);
		expect(batches).toEqual([['a', 'b']]);
		expect(journal.entries.filter(entry => entry.t === 'done')).toHaveLength(4);
	});

	test('two nodes with one lock are never at work together', async () => {
		let inside = 0;
		let most = 0;
		const type = keyType(new Map(), {
			apply: async () => {
				inside += 1;
				most = Math.max(most, inside);
				await new Promise(resolve => setImmediate(resolve));
				inside -= 1;
			},
		});
		await running(
			['a', 'b', 'c', 'd'].map(key => node(type, key, {locks: ['apt', 'systemd']})),
			{jobs: 4},
		);
		expect(most).toBe(1);
	});

	test('what has nothing to do with a failure goes on, each fault is told, and who was left out says because of whom', async () => {
		const type = keyType(new Map(), {
			apply: key => {
				if (key === 'b' || key === 'y') throw new Fault('test.broken', `${key} is broken`, `mend ${key}`);
			},
		});
		const {result, events} = await running(
			[
				node(type, 'b', {provides: ['path:/b']}),
				node(type, 'c', {needs: ['path:/b']}),
				node(type, 'y', {provides: ['path:/y']}),
				node(type, 'z', {needs: ['path:/y']}),
				node(type, 'a', {provides: ['path:/a']}),
				node(type, 'd', {needs: ['path:/a']}),
			],
			{jobs: 1},
		);
		expect(result).toMatchObject({outcome: 'failed', changed: 2, failed: 2, skipped: 2});
		expect(result.faults.map(({id}) => id)).toEqual(['b', 'y']);
		expect(events.flatMap(event => (event.type === 'node-end' && event.why ? [[event.id, event.why]] : []))).toEqual([
			['c', 'b failed before it'],
			['z', 'y failed before it'],
		]);
	});

	test('a failure leaves a state from which the next run converges', async () => {
		const world: World = new Map();
		let broken = true;
		const type = keyType(world, {
			apply: key => {
				if (key === 'b' && broken) throw new Fault('test.broken', 'b is broken', 'mend b');
			},
		});
		const items = [
			node(type, 'a', {provides: ['path:/a']}),
			node(type, 'b', {needs: ['path:/a'], provides: ['path:/b']}),
			node(type, 'c', {needs: ['path:/b']}),
		];
		const {result, journal} = await running(items, {jobs: 1});
		expect(result).toMatchObject({
			outcome: 'failed',
			changed: 1,
			failed: 1,
			skipped: 1,
			faults: [{code: 'test.broken', id: 'b'}],
		});
		broken = false;
		expect((await running(items, {journal})).result).toMatchObject({outcome: 'done', changed: 2});
	});

	test('asked to stop, it says interrupted and skips the rest', async () => {
		let stop = false;
		const type = keyType(new Map(), {apply: () => void (stop = true)});
		const {result} = await running([node(type, 'a', {provides: ['path:/a']}), node(type, 'b', {needs: ['path:/a']})], {
			stopping: () => stop,
		});
		expect(result).toMatchObject({outcome: 'interrupted', changed: 1, skipped: 1});
	});

	test('applied and still not as desired is a fault', async () => {
		const world: World = new Map();
		const type = {...keyType(world), apply: async () => {}};
		expect((await running([node(type, 'a')])).result.faults[0]).toMatchObject({code: 'run.not-as-desired'});
	});

	test('an edit owes a restart to a unit that was fine, paid before who needs the unit', async () => {
		const ran: string[] = [];
		const world: World = new Map([['unit', 'set']]);
		const type = keyType(world, {apply: key => void ran.push(key)});
		const items = [
			node(type, 'unit', {provides: ['unit:x.service']}),
			node(type, 'edit', {
				needs: ['unit:x.service'],
				provides: ['path:/e'],
				owes: [{unit: 'x.service', do: 'restart'}],
			}),
			node(type, 'proof', {needs: ['unit:x.service', 'path:/e']}),
		];
		const {journal} = await running(items, {hostFor: () => memoryHost(ran), jobs: 1});
		expect(ran).toEqual(['edit', 'restart x.service', 'proof']);
		expect(unpaid(journal.entries)).toEqual([]);
	});

	test('a unit that is started after the edit has read it: nothing is restarted twice; one that is only enabled has not', async () => {
		for (const started of [true, false]) {
			const ran: string[] = [];
			const type = {...keyType(new Map(), {apply: key => void ran.push(key)}), rereads: () => started};
			const items = [
				node(type, 'edit', {provides: ['path:/e'], owes: [{unit: 'x.service', do: 'restart'}]}),
				node(type, 'unit', {provides: ['unit:x.service'], needs: ['path:/e']}),
				node(type, 'proof', {needs: ['unit:x.service']}),
			];
			const {journal} = await running(items, {hostFor: () => memoryHost(ran), jobs: 1});
			expect(ran).toEqual(['edit', 'unit', ...(started ? [] : ['restart x.service']), 'proof']);
			expect(unpaid(journal.entries)).toEqual([]);
		}
	});

	test('what is owed while a unit starts is not paid by that start', async () => {
		const ran: string[] = [];
		const edited = Promise.withResolvers<void>();
		const type = {
			...keyType(new Map(), {
				apply: async key => {
					if (key === 'unit') await edited.promise;
					ran.push(key);
				},
			}),
			rereads: () => true,
		};
		const late = {
			...type,
			apply: async () => void ran.push('edit'),
			inspect: async () => (ran.includes('edit') ? 'set' : null),
		};
		const items = [
			node(type, 'unit', {provides: ['unit:x.service']}),
			node(late, 'edit', {owes: [{unit: 'x.service', do: 'restart'}], provides: ['path:/e']}),
			node(keyType(new Map(), {apply: () => edited.resolve()}), 'after', {needs: ['path:/e']}),
		];
		await running(items, {hostFor: () => memoryHost(ran), jobs: 2});
		expect(ran).toEqual(['edit', 'unit', 'restart x.service']);
	});

	test('a restart in the middle of an edit does not pay for it', async () => {
		const ran: string[] = [];
		const restarted = Promise.withResolvers<void>();
		const type = keyType(new Map([['unit', 'set']]), {
			apply: async key => {
				if (key === 'slow') await restarted.promise;
				if (key === 'proof') restarted.resolve();
				ran.push(key);
			},
		});
		const owes = [{unit: 'x.service', do: 'restart'}] as const;
		const items = [
			node(type, 'unit', {provides: ['unit:x.service']}),
			node(type, 'slow', {owes}),
			node(type, 'edit', {owes, provides: ['path:/e']}),
			node(type, 'proof', {needs: ['unit:x.service', 'path:/e']}),
		];
		const {journal} = await running(items, {hostFor: () => memoryHost(ran), jobs: 2});
		expect(ran.filter(one => !one.includes('reload'))).toEqual([
			'edit',
			'restart x.service',
			'proof',
			'slow',
			'restart x.service',
		]);
		expect(unpaid(journal.entries)).toEqual([]);
	});

	test('what waited for a lock when somebody asked to stop is not started', async () => {
		let stop = false;
		const world: World = new Map();
		const type = keyType(world, {
			apply: async () => {
				await new Promise(resolve => setImmediate(resolve));
				stop = true;
			},
		});
		const {result} = await running([node(type, 'a', {locks: ['apt']}), node(type, 'b', {locks: ['apt']})], {
			stopping: () => stop,
		});
		expect(result).toMatchObject({outcome: 'interrupted', changed: 1, skipped: 1});
		expect([...world.keys()]).toEqual(['a']);
	});

	test('stopped when only a restart is left, it is interrupted, and the restart is still owed', async () => {
		let stop = false;
		const type = keyType(new Map(), {apply: () => void (stop = true)});
		const {result, journal} = await running([node(type, 'a', {owes: [{unit: 'x.service', do: 'restart'}]})], {
			stopping: () => stop,
		});
		expect(result).toMatchObject({outcome: 'interrupted', changed: 1, skipped: 0});
		expect(unpaid(journal.entries)).toEqual([{unit: 'x.service', do: 'restart'}]);
	});

	test('a crash between edit and restart: the debt is paid on resume although nothing changes', async () => {
		const world: World = new Map();
		const type = keyType(world);
		const items = [node(type, 'edit', {owes: [{unit: 'x.service', do: 'restart'}]})];
		const crashing = memoryJournal([], entry => {
			if (entry.t === 'done') throw new Error('SIGKILL');
		});
		await expect(running(items, {journal: crashing})).resolves.toMatchObject({result: {outcome: 'failed'}});
		const ran: string[] = [];
		const {result} = await running(items, {journal: memoryJournal(crashing.entries), hostFor: () => memoryHost(ran)});
		expect(result).toMatchObject({outcome: 'done', changed: 0});
		expect(ran).toContain('restart x.service');
	});
});

describe('undo', () => {
	test('walks newest first, refuses what somebody edited, and is done once', async () => {
		const world: World = new Map([['a', 'old']]);
		const type = keyType(world);
		const {journal} = await running([node(type, 'a'), node(type, 'b'), node(type, 'c')]);
		world.set('c', 'hand-made');
		const undo = () =>
			undoRun({
				journal,
				typeNamed: () => type,
				hostFor: () => memoryHost(),
				emit: () => {},
				purge: false,
				purgeData: false,
				dry: false,
				stopping: () => false,
			});
		expect((await undo()).map(one => [one.id, one.result.outcome])).toEqual([
			['c', 'conflict'],
			['b', 'undone'],
			['a', 'undone'],
		]);
		expect(Object.fromEntries(world)).toEqual({a: 'old', c: 'hand-made'});
		expect((await undo()).map(one => one.id)).toEqual(['c']);
		expect(standing(journal.entries)).toHaveLength(1);
	});
});

test('reading a journal that is not there gives an empty one', () => {
	expect(readJournal('/nonexistent/journal.jsonl')).toEqual([]);
});
