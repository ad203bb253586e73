/** Two stacks on one host: each takes back its own, what both have goes with the last of them, and a crash in between loses nothing. */
import {describe, expect, test} from 'vitest';
import type {Entry, Journal, Stamped} from '#engine/journal.ts';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {standing, standingStacks} from '#engine/standing.ts';
import {undoRun} from '#engine/undo.ts';
import type {UndoOptions} from '#engine/undo-options.ts';
import {keyType, memoryHost, memoryJournal, node, type World} from './memory.ts';

type Keys = Readonly<Record<string, string>>;

const apply = async (journal: Journal, world: World, stack: string, keys: Keys, skip: readonly string[] = []) => {
	const type = keyType(world, {
		apply: key => {
			if (key === 'breaks') throw new Error('it broke');
		},
	});
	const items = Object.entries(keys).map(([key, value]) => node(type, key, {}, {value}));
	const hostFor = () => memoryHost();
	const plan = await makePlan(items, memoryHost());
	const run = `${stack}-${journal.entries.length}`;
	journal.append({t: 'run', run, stack, version: '0', answers: ''});
	const {outcome} = await runPlan({
		plan,
		run,
		stack,
		journal,
		hostFor,
		skip,
		emit: () => {},
		jobs: 1,
		stopping: () => false,
		resumed: false,
		remote: 'apply',
	});
	return outcome;
};

const undo = async (journal: Journal, world: World, more: Partial<UndoOptions> = {}) =>
	(
		await undoRun({
			journal,
			typeNamed: () => keyType(world),
			hostFor: () => memoryHost(),
			emit: () => {},
			purge: false,
			purgeData: false,
			dry: false,
			stopping: () => false,
			...more,
		})
	).map(({id, result}) => `${id} ${result.outcome}${'why' in result ? `: ${result.why}` : ''}`);

const of = (world: World): Keys => Object.fromEntries([...world].toSorted());

