/** The keys after a run that did not come to its end: what can be done about it. */
import type {Key} from '../keyboard/keys.ts';
import {moveIn, only, type Step, wait} from './after-message.ts';
import {emptyField} from './field.ts';
import {goTo} from './go.ts';
import {additionOf, failureItems} from './items.ts';
import {logOverlay} from './keys-install.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {Screen, State} from './types.ts';

type Failure = Extract<Screen, {at: 'failure'}>;

/** A key on the failure screen. */
export const failureKey = (state: State, screen: Failure, key: Key): Step => {
	const items = failureItems(state);
	const highlighted = moveIn(key, screen.highlighted, items.length);
	if (highlighted !== undefined) return only({...state, screen: {...screen, highlighted}});
	if (key.key === 'interrupt') return leave(state, 1);
	if (key.key === 'back-tab') return only({...state, screen: {at: 'start', highlighted: 0}});
	if (key.key === 'enter') return chosen(state, items[screen.highlighted]?.id);
	if (letter(key) === 'l' && state.run) return only({...state, over: logOverlay(state.run)});
	return only(state);
};

const chosen = (state: State, id: string | undefined): Step => {
	const fault = state.run?.faults[0];
	switch (id) {
		case 'change-answer':
			return goTo(state, {step: fault?.step ?? state.interview?.steps[0]?.id ?? ''});
		case 'add': {
			const adds = additionOf(fault, state.interview);
			return adds
				? wait(state, 'Starting the install', {do: 'install', skip: [], add: {to: adds.to, value: adds.value}})
				: only(state);
		}
		case 'retry':
			return wait(state, 'Starting the install', {do: 'install', skip: []});
		case 'shell':
			return {state, effects: [{do: 'shell', ...(fault?.program && {program: fault.program})}]};
		case 'skip':
			return fault ? wait(state, 'Looking at what needs it', {do: 'consequences', id: fault.id}) : only(state);
		case 'undo':
			return fault ? only({...state, over: undoQuestion(state, fault.step)}) : only(state);
		case 'report':
			return wait(state, 'Putting the report together', {do: 'report'});
		case 'leave':
			return leave(state, 1);
		default:
			return only(state);
	}
};

const undoQuestion = (state: State, step: string): NonNullable<State['over']> => ({
	over: 'confirm',
	sentence: `Undo what the step ${step} changed?`,
	lines: [
		'Files get their earlier content back where nobody edited them since. What holds data is kept. Packages stay.',
	],
	word: 'undo',
	field: emptyField,
	does: {do: 'undo-step', step},
	since: state.now,
});
