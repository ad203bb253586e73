/** A run said in lines: each thing once, and what was before one joined in short. */
import {expect, test} from 'vitest';
import {runLines} from '#ui/plain/run.ts';
import type {RunView, StepRun} from '#ui/state/types.ts';
import {states} from '../../../ui/support/states.ts';

const run = states['install']!.run!;
const withStep = (id: string, more: Partial<StepRun>, from: RunView = run): RunView => ({
	...from,
	steps: from.steps.map(step => (step.id === id ? {...step, ...more} : step)),
});

test('nothing is said of what happened before one joined, but where it stands', () => {
	expect(runLines(undefined, {...run, live: false})).toEqual([]);
	expect(runLines({...run, live: false}, run)).toEqual([
		'Installing; you drive.',
		'78 things to look at in 13 steps.',
		'Packages: done, 61 changes, 1:12',
		'Sources: done, nothing to change, 0:04',
		'Docker: done, 4 changes, 0:05',
		'LDAP directory: done, 4 changes, 0:05',
		'LDAP client: done, 4 changes, 0:05',
		'PostgreSQL: creating the role',
		'OpenResty: compiling',
		'OpenResty: 412 of 760',
	]);
});

test('a step is said when it begins something, at each tenth, and at its end', () => {
	const further = (done: number): RunView => withStep('openresty', {progress: {done, of: 760}});
	expect(runLines(run, further(413))).toEqual([]);
	expect(runLines(further(455), further(456))).toEqual(['OpenResty: 456 of 760']);
	expect(runLines(run, withStep('openresty', {now: 'installing', progress: {done: 0, of: 3}}))).toEqual([
		'OpenResty: installing',
	]);
	const ended = withStep('postgres', {
		state: 'done',
		changed: 3,
		endedAt: run.steps.find(({id}) => id === 'postgres')!.startedAt! + 6000,
	});
	expect(runLines(run, ended)).toEqual(['PostgreSQL: done, 3 changes, 0:06']);
	expect(runLines(run, withStep('postgres', {state: 'failed'}))).toEqual(['PostgreSQL: FAILED']);
});

test('waits, a new driver, stopping and the end are said once', () => {
	const waiting = {...run, waiting: 'the dpkg lock, held by apt (12)'};
	expect(runLines(run, waiting)).toEqual(['waits for the dpkg lock, held by apt (12)']);
	expect(runLines(waiting, {...waiting, changed: 78})).toEqual([]);
	expect(runLines(run, {...run, you: 'watches'})).toEqual(['Somebody else drives now; you watch.']);
	expect(runLines(run, {...run, stopping: true})).toEqual(['It stops after what is at work now.']);
	expect(runLines(run, {...run, outcome: 'done', seconds: 303})).toEqual(['Done after 5:03, 77 changes.']);
	expect(runLines({...run, outcome: 'done'}, {...run, outcome: 'done'})).toEqual([]);
});
