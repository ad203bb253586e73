/** What was typed before a question that changes something appeared must not answer it: neither what waits here nor what the kernel holds. */

import type {Renderer} from '../controller.ts';
import type {Keyboard} from './keyboard.ts';

/** Shows as `show` does, and drops what was typed whenever such a question appears. */
export const drainBefore = (show: Renderer['show'], keyboard: Pick<Keyboard, 'drain'>): Renderer['show'] => {
	let asking = false;
	return (state, held) => {
		const asks = state.over?.over === 'confirm';
		if (asks && !asking) keyboard.drain();
		asking = asks;
		show(state, held);
	};
};
