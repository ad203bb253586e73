import {expect, test} from 'vitest';
import type {Event, Stamped} from '#model/event.ts';
import {stepOf} from '#runner/log.ts';

const at = (events: readonly Event[]): readonly Stamped[] => events.map(event => ({at: 1, ...event}));
const start: Event = {
	type: 'run-start',
	run: 'r',
	stack: 's',
	nodes: 4,
	changes: 4,
	resumed: false,
	steps: {one: 2, two: 1, three: 1},
};
const begin = (step: string): Event => ({
	type: 'node-start',
	id: `${step}-id`,
	step,
	title: `doing ${step}`,
	n: 1,
	of: 4,
});
const end = (step: string): Event => ({type: 'node-end', id: `${step}-id`, step, outcome: 'changed', seconds: 1});

test.each([
	['nothing was said', [], undefined],
	['nothing has begun', [start], undefined],
	['the first has begun', [start, begin('one')], {step: 1, steps: 3, id: 'one', now: 'doing one'}],
	['one node of two has ended', [start, begin('one'), end('one')], {step: 1, steps: 3, id: 'one', now: 'doing one'}],
	[
		'a step has ended',
		[start, begin('one'), end('one'), end('one'), begin('two')],
		{step: 2, steps: 3, id: 'two', now: 'doing two'},
	],
	[
		'all have',
		[start, begin('one'), end('one'), end('one'), end('two'), end('three')],
		{step: 3, steps: 3, id: 'one', now: 'doing one'},
	],
	['an undo speaks', [{type: 'undo', id: 'a', step: 's', stack: 'x', result: {outcome: 'undone'}}], undefined],
] as const)('how far a run is when %s', (_when, events, far) => {
	expect(stepOf(at(events))).toEqual(far);
});
