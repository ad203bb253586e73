/** What was typed before a question that changes something appeared must not answer it: neither what waits here nor what the kernel holds. */

import type {State} from '../state/types.ts';
import type {Keyboard} from './keyboard.ts';

/** Shows as `show` does, and drops what was typed whenever such a question appears. */
export const drainBefore = (
	show: (state: State) => void,
	keyboard: Pick<Keyboard, 'drain'>,
): ((state: State) => void) => {
	let asking = false;
	return state => {
		const asks = state.over?.over === 'confirm';
		if (asks && !asking) keyboard.drain();
		asking = asks;
		show(state);
	};
};
