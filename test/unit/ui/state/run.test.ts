import {describe, expect, test} from 'vitest';
import type {Stamped} from '#model/event.ts';
import type {Msg} from '../../../../src/ui/state/msg.ts';
import type {State} from '../../../../src/ui/state/types.ts';
import {interview, key, opened, play, started, type, walking} from './sample.ts';

const steps = interview.steps.map(({id, title}) => ({id, title}));
const info = {run: 'r1', what: 'setup apply', pid: 7, since: 1000, by: {user: 'root'}, how: 'terminal'} as const;
const hello: Msg = {type: 'run-hello', steps, info, you: 'drives', driver: {user: 'root'}, kind: 'apply'};
const event = (one: Omit<Stamped, 'at'>, at = 5000): Msg => ({type: 'run-event', event: {at, ...one} as Stamped});
const fault = {code: 'x.y', sentence: 'lessc could not find it', hint: 'Take it from elsewhere.', details: []};

const begun: readonly Msg[] = [
	hello,
	{type: 'run-live'},
	event({
		type: 'run-start',
		run: 'r1',
		stack: 'sample',
		nodes: 3,
		changes: 3,
		resumed: false,
		steps: {one: 2, two: 1},
	} as never),
	event({type: 'node-start', id: 'a', step: 'one', title: 'first', n: 1, of: 3} as never),
];
const running = (): State => play(begun, walking()).state;

describe('a run on the screen', () => {
	test('a step works until all its nodes came to an end', () => {
		const state = running();
		expect(state.run?.steps[0]).toMatchObject({state: 'works', now: 'first', of: 2});
		const half = play(
			[event({type: 'node-end', id: 'a', step: 'one', outcome: 'changed', seconds: 1} as never)],
			state,
		).state;
		expect(half.run?.steps[0]).toMatchObject({state: 'works', ended: 1, changed: 1});
		const whole = play(
			[event({type: 'node-end', id: 'b', step: 'one', outcome: 'ok', seconds: 0} as never)],
			half,
		).state;
		expect(whole.run?.steps[0]).toMatchObject({state: 'done', changed: 1});
	});

	test('a screen that joins without having chosen the stack learns what it costs', () => {
		const {state} = play(
			[{...hello, stack: {id: 'sample', title: 'A sample', about: '', seconds: 90, stepSeconds: {one: 60}}} as Msg],
			play([started]).state,
		);
		expect(state.stack?.seconds).toBe(90);
	});

	test('keys typed while it runs answer nothing that comes later', () => {
		const state = play([type('y'), key('enter'), type('stop'), key('enter')], running()).state;
		expect(state.over).toBeUndefined();
		expect(state.screen.at).toBe('install');
	});

	test('Ctrl-C asks for the word, and only the typed word stops', () => {
		const asked = play([key('interrupt')], running());
		expect(asked.state.over).toMatchObject({over: 'confirm', word: 'stop'});
		const early = play([type('stop'), key('enter')], asked.state);
		expect(early.effects).toEqual([]);
		const later = {...asked.state, now: asked.state.now + 1000};
		expect(play([{type: 'key', key: {key: 'text', text: 'stop', paste: true}}, key('enter')], later).effects).toEqual(
			[],
		);
		const stopped = play([type('stop'), key('enter')], later);
		expect(stopped.effects).toEqual([{do: 'stop'}]);
		expect(stopped.state.run?.stopping).toBe(true);
	});

	test('leaving tells that it goes on; who only watches leaves with Ctrl-C', () => {
		expect(play([type('d')], running()).state.leave).toMatchObject({
			code: 0,
			lines: [expect.stringContaining('goes on'), expect.stringContaining('setup attach')],
		});
		const watching = play([{type: 'run-driver', you: 'watches', driver: {user: 'eve'}}], running()).state;
		expect(play([key('interrupt')], watching).state.leave?.code).toBe(0);
		expect(play([type('t')], watching).effects).toContainEqual({do: 'drive'});
	});

	test('a failed run shows what can be done about it', () => {
		const failed = play(
			[
				event({type: 'node-line', id: 'a', line: 'the last words'} as never),
				event({type: 'node-end', id: 'a', step: 'one', outcome: 'failed', seconds: 2, fault} as never),
				event({type: 'run-end', run: 'r1', outcome: 'failed', changed: 0, failed: 1, skipped: 2, seconds: 3} as never),
			],
			running(),
		).state;
		expect(failed.screen).toEqual({at: 'failure', highlighted: 0});
		expect(failed.run?.faults).toMatchObject([{step: 'one', sentence: fault.sentence, last: ['the last words']}]);
		expect(play([key('enter')], failed).state.screen).toMatchObject({at: 'question', step: 0});
		expect(play([key('down'), key('enter')], failed).effects).toContainEqual({do: 'install', skip: []});
	});

	test('a run that is done leads to the summary, and its lines go to the normal screen', () => {
		const done = play(
			[event({type: 'run-end', run: 'r1', outcome: 'done', changed: 3, failed: 0, skipped: 0, seconds: 3} as never)],
			running(),
		);
		expect(done.effects).toContainEqual({do: 'summary'});
		const end = {address: 'http://h/', admin: 'admin', answersFile: '/a.yaml', secrets: [], next: ['setup doctor']};
		const left = play([{type: 'summary', end}, key('enter')], done.state).state;
		expect(left.leave?.lines.join('\n')).toMatch(
			/A sample is installed on h[\s\S]*http:\/\/h\/[\s\S]*\/a\.yaml[\s\S]*setup doctor/,
		);
	});

	test('a run that left out what it was asked to leave out did what was asked, and says so', () => {
		const end = {
			type: 'run-end',
			run: 'r1',
			outcome: 'interrupted',
			changed: 1,
			failed: 0,
			skipped: 2,
			leftOut: 2,
			seconds: 1,
		};
		const done = play([event(end as never)], running());
		expect(done.effects).toContainEqual({do: 'summary'});
		const summary = {answersFile: '/a.yaml', secrets: [], next: []};
		expect(play([{type: 'summary', end: summary}, key('enter')], done.state).state.leave?.lines.join('\n')).toContain(
			'2 things, as asked',
		);
	});

	test('a run that was killed is told, and can be gone on with', () => {
		const lost = play([{type: 'run-lost', why: 'The run was ended from outside.'}], running()).state;
		expect(lost.screen.at).toBe('failure');
		expect(lost.run?.outcome).toBe('lost');
	});

	test('a backlog that ends in run-end decides the screen only when all of it is there', () => {
		const joined = play(
			[
				hello,
				...begun.slice(2),
				event({type: 'run-end', run: 'r1', outcome: 'failed', changed: 0, failed: 1, skipped: 0, seconds: 1} as never),
			],
			walking(),
		);
		expect(joined.state.screen.at).toBe('install');
		expect(play([{type: 'run-live'}], joined.state).state.screen.at).toBe('failure');
	});

	test('the line to it that closes after its end shuts no log, and asks for no second look', () => {
		const end = (outcome: 'done' | 'failed') =>
			event({type: 'run-end', run: 'r1', outcome, changed: 0, failed: 1, skipped: 0, seconds: 1} as never);
		const {state} = play([end('failed'), type('l'), {type: 'run-live'}], running());
		expect(state.over?.over).toBe('log');
		const {effects} = play([end('done'), {type: 'run-live'}], running());
		expect(effects).toEqual([{do: 'summary'}]);
	});
});

