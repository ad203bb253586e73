/** A question whose answer cannot be taken back lightly: a word has to be typed. */
import type {Overlay, State} from '../state/types.ts';
import {fieldBlock} from './editor.ts';
import {frame, gap, lines, paragraph} from './frame.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'confirm'}>;

/** The view of such a question. */
export const confirmView = (state: State, {sentence, lines: said, word, field}: On): View => {
	const typed = fieldBlock(`type "${word}"`, field, false);
	return frame(state, {
		screen: 'confirm',
		place: 'are you sure?',
		body: [
			lines({text: sentence, tone: 'bold', mark: 'warning', wrap: true}),
			gap,
			lines(...said.map(text => paragraph(text, 'plain', 2))),
			...(said.length > 6 ? [] : [gap, typed]),
		],
		pinned: said.length > 6 ? [gap, typed] : [],
		keys: [
			{key: 'enter', does: 'do it'},
			{key: 'escape', does: 'no'},
		],
		asks: {kind: 'text', prompt: `${sentence} Type "${word}", or nothing`, masked: false},
	});
};
