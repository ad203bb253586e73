/** Something is being looked at; keys are dropped until it is there. */
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, lines} from './frame.ts';
import {sideOf} from './steps-list.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'waiting'}>;

/** The view while one waits. The list at the left stays where it was. */
export const waitingView = (state: State, {sentence}: On): View =>
	frame(state, {
		screen: 'waiting',
		place: 'one moment',
		side: state.screen.at === 'question' ? sideOf(state, state.screen.step) : [],
		body: [gap, lines({text: sentence, mark: 'current', tone: 'bold', wrap: true})],
		keys: [{key: 'interrupt', does: 'leave'}],
	});
