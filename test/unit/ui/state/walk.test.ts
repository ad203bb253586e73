import {describe, expect, test} from 'vitest';
import {textOf} from '../../../../src/ui/state/field.ts';
import {placeAt} from '../../../../src/ui/state/go.ts';
import type {Msg} from '../../../../src/ui/state/msg.ts';
import type {State} from '../../../../src/ui/state/types.ts';
import {answeredWith, interview, key, opened, play, stack, started, type, walking} from './sample.ts';

const place = (state: State): string => {
	const here = placeAt(state);
	return here ? `${here.step.id}.${here.question?.path ?? ''}` : state.screen.at;
};

describe('walking through the questions', () => {
	test('a stack that asks nothing of a host shows no preflight', () => {
		const fresh: Msg = {type: 'opened', stack, interview, passed: []};
		expect(place(play([started, fresh, {type: 'preflight', rows: []}]).state)).toBe('one.a');
	});

	test('a fresh stack begins with the preflight, a left one where it was left', () => {
		expect(play([started, {type: 'opened', stack, interview, passed: []}]).state.screen.at).toBe('preflight');
		expect(
			place(
				play([started, {type: 'opened', stack, interview, passed: ['one'], at: {step: 'two', question: 'password'}}])
					.state,
			),
		).toBe('two.password');
	});

	test('a step is begun at its beginning; one that was seen, at its first gap', () => {
		const at = {step: 'one'};
		expect(place(play([started, {type: 'opened', stack, interview, passed: [], at}]).state)).toBe('one.a');
		expect(place(play([started, {type: 'opened', stack, interview, passed: ['one'], at}]).state)).toBe('one.b');
	});

	test('an answer is asked to be taken, and the walk goes on when it was', () => {
		const typed = play([type('hello'), key('enter')], walking());
		expect(typed.effects).toContainEqual({do: 'answer', step: 'one', path: 'b', text: 'hello'});
		expect(typed.state.busy).toBe(true);
		expect(place(typed.state)).toBe('one.b');
		const taken = play([answeredWith(interview, 'one', 'b', 'hello')], typed.state);
		expect(place(taken.state)).toBe('two.mode');
		expect(taken.state.busy).toBe(false);
		expect(taken.effects).toContainEqual(expect.objectContaining({do: 'place', step: 'two'}));
	});

	test('a refused answer stays to be mended, and going back is free', () => {
		const no = {type: 'rejected', step: 'one', path: 'b', problem: 'must be shorter'} as const;
		const stays = play([type('hello'), key('enter'), no], walking());
		expect(place(stays.state)).toBe('one.b');
		expect(stays.state.notice).toBe('must be shorter');
		expect(
			stays.state.screen.at === 'question' &&
				stays.state.screen.editor.kind === 'text' &&
				textOf(stays.state.screen.editor.field),
		).toBe('hello');
		const back = play([type('hello'), key('back-tab'), no], walking());
		expect(place(back.state)).toBe('one.a');
		expect(back.state.notice).toContain('Not kept');
	});

	test('a question that needs an answer does not let one on without', () => {
		const {state, effects} = play([key('enter')], walking());
		expect(place(state)).toBe('one.b');
		expect(state.notice).toContain('needs an answer');
		expect(effects).toEqual([]);
		expect(place(play([key('page-down')], walking()).state)).toBe('one.b');
	});

	test('a default is taken by Enter, without an answer of its own', () => {
		const {state, effects} = play([key('back-tab'), key('enter')], walking());
		expect(place(state)).toBe('one.b');
		expect(effects.filter(effect => effect.do === 'answer')).toEqual([]);
	});

	test('a choice keeps what was chosen before, and says only what changed', () => {
		const there = play([type('x'), key('enter'), answeredWith(interview, 'one', 'b', 'x')], walking()).state;
		expect(there.screen).toMatchObject({editor: {kind: 'choice', highlighted: 0}});
		const same = play([key('enter')], there);
		expect(place(same.state)).toBe('two.password');
		expect(same.effects.filter(effect => effect.do === 'answer')).toEqual([]);
		const other = play([key('down'), key('enter')], there);
		expect(other.effects).toContainEqual({do: 'answer', step: 'two', path: 'mode', value: 'existing'});
	});

	test('typing filters a list, escape shows all of it', () => {
		const there = play([type('x'), key('enter'), answeredWith(interview, 'one', 'b', 'x')], walking()).state;
		const filtered = play([type('th')], there).state;
		expect(filtered.screen).toMatchObject({editor: {filter: 'th', highlighted: 1}});
		expect(play([type('zzz'), key('enter')], there).state.notice).toContain('Nothing in the list');
		expect(play([key('escape')], filtered).state.screen).toMatchObject({editor: {filter: ''}});
	});

	test('a changed answer makes what depends on it be asked again, and only that', () => {
		const done = {
			...interview,
			steps: interview.steps.map(step => ({
				...step,
				questions: step.questions.map(one => ({...one, value: one.value ?? 'v', text: one.text || 'v'})),
			})),
		};
		const state = play([
			started,
			{
				...opened,
				interview: done,
				passed: ['one', 'two', 'three', 'four'],
				at: {step: 'one', question: 'a'},
			} as typeof opened,
		]).state;
		const changed = play(
			[type('!'), key('enter'), answeredWith(done, 'one', 'a', 'a value!', ['four.last'])],
			state,
		).state;
		expect([...changed.askAgain]).toEqual(['four.last']);
		expect([...changed.passed]).not.toContain('four');
		const jumped = play([key('page-down'), key('page-down')], changed).state;
		expect(place(jumped)).toBe('three.');
		const last = play([key('page-down'), key('page-down')], jumped);
		expect(place(last.state)).toBe('four.last');
		const confirmed = play([key('enter')], last.state);
		expect(confirmed.effects).toContainEqual({do: 'answer', step: 'four', path: 'last', text: 'last value'});
	});

	test('the last step leads to the plan; a gap before it leads back to the gap', () => {
		const end = play([key('steps'), key('down'), key('down'), key('down'), key('enter')], walking());
		expect(place(end.state)).toBe('four.last');
		const gap = play([key('enter')], end.state);
		expect(place(gap.state)).toBe('one.b');
		expect(gap.effects.filter(effect => effect.do === 'plan')).toEqual([]);
		const whole = play([answeredWith(interview, 'one', 'b', 'x')], end.state).state;
		expect(play([key('enter')], whole).effects).toContainEqual({do: 'plan'});
	});

	test('arriving at a step asks its probes', () => {
		const whole = play([answeredWith(interview, 'one', 'b', 'x')], walking()).state;
		const there = play([key('steps'), key('down'), key('down'), key('enter')], whole);
		expect(place(there.state)).toBe('three.');
		expect(there.effects).toContainEqual({do: 'probe', step: 'three'});
	});
});

