/** Walking through the questions: freely forward and back, past what is fine when asked to, to the review at the end. */
import type {Asked, AskedStep} from '#answers/interview/interview.ts';
import {only, type Step, wait} from './after-message.ts';
import type {Effect, Move} from './effects.ts';
import {emptyField, fieldOf} from './field.ts';
import type {Editor, State} from './types.ts';

export type Place = {
	readonly step: AskedStep;
	readonly at: number;
	readonly question: Asked | undefined;
	readonly index: number;
};

/** Where the operator is among the questions; undefined on other screens. */
export const placeAt = (state: State): Place | undefined => {
	if (state.screen.at !== 'question') return undefined;
	const step = state.interview?.steps[state.screen.step];
	return (
		step && {step, at: state.screen.step, question: step.questions[state.screen.question], index: state.screen.question}
	);
};

/** Goes there, saying where the operator is now. `from` names the question left, whose number may have changed with an answer. */
export const goTo = (state: State, move: Move, from?: string): Step => {
	const steps = state.interview?.steps ?? [];
	if (typeof move === 'object') {
		const at = Math.max(
			0,
			steps.findIndex(step => step.id === move.step),
		);
		const step = steps[at];
		return arrive(
			state,
			at,
			move.question === undefined ? firstToDo(state, step) : Math.max(0, indexOf(step, move.question)),
			state.passed,
		);
	}
	const here = placeAt(state);
	if (!here) return only(state);
	const index = from === undefined ? here.index : Math.max(0, indexOf(here.step, from));
	const passed = new Set([...state.passed, here.step.id]);
	if (state.brief && (move === 'next' || move === 'step')) return toNeeded({...state, passed}, {at: here.at, index});
	switch (move) {
		case 'next':
			if (index + 1 < here.step.questions.length) return arrive(state, here.at, index + 1, state.passed);
			return forward(state, here, passed);
		case 'step':
			return forward(state, here, passed);
		case 'back':
			if (index > 0) return arrive(state, here.at, index - 1, state.passed);
			return here.at > 0
				? arrive(state, here.at - 1, Math.max(0, (steps[here.at - 1]?.questions.length ?? 1) - 1), state.passed)
				: only({...state, screen: {at: 'preflight', highlighted: 0}});
		case 'step-back':
			return here.at > 0
				? arrive(state, here.at - 1, 0, state.passed)
				: only({...state, screen: {at: 'preflight', highlighted: 0}});
	}
};

/** The next question that needs an answer, from the beginning again where none comes; the review where there is none. */
export const toNeeded = (
	state: State,
	after: {readonly at: number; readonly index: number} = {at: 0, index: -1},
): Step => {
	const open = (state.interview?.steps ?? []).flatMap((step, at) =>
		step.questions.flatMap((question, index) => (isOpen(state, step.id, question) ? [{at, index}] : [])),
	);
	const next = open.find(({at, index}) => at > after.at || (at === after.at && index > after.index)) ?? open[0];
	if (next === undefined) return toReview(state);
	const there = arrive(state, next.at, next.index, state.passed);
	return {
		...there,
		state: {...there.state, notice: `${open.length} of what is needed ${open.length === 1 ? 'is' : 'are'} open`},
	};
};

/** A step is left forward only without gaps: its first gap is shown instead. */
const forward = (state: State, here: Place, passed: ReadonlySet<string>): Step => {
	const gap = here.step.questions.findIndex(question => isOpen(state, here.step.id, question));
	if (gap >= 0) {
		const there = arrive(state, here.at, gap, state.passed);
		const sentence = here.step.questions[gap]?.problem ?? 'This needs an answer before the step is whole.';
		return {...there, state: {...there.state, notice: sentence}};
	}
	if (here.step.problems.length > 0) return only({...state, notice: here.step.problems[0]!});
	const steps = state.interview?.steps ?? [];
	if (here.at + 1 < steps.length) return arrive(state, here.at + 1, firstToDo(state, steps[here.at + 1]), passed);
	return toReview({...state, passed});
};

/** The review, or the first question that keeps it from being true. */
export const toReview = (state: State): Step => {
	const steps = state.interview?.steps ?? [];
	const at = steps.findIndex(
		step => step.problems.length > 0 || step.questions.some(question => isOpen(state, step.id, question)),
	);
	if (at >= 0) {
		const there = arrive(state, at, firstGap(state, steps[at]!), state.passed);
		return {
			...there,
			state: {...there.state, notice: steps[at]?.problems[0] ?? 'Before the plan: this still needs an answer.'},
		};
	}
	return wait(
		state,
		'Looking at this host: what would change',
		{do: 'place', step: steps.at(-1)?.id ?? '', passed: [...state.passed]},
		{do: 'plan'},
	);
};

/** No answer where one is needed, a wrong one, or one that has to be given again. */
export const isOpen = (state: State, step: string, question: Asked): boolean =>
	question.problem !== undefined ||
	(question.required && question.value === undefined) ||
	state.askAgain.has(`${step}.${question.path}`);

/** A step that was not seen yet is begun at its beginning; one that was, where something is open. */
const firstToDo = (state: State, step: AskedStep | undefined): number =>
	step && state.passed.has(step.id) ? firstGap(state, step) : 0;

const firstGap = (state: State, step: AskedStep): number =>
	Math.max(
		0,
		step.questions.findIndex(question => isOpen(state, step.id, question)),
	);

const indexOf = (step: AskedStep | undefined, path: string): number =>
	step?.questions.findIndex(question => question.path === path) ?? -1;

const arrive = (state: State, at: number, index: number, passed: ReadonlySet<string>): Step => {
	const step = state.interview?.steps[at];
	if (!step) return only(state);
	const question = step.questions[index];
	const changed = placeAt(state)?.step.id !== step.id;
	const effects: readonly Effect[] = [
		{do: 'place', step: step.id, ...(question && {question: question.path}), passed: [...passed]},
		...(changed && step.probes.length > 0 ? [{do: 'probe', step: step.id} as const] : []),
	];
	return {state: editQuestion({...state, passed}, step.id, question?.path), effects};
};

/** The screen of a question, with the editor that it wants. A step without questions is shown as such. */
export const editQuestion = (state: State, stepId: string, path: string | undefined): State => {
	const step = Math.max(0, state.interview?.steps.findIndex(one => one.id === stepId) ?? 0);
	const questions = state.interview?.steps[step]?.questions ?? [];
	const question = Math.max(
		0,
		questions.findIndex(one => one.path === path),
	);
	const asked = questions[question];
	return {
		...state,
		screen: {at: 'question', step, question, editor: asked ? editorFor(asked) : {kind: 'text', field: emptyField}},
	};
};

const editorFor = (asked: Asked): Editor => {
	if (asked.type === 'secret') return {kind: 'secret', highlighted: 0};
	if (asked.choices === undefined) return {kind: 'text', field: fieldOf(asked.text)};
	const current = asked.choices.findIndex(choice => choice.value === asked.value);
	return {kind: 'choice', highlighted: Math.max(0, current), filter: ''};
};
