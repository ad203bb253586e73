/** The keys of a question: edit it, answer it, walk on or back. What was typed is never lost by walking: it is taken or refused first. */
import type {Asked} from '#answers/interview/interview.ts';
import type {Key} from '../keyboard/keys.ts';
import {clamp, only, type Step} from './after-message.ts';
import {answer, type Choosing, removedNote} from './answering.ts';
import type {Move} from './effects.ts';
import {editField, textOf} from './field.ts';
import {goTo, type Place, placeAt} from './go.ts';
import {choicesLeft} from './items.ts';
import {secretKey} from './keys-secret.ts';
import {leave} from './leave.ts';
import type {Screen, State} from './types.ts';

type Question = Extract<Screen, {at: 'question'}>;

/** A key on a question. */
export const questionKey = (state: State, screen: Question, key: Key): Step => {
	const here = placeAt(state);
	if (!here) return only(state);
	if (key.key === 'interrupt') return leave(state, 130);
	if (key.key === 'steps') return only({...state, over: {over: 'steps', highlighted: here.at}});
	if (key.key === 'retry') return probing(state, here.step.id);
	if (key.key === 'unproven') return unproven(state, here.step.id);
	const move = moves[key.key];
	// A step may have nothing to ask.
	if (!here.question) return move ? goTo(state, move) : only(state);
	const {editor} = screen;
	if (editor.kind === 'secret')
		return secretKey(state, {screen, editor, step: here.step.id, asked: here.question}, key, move);
	if (editor.kind === 'choice')
		return choiceKey(state, {screen, editor, step: here.step.id, asked: here.question}, key, move);
	if (key.key === 'down' && editor.field.graphemes.length === 0 && isMissing(here.question))
		return leftEmpty(state, here);
	if (key.key === 'up' || key.key === 'down')
		return textDone(state, here.step.id, here.question, textOf(editor.field), key.key === 'up' ? 'back' : 'next');
	if (move) return textDone(state, here.step.id, here.question, textOf(editor.field), move);
	const field = editField(editor.field, key);
	return field ? only({...removedNote(state, key), screen: {...screen, editor: {kind: 'text', field}}}) : only(state);
};

const moves: Readonly<Record<string, Move>> = {
	enter: 'next',
	tab: 'next',
	'back-tab': 'back',
	'page-down': 'step',
	'page-up': 'step-back',
};

const isMissing = ({required, value, problem, text}: Asked): boolean =>
	required && value === undefined && problem === undefined && text === '';

/** It stays marked, and is asked again before the plan. */
const leftEmpty = (state: State, {step, at, index}: Place): Step => {
	const next = state.interview?.steps[at + 1];
	const gone =
		index + 1 < step.questions.length
			? goTo(state, 'next')
			: next
				? goTo(state, {step: next.id, ...(next.questions[0] && {question: next.questions[0].path})})
				: goTo(state, 'next');
	return {
		...gone,
		state: {...gone.state, notice: gone.state.notice ?? 'Left empty for now: it still needs an answer.'},
	};
};

const textDone = (state: State, step: string, asked: Asked, text: string, move: Move): Step => {
	const unchanged = text === asked.text && asked.problem === undefined;
	const again = state.askAgain.has(`${step}.${asked.path}`);
	const forward = move === 'next' || move === 'step';
	if (unchanged && !(again && forward)) {
		if (text === '' && asked.required && asked.value === undefined && move === 'next')
			return only({...state, notice: 'This question needs an answer; ↓ leaves it for later.'});
		return goTo(state, move);
	}
	if (text === '' && asked.text === '')
		return forward
			? only({...state, notice: asked.problem ?? 'This question needs an answer; ↓ leaves it for later.'})
			: goTo(state, move);
	return answer(state, {do: 'answer', step, path: asked.path, text}, move);
};

const choiceKey = (
	state: State,
	{screen, editor, step, asked}: Choosing<'choice'>,
	key: Key,
	move: Move | undefined,
): Step => {
	const shown = choicesLeft(asked, editor.filter);
	const at = shown.findIndex(one => one.at === editor.highlighted);
	const edit = (change: Partial<typeof editor>): Step =>
		only({...state, screen: {...screen, editor: {...editor, ...change}}});
	const to = (place: number): Step => edit({highlighted: shown[clamp(place, shown.length)]?.at ?? editor.highlighted});
	switch (key.key) {
		case 'up':
			return to(at - 1);
		case 'down':
			return to(at + 1);
		case 'home':
			return to(0);
		case 'end':
			return to(shown.length - 1);
		case 'escape':
			return edit({filter: ''});
		case 'backspace':
			return refilter(asked, editor.filter.slice(0, -1), edit, editor.highlighted);
		case 'text':
			if (key.text === ' ' && editor.filter === '') return chosen(state, step, asked, editor.highlighted, undefined);
			return refilter(asked, editor.filter + key.text, edit, editor.highlighted);
		default:
			break;
	}
	if (!move) return only(state);
	if (move === 'back' || move === 'step-back') return goTo(state, move);
	if (shown.length === 0) return only({...state, notice: 'Nothing in the list fits what was typed.'});
	return chosen(state, step, asked, editor.highlighted, move);
};

const refilter = (
	asked: Asked,
	filter: string,
	edit: (change: {filter: string; highlighted: number}) => Step,
	highlighted: number,
): Step => {
	const left = choicesLeft(asked, filter);
	return edit({
		filter,
		highlighted: left.some(one => one.at === highlighted) ? highlighted : (left[0]?.at ?? highlighted),
	});
};

const chosen = (state: State, step: string, asked: Asked, index: number, move: Move | undefined): Step => {
	const value = asked.choices?.[index]?.value;
	if (value === undefined) return only(state);
	if (value === asked.value && asked.problem === undefined && !state.askAgain.has(`${step}.${asked.path}`))
		return move ? goTo(state, move) : only(state);
	return answer(state, {do: 'answer', step, path: asked.path, value}, move);
};

const probing = (state: State, step: string): Step => ({state, effects: [{do: 'probe', step}]});

/** What could not be proven is recorded as such, and the walk goes on. */
const unproven = (state: State, step: string): Step => {
	const open = state.probes.filter(
		probe => probe.step === step && (probe.state === 'failed' || probe.state === 'unknown'),
	);
	if (open.length === 0) return only({...state, notice: 'Nothing here is unproven.'});
	return {
		state: {...state, notice: `Recorded as unproven: ${open.map(probe => probe.title).join(', ')}.`},
		effects: open.map(probe => ({do: 'unproven', step, id: probe.id}) as const),
	};
};
