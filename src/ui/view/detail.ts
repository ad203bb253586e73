/** Lines to read, such as a diff or a fault with its details. */
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, keys, lines} from './frame.ts';
import type {Line, View} from './types.ts';

type On = Extract<Overlay, {over: 'detail'}>;

/** The view of a change, a fault, or what was written. */
export const detailView = (state: State, over: On): View => {
	const [first, ...more] = over.lines;
	// A node without a title of its own has its id for one.
	const body = first === over.title ? more.slice(more[0] === '' ? 1 : 0) : over.lines;
	return frame(state, {
		screen: 'detail',
		place: state.fault ? `something went wrong · ${state.fault.code}` : 'in detail',
		body: [
			lines({text: over.title, tone: 'bold', wrap: true, ...(state.fault && {mark: 'failed'})}),
			gap,
			{block: 'scroll', scroll: over.scroll, lines: body.map(detailLine)},
		],
		keys: [keys.scroll, {key: 'pages', does: 'faster'}, keys.close],
		asks: {kind: 'keys', prompt: 'Enter goes back'},
	});
};

/** A line of a diff says by its first character what it is; its colour repeats that. */
const detailLine = (text: string): Line => {
	const tone = /^(\+\+\+|---|@@)/.test(text)
		? 'quiet'
		: text.startsWith('+')
			? 'good'
			: text.startsWith('-')
				? 'bad'
				: 'plain';
	return {text, tone, wrap: true};
};
