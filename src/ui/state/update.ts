/** The wizard's one state machine: a state and what happened give the next state and what is asked of the world. Pure, so it is tested without a terminal. */

import {detail, only, type Step, wait, without} from './after-message.ts';
import type {Effect} from './effects.ts';
import {emptyField} from './field.ts';
import {editQuestion, goTo, placeAt} from './go.ts';
import {pastPreflight} from './keys-start.ts';
import {leave} from './leave.ts';
import type {Msg} from './msg.ts';
import {onKey} from './on-key.ts';
import {addEvent, joinRun} from './run-view.ts';
import type {Overlay, State} from './types.ts';

/** The state before anything is known; its first effect is `start`. */
export const firstState = (size: State['size'], now: number): State => ({
	size,
	now,
	stacks: [],
	askAgain: new Set(),
	passed: new Set(),
	brief: false,
	preflight: [],
	probes: [],
	screen: {at: 'start', highlighted: 0},
	over: {over: 'waiting', sentence: 'Looking at this host'},
	busy: false,
});

/** The next state, and what has to be carried out. */
export const update = (state: State, msg: Msg): Step => {
	switch (msg.type) {
		case 'key':
			return onKey(without(state, 'notice'), msg.key);
		case 'resize':
			return only({...state, size: {columns: msg.columns, rows: msg.rows}});
		case 'tick':
			return only({...state, now: msg.now});
		case 'started':
			return only({
				...without(state, 'over'),
				host: msg.host,
				stacks: msg.stacks,
				...(msg.running && {running: msg.running}),
				screen: {at: 'start', highlighted: 0},
			});
		case 'preflight':
			// Where a stack asks nothing of a host there is no screen of it.
			return msg.rows.length === 0 && state.screen.at === 'preflight'
				? pastPreflight({...state, preflight: []})
				: only({...state, preflight: msg.rows});
		case 'opened':
			return opened(state, msg);
		case 'answered':
			return answered(state, msg);
		case 'rejected':
			return rejected(state, msg);
		case 'probe':
			return only({
				...state,
				probes: [...state.probes.filter(one => one.id !== msg.probe.id || one.step !== msg.probe.step), msg.probe],
			});
		case 'planned':
			return only({
				...without(without(state, 'over'), 'fault'),
				plan: msg.plan,
				screen: {at: 'review', highlighted: 0, open: new Set()},
			});
		case 'acts':
			return only(
				state.over?.over === 'detail' && state.over.node === msg.id
					? {...state, over: {...state.over, lines: [...state.over.lines, '', ...msg.lines]}}
					: state,
			);
		case 'exported':
			return only({...state, over: detail('Answers written', msg.lines)});
		case 'run-hello':
			return only({
				...without(state, 'over'),
				...(!state.stack && msg.stack && {stack: msg.stack}),
				run: joinRun(msg, state),
				screen: {at: 'install', focus: 0},
			});
		case 'run-event':
			return state.run ? afterEvent({...state, run: addEvent(state.run, msg.event)}, msg) : only(state);
		case 'run-live':
			// Told again when the line to the run closes: what was opened since its end stays open, and nothing is looked at twice.
			return state.run && !state.run.live ? afterRun({...state, run: {...state.run, live: true}}) : only(state);
		case 'run-driver':
			return only(state.run ? {...state, run: {...state.run, you: msg.you, driver: msg.driver}} : state);
		case 'run-lost':
			return lost(state, msg.why);
		case 'report':
			return only({
				...state,
				over: {over: 'report', lines: msg.lines, scroll: 0, field: {graphemes: [...msg.path], cursor: msg.path.length}},
			});
		case 'consequences':
			return only({...state, over: skipQuestion(state, msg)});
		case 'summary':
			return only({...without(state, 'over'), end: msg.end, screen: {at: 'end'}});
		case 'notice':
			return only({
				...(state.over?.over === 'waiting' ? without(state, 'over') : state),
				notice: msg.line,
				busy: false,
			});
		case 'gone':
			return leave(state, msg.code);
		case 'fault':
			return only({
				...without(state, 'after'),
				busy: false,
				fault: msg.fault,
				over: detail(msg.fault.sentence, [msg.fault.hint, '', ...msg.fault.details]),
			});
	}
};