describe('two stacks', () => {
	test('undo of one takes nothing of the other, though their steps and things have the same names', async () => {
		const [world, journal] = [new Map([['x', 'theirs']]), memoryJournal()];
		await apply(journal, world, 'one', {x: 'one', a: 'one'});
		await apply(journal, world, 'two', {y: 'two', b: 'two'});
		expect(standingStacks(journal.entries)).toEqual(['one', 'two']);
		expect(await undo(journal, world, {stacks: ['one']})).toEqual(['a undone', 'x undone']);
		expect(of(world)).toEqual({b: 'two', x: 'theirs', y: 'two'});
		expect(standingStacks(journal.entries)).toEqual(['two']);
		expect(await undo(journal, world, {stacks: ['two']})).toEqual(['b undone', 'y undone']);
		expect(of(world)).toEqual({x: 'theirs'});
		expect(standing(journal.entries)).toEqual([]);
	});

	test('what the second found as it wants it stays with it, and goes with it', async () => {
		const [world, journal] = [new Map([['shared', 'theirs']]), memoryJournal()];
		await apply(journal, world, 'one', {shared: 'on', a: 'one'});
		await apply(journal, world, 'two', {shared: 'on'});
		expect(await undo(journal, world, {stacks: ['one']})).toEqual([
			'a undone',
			'shared kept: shared also belongs to stack two',
		]);
		expect(of(world)).toEqual({shared: 'on'});
		expect(await undo(journal, world, {stacks: ['one']})).toEqual([]);
		expect(await undo(journal, world, {stacks: ['two']})).toEqual(['shared undone']);
		expect(of(world)).toEqual({shared: 'theirs'});
	});

	test('a failed apply holds as well; what is no longer in a plan is let go by the next good one', async () => {
		const [world, journal] = [new Map<string, string>(), memoryJournal()];
		await apply(journal, world, 'one', {shared: 'on', other: 'on'});
		expect(await apply(journal, world, 'two', {breaks: 'x', shared: 'on', other: 'on'})).toBe('failed');
		const dry = (): Promise<readonly string[]> => undo(journal, world, {stacks: ['one'], dry: true});
		expect(await dry()).toEqual([
			'other kept: other also belongs to stack two',
			'shared kept: shared also belongs to stack two',
		]);
		expect(await apply(journal, world, 'two', {shared: 'on'})).toBe('done');
		expect(await dry()).toEqual(['other undone', 'shared kept: shared also belongs to stack two']);
	});

	test('of a value each takes back its own: over the other, or under it', async () => {
		const both = async (first: 'one' | 'two') => {
			const [world, journal] = [new Map([['value', 'theirs']]), memoryJournal()];
			await apply(journal, world, 'one', {value: '1'});
			await apply(journal, world, 'two', {value: '2'});
			const seen: string[] = [];
			for (const stack of [first, first === 'one' ? 'two' : 'one']) {
				await undo(journal, world, {stacks: [stack]});
				seen.push(world.get('value') ?? 'none');
			}
			return seen;
		};
		expect(await both('two')).toEqual(['1', 'theirs']);
		expect(await both('one')).toEqual(['2', 'theirs']);
	});

	test('three stacks: it goes from hand to hand; one that comes back takes it again', async () => {
		const [world, journal] = [new Map<string, string>(), memoryJournal()];
		for (const stack of ['one', 'two', 'three']) await apply(journal, world, stack, {shared: 'on'});
		await undo(journal, world, {stacks: ['one']});
		await apply(journal, world, 'one', {shared: 'on'});
		await undo(journal, world, {stacks: ['two']});
		await undo(journal, world, {stacks: ['three']});
		expect(of(world)).toEqual({shared: 'on'});
		expect(await undo(journal, world, {stacks: ['one']})).toEqual(['shared undone']);
		expect(of(world)).toEqual({});
	});

	test('undo of everything keeps nothing for a stack that goes too', async () => {
		const [world, journal] = [new Map<string, string>(), memoryJournal()];
		await apply(journal, world, 'one', {shared: 'on'});
		await apply(journal, world, 'two', {shared: 'on'});
		expect(await undo(journal, world)).toEqual(['shared undone']);
		expect(standingStacks(journal.entries)).toEqual([]);
	});

	test('a journal without holds: what a stack changed is held by it', async () => {
		const [world, journal] = [new Map<string, string>(), memoryJournal()];
		await apply(journal, world, 'one', {shared: 'on'});
		const old = memoryJournal(
			journal.entries.flatMap((entry): readonly Stamped[] => {
				if (entry.t === 'holds') return [];
				if (entry.t !== 'intent') return [entry];
				const {holds: _, ...intent} = entry;
				return [intent];
			}),
		);
		world.delete('shared');
		await apply(old, world, 'two', {shared: 'on'});
		expect(await undo(old, world, {stacks: ['two']})).toEqual(['shared kept: shared also belongs to stack one']);
		expect(await undo(old, world, {stacks: ['one']})).toEqual(['shared undone', 'shared already']);
	});

	test('killed at every line of an undo, the next undo ends in the same', async () => {
		const prepare = async (): Promise<{world: World; journal: Journal}> => {
			const [world, journal] = [new Map([['a', 'old']]), memoryJournal()];
			await apply(journal, world, 'one', {shared: 'on', a: 'one', b: 'one'});
			await apply(journal, world, 'two', {shared: 'on', c: 'two'});
			return {world, journal};
		};
		const whole = await prepare();
		await undo(whole.journal, whole.world, {stacks: ['one']});
		const lines = whole.journal.entries.length - (await prepare()).journal.entries.length;
		expect(lines).toBeGreaterThan(6);
		for (let at = 1; at <= lines; at += 1) {
			const {world, journal} = await prepare();
			let left = at;
			const killed = memoryJournal(journal.entries, (_entry: Entry) => {
				left -= 1;
				if (left <= 0) throw new Error('SIGKILL');
			});
			await undo(killed, world, {stacks: ['one']}).catch(() => {});
			const again = memoryJournal(killed.entries);
			await undo(again, world, {stacks: ['one']});
			expect(of(world), `line ${at}`).toEqual({a: 'old', c: 'two', shared: 'on'});
			expect(standingStacks(again.entries), `line ${at}`).toEqual(['two']);
			await undo(again, world, {stacks: ['two']});
			expect(of(world), `line ${at}`).toEqual({a: 'old'});
			expect(standing(again.entries), `line ${at}`).toEqual([]);
		}
	});
});