describe('secrets', () => {
	const there = (): State => {
		const state = play([type('x'), key('enter'), answeredWith(interview, 'one', 'b', 'x')], walking()).state;
		return play([key('enter')], state).state;
	};

	test('are generated unless something else is wanted', () => {
		expect(play([key('enter')], there()).effects).toContainEqual({
			do: 'secret',
			step: 'two',
			path: 'password',
			how: {is: 'generate'},
		});
	});

	test('are typed twice, and not the same is said', () => {
		const once = [key('down'), key('enter'), type('hunter22'), key('enter')];
		const same = play([...once, type('hunter22'), key('enter')], there());
		expect(same.effects).toContainEqual({
			do: 'secret',
			step: 'two',
			path: 'password',
			how: {is: 'typed', value: 'hunter22'},
		});
		expect(JSON.stringify(same.state)).not.toContain('hunter22');
		const other = play([...once, type('hunter23'), key('enter')], there());
		expect(other.effects.filter(effect => effect.do === 'secret')).toEqual([]);
		expect(other.state.notice).toContain('not the same');
	});

	test('may lie in a file', () => {
		const {effects} = play([key('down'), key('down'), key('enter'), type('/root/pw'), key('enter')], there());
		expect(effects).toContainEqual({do: 'secret', step: 'two', path: 'password', how: {is: 'file', path: '/root/pw'}});
	});
});

describe('the short way', () => {
	test('asks only what needs an answer, then looks', () => {
		const first = play([started, {type: 'opened', stack, interview, passed: []}]).state;
		const {state} = play([key('enter')], {...first, brief: true, preflight: []});
		expect(place(state)).toBe('one.b');
		expect(state.notice).toMatch(/\d of what is needed (is|are) open/);
	});
});

test('↓ leaves an empty field for later, and it stays marked', () => {
	const {state, effects} = play([key('down')], walking());
	expect(place(state)).not.toBe('one.b');
	expect(state.notice).toMatch(/Left empty for now/);
	expect(effects.filter(effect => effect.do === 'answer')).toEqual([]);
	expect(state.interview?.steps[0]?.questions.find(one => one.path === 'b')?.value).toBeUndefined();
});
