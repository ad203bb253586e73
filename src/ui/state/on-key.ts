/** What a key means: first to what lies over the screen, then to the screen. Ctrl-C means something everywhere. */
import type {Key} from '../keyboard/keys.ts';
import {only, type Step} from './after-message.ts';
import {failureKey} from './keys-failure.ts';
import {installKey} from './keys-install.ts';
import {overlayKey} from './keys-overlay.ts';
import {questionKey} from './keys-question.ts';
import {reviewKey} from './keys-review.ts';
import {preflightKey, startKey} from './keys-start.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {State} from './types.ts';

/** The next state after a key. */
export const onKey = (state: State, key: Key): Step => {
	if (state.leave) return only(state);
	if (key.key === 'redraw') return {state, effects: [{do: 'redraw'}]};
	if (state.over) return overlayKey(state, state.over, key);
	// Whatever is watched goes on without its screen.
	if (key.key === 'suspend') return leave(state, 0);
	if (key.key === 'help' || isHelpLetter(state, key)) return only({...state, over: {over: 'help', scroll: 0}});
	switch (state.screen.at) {
		case 'start':
			return startKey(state, state.screen, key);
		case 'preflight':
			return preflightKey(state, state.screen, key);
		case 'question':
			return questionKey(state, state.screen, key);
		case 'review':
			return reviewKey(state, state.screen, key);
		case 'install':
			return installKey(state, state.screen, key);
		case 'failure':
			return failureKey(state, state.screen, key);
		case 'end':
			return key.key === 'enter' || key.key === 'interrupt' || letter(key) === 'q' ? leave(state, 0) : only(state);
	}
};

const isHelpLetter = (state: State, key: Key): boolean => letter(key) === '?' && !takesText(state);

const takesText = ({screen}: State): boolean =>
	screen.at === 'question' &&
	(screen.editor.kind === 'text' ||
		(screen.editor.kind === 'secret' && screen.editor.typing !== undefined) ||
		(screen.editor.kind === 'choice' && screen.editor.filter !== ''));
