/** A question whose answer cannot be taken back lightly: a word has to be typed. */
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, keys, lines, paragraph} from './frame.ts';
import {fieldBlock} from './question-editor.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'confirm'}>;

/** More than fit at 80x24 beside the question and the field. */
const many = 8;

/** The view of such a question. What it comes to can be read whole before the word is typed. */
export const confirmView = (state: State, {sentence, lines: said, word, field, scroll = 0}: On): View =>
	frame(state, {
		screen: 'confirm',
		place: 'are you sure?',
		close: true,
		body: [
			lines({text: sentence, tone: 'bold', mark: 'warning', wrap: true}),
			gap,
			{block: 'scroll', scroll, lines: said.map(text => paragraph(text, 'plain', 2))},
		],
		pinned: [gap, fieldBlock(`type "${word}"`, field, false)],
		keys: [{key: 'enter', does: 'do it'}, ...(said.length > many ? [keys.scroll] : []), {key: 'escape', does: 'no'}],
		asks: {kind: 'text', prompt: `${sentence} Type "${word}", or nothing`, masked: false},
	});
