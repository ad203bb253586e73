/** The keys while a run is watched: look, leave it to itself, take it over, stop it. None of them answers a question that is still to come. */
import type {Key} from '../keyboard/keys.ts';
import {only, type Step} from './after-message.ts';
import {emptyField} from './field.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {Overlay, RunView, Screen, State} from './types.ts';

type Install = Extract<Screen, {at: 'install'}>;

/** A key while something runs, or ran. */
export const installKey = (state: State, screen: Install, key: Key): Step => {
	const run = state.run;
	if (!run) return only(state);
	if (key.key === 'tab') return only({...state, screen: {...screen, focus: screen.focus + 1}});
	if (key.key === 'back-tab') return only({...state, screen: {...screen, focus: Math.max(0, screen.focus - 1)}});
	if (letter(key) === 'l') return only({...state, over: logOverlay(run)});
	if (letter(key) === 'd') return leave(state, 0);
	if (letter(key) === 't' && run.you === 'watches') return {state, effects: [{do: 'drive'}]};
	if (key.key === 'interrupt') return interrupted(state, run);
	if (key.key === 'enter' && run.outcome !== undefined) return back(state, run);
	return only(state);
};

/** The whole log, at its end. */
export const logOverlay = (run: RunView): Overlay => ({
	over: 'log',
	scroll: run.log.length,
	search: emptyField,
	searching: false,
});

const interrupted = (state: State, run: RunView): Step => {
	if (run.outcome !== undefined) return leave(state, run.outcome === 'done' ? 0 : 1);
	if (run.you === 'watches') return leave(state, 0);
	if (run.stopping) return only({...state, notice: 'It stops after what is at work now. d leaves it to itself.'});
	return only({
		...state,
		over: {
			over: 'confirm',
			sentence: 'Stop after what is at work now?',
			lines: [
				'What runs is finished, nothing new is started, and everything is kept: setup goes on from there.',
				'To leave the screen and let it go on instead, press Escape, then d.',
			],
			word: 'stop',
			field: emptyField,
			does: {do: 'stop'},
			since: state.now,
		},
	});
};

/** A rehearsal goes back to the review, an undone step to what failed. */
const back = (state: State, run: RunView): Step => {
	if (run.kind === 'rehearse') return only({...state, screen: {at: 'review', highlighted: 0, open: new Set()}});
	if (run.kind === 'undo')
		return {
			state: {...state, over: {over: 'waiting', sentence: 'Looking at this host: what would change'}},
			effects: [{do: 'plan'}],
		};
	return only(state);
};
