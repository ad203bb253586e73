import {describe, expect, test} from 'vitest';
import {makePlan} from '#engine/plan.ts';
import {Fault} from '#model/fault.ts';
import type {Probe} from '#model/step.ts';
import {askBeforehand} from '#tasks/beforehand.ts';
import type {Opened} from '#tasks/open-stack.ts';
import {keyType, memoryHost, node, type World} from '../engine/memory.ts';

const probe = (id: string, decides: Probe['decides'], asked: string[], run?: Probe['run']): Probe => ({
	id,
	about: ['from'],
	title: id,
	...(decides && {decides}),
	run:
		run ??
		(async () => {
			asked.push(id);
			return {state: 'ok', line: 'there'};
		}),
});

const openedWith = (probes: readonly Probe[]): Opened =>
	({
		stack: {id: 's', steps: [{id: 'one', probes: () => probes}]},
		loaded: {answers: new Map(), uses: new Map()},
	}) as unknown as Opened;

describe('what is asked before an install', () => {
	test('is what decides, and with a plan only of what is still to be made', async () => {
		const asked: string[] = [];
		const opened = openedWith([
			probe('archive', ['path:/a'], asked),
			probe('components', ['path:/b'], asked),
			probe('a nicety', undefined, asked),
		]);
		const world: World = new Map([['a', 'set']]);
		const plan = await makePlan(
			[node(keyType(world), 'a', {provides: ['path:/a']}), node(keyType(world), 'b', {provides: ['path:/b']})],
			memoryHost(),
		);
		expect((await askBeforehand(opened, memoryHost(), plan)).map(({id}) => id)).toEqual(['components']);
		expect((await askBeforehand(opened, memoryHost())).map(({id}) => id)).toEqual(['archive', 'components']);
		expect(asked).toEqual(['components', 'archive', 'components']);
	});

	test('a fault is a no, with the answers that it is about', async () => {
		const opened = openedWith([
			probe('archive', ['path:/a'], [], async () => {
				throw new Fault('test.gone', 'it is gone', 'look');
			}),
		]);
		expect(await askBeforehand(opened, memoryHost())).toEqual([
			{step: 'one', id: 'archive', title: 'archive', about: ['one.from'], state: 'failed', line: 'it is gone'},
		]);
	});
});
