/** The keys of the first two screens: what to do, and what was found before the first question. */
import type {Key} from '../keyboard/keys.ts';
import {moveIn, only, type Step, wait} from './after-message.ts';
import {goTo, toNeeded} from './go.ts';
import {startItems} from './items.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {Screen, State} from './types.ts';

type On<At extends Screen['at']> = Extract<Screen, {at: At}>;

/** Choose: join a run, go on with answers, begin with a stack. */
export const startKey = (state: State, screen: On<'start'>, key: Key): Step => {
	const items = startItems(state);
	const highlighted = moveIn(key, screen.highlighted, items.length);
	if (highlighted !== undefined) return only({...state, screen: {...screen, highlighted}});
	switch (key.key) {
		case 'interrupt':
			return leave(state, 130);
		case 'enter':
			return chosen(state, items[screen.highlighted]?.id);
		default:
			return letter(key) === 'q' ? leave(state, 0) : only(state);
	}
};

const chosen = (state: State, id: string | undefined): Step => {
	if (id === undefined) return only(state);
	if (id === 'watch' || id === 'drive') return wait(state, 'Joining the run', {do: 'attach', drive: id === 'drive'});
	const [how, stack = ''] = id.split(':');
	return wait({...state, brief: how === 'short'}, 'Reading what is known', {
		do: 'open',
		stack,
		fresh: how !== 'continue',
	});
};

/** Accept what is not fulfilled by name, look again, go on to the questions. */
export const preflightKey = (state: State, screen: On<'preflight'>, key: Key): Step => {
	const rows = state.preflight;
	const row = rows[screen.highlighted];
	const highlighted = moveIn(key, screen.highlighted, rows.length);
	if (highlighted !== undefined) return only({...state, screen: {...screen, highlighted}});
	switch (key.key) {
		case 'interrupt':
			return leave(state, 130);
		case 'back-tab':
			return only({...state, screen: {at: 'start', highlighted: 0}});
		case 'enter':
			return pastPreflight(state);
		default:
			break;
	}
	if (letter(key) === 'r' && state.stack) return {state, effects: [{do: 'preflight', stack: state.stack.id}]};
	if (letter(key) === 'a' && row?.state === 'fail' && state.stack) {
		const accepted = {...row, accepted: true};
		return {
			state: {
				...state,
				busy: true,
				preflight: rows.map(one => (one === row ? accepted : one)),
				notice: `${row.id} is accepted, and that is recorded.`,
			},
			effects: [{do: 'accept', stack: state.stack.id, check: row.id}],
		};
	}
	return only(state);
};

/** To the first question, unless something is still looked at or not fulfilled. */
export const pastPreflight = (state: State): Step => {
	const open = state.preflight.find(row => row.state === 'fail' && !row.accepted);
	if (state.preflight.some(row => row.state === 'looking')) return only({...state, notice: 'Still looking.'});
	if (open) {
		const highlighted = state.preflight.indexOf(open);
		return only({
			...state,
			screen: {at: 'preflight', highlighted},
			notice: `${open.id} failed: mend it and press r, or a accepts it by name.`,
		});
	}
	if (state.brief) return toNeeded(state);
	const first = state.interview?.steps.find(step => !state.passed.has(step.id)) ?? state.interview?.steps[0];
	return first ? goTo(state, {step: first.id}) : only(state);
};