const opened = (state: State, msg: Extract<Msg, {type: 'opened'}>): Step => {
	const next: State = {
		...without(state, 'over'),
		stack: msg.stack,
		interview: msg.interview,
		passed: new Set(msg.passed),
		askAgain: new Set(),
		probes: [],
	};
	const effects: readonly Effect[] = [{do: 'preflight', stack: msg.stack.id}];
	if (!msg.at) return {state: {...next, screen: {at: 'preflight', highlighted: 0}}, effects};
	const there = goTo(next, msg.at);
	return {state: there.state, effects: [...effects, ...there.effects]};
};

const answered = (state: State, msg: Extract<Msg, {type: 'answered'}>): Step => {
	const here = placeAt(state);
	// What the operator has not come to yet is asked anyway.
	const again = msg.askAgain.filter(key => [...state.passed].some(step => key.startsWith(`${step}.`)));
	const askAgain = new Set([...state.askAgain, ...again]);
	if (here) askAgain.delete(`${here.step.id}.${here.question?.path ?? ''}`);
	const passed = new Set([...state.passed].filter(step => !again.some(key => key.startsWith(`${step}.`))));
	const next: State = {
		...without(state, 'after'),
		interview: msg.interview,
		savedAt: msg.savedAt,
		busy: false,
		askAgain,
		passed,
	};
	if (!here) return only(next);
	if (state.after !== undefined) {
		const moved = goTo(next, state.after, here.question?.path);
		return {
			state: moved.state,
			effects: [
				...moved.effects,
				...(moved.effects.some(one => one.do === 'probe') ? [] : [{do: 'probe', step: here.step.id} as const]),
			],
		};
	}
	return {state: editQuestion(next, here.step.id, here.question?.path), effects: [{do: 'probe', step: here.step.id}]};
};

const rejected = (state: State, msg: Extract<Msg, {type: 'rejected'}>): Step => {
	const interview = state.interview && {
		...state.interview,
		steps: state.interview.steps.map(step =>
			step.id === msg.step
				? {
						...step,
						questions: step.questions.map(one => (one.path === msg.path ? {...one, problem: msg.problem} : one)),
					}
				: step,
		),
	};
	const next: State = {...without(state, 'after'), busy: false, ...(interview && {interview})};
	// Going back is always allowed: what does not do is not kept, and that is said.
	if (state.after !== undefined && state.after !== 'next' && state.after !== 'step') {
		const moved = goTo(next, state.after);
		return {...moved, state: {...moved.state, notice: `Not kept: ${msg.problem}`}};
	}
	return only({...next, notice: msg.problem});
};

const afterEvent = (state: State, {event}: Extract<Msg, {type: 'run-event'}>): Step =>
	event.type === 'run-end' ? afterRun(state) : only(state);

/** Once everything that happened was received, how the run ended decides the screen. */
const afterRun = (state: State): Step => {
	const run = state.run;
	if (!run?.live || run.outcome === undefined) return only(state);
	if (run.kind === 'rehearse') return only({...state, notice: rehearsed[run.outcome] ?? ''});
	if (run.kind === 'undo')
		return only({
			...state,
			notice: run.outcome === 'done' ? 'The step was undone.' : 'The step was not undone completely: l shows why.',
		});
	if (run.outcome === 'done') return wait(state, 'Looking at what was installed', {do: 'summary'});
	return only({...without(state, 'over'), screen: {at: 'failure', highlighted: 0}});
};

const rehearsed: Readonly<Record<string, string>> = {
	done: 'The rehearsal went through; nothing on this host was changed. Enter goes back to the review.',
	failed: 'The rehearsal failed; nothing on this host was changed. l shows the log, Enter goes back to the review.',
	interrupted: 'The rehearsal was stopped; nothing on this host was changed. Enter goes back to the review.',
	lost: 'The rehearsal ended without a word; nothing on this host was changed. Enter goes back to the review.',
};

const lost = (state: State, why: string): Step =>
	state.run
		? afterRun({
				...state,
				notice: why,
				run: {
					...state.run,
					live: true,
					outcome: state.run.outcome ?? 'lost',
					steps: state.run.steps.map(step => (step.state === 'works' ? {...step, state: 'failed'} : step)),
				},
			})
		: only({...without(state, 'over'), notice: why});

const skipQuestion = (state: State, {ids, lines}: Extract<Msg, {type: 'consequences'}>): Overlay => ({
	over: 'confirm',
	sentence: `Skip ${ids[0] ?? 'it'}? What needs it is then not done either:`,
	lines,
	word: 'skip',
	field: emptyField,
	does: {do: 'install', skip: ids},
	since: state.now,
});