describe('what waits drops keys', () => {
	test('nothing typed while the host is looked at reaches the review', () => {
		const state = play([{type: 'notice', line: ''}, opened], walking()).state;
		const waiting = {...state, over: {over: 'waiting', sentence: 'Looking'} as const};
		const plan = {lines: [], counts: {ok: 0, change: 0, unknown: 0, failed: 0}, restarts: [], facts: []};
		const {state: after, effects} = play([type('i'), key('enter'), {type: 'planned', plan}], waiting);
		expect(after.screen.at).toBe('review');
		expect(effects).toEqual([]);
	});
});

describe('the review', () => {
	const line = {
		id: 'file:/etc/x',
		step: 'one',
		title: '/etc/x',
		state: 'change',
		changes: [{what: 'mode', from: '0600', to: '0644'}],
	} as const;
	const plan = {lines: [line], counts: {ok: 0, change: 1, unknown: 0, failed: 0}, restarts: [], facts: []};

	test('opens a step, then a line with its changes, then the commands it stands for', () => {
		const {state, effects} = play([{type: 'planned', plan}, key('enter'), key('down'), key('enter')], walking());
		expect(state.over).toMatchObject({
			over: 'detail',
			title: '/etc/x',
			lines: expect.arrayContaining(['mode: 0600 -> 0644']),
		});
		expect(effects).toContainEqual({do: 'acts', id: 'file:/etc/x'});
		const told = play([{type: 'acts', id: 'file:/etc/x', lines: ['write /etc/x']}], state).state;
		expect(told.over).toMatchObject({lines: expect.arrayContaining(['write /etc/x'])});
		const closed = play([key('escape'), {type: 'acts', id: 'file:/etc/x', lines: ['late']}], state).state;
		expect(closed.over).toBeUndefined();
	});

	test('i installs, and not while something cannot be planned', () => {
		const good = play([{type: 'planned', plan}, type('i')], walking());
		expect(good.effects).toContainEqual({do: 'install', skip: []});
		const bad = play([{type: 'planned', plan: {...plan, counts: {...plan.counts, failed: 1}}}, type('i')], walking());
		expect(bad.effects).toEqual([]);
		expect(bad.state.notice).toContain('failed to be planned');
	});
});
