/** A report about a failure, shown whole before it is written. */
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, heading} from './frame.ts';
import {fieldBlock} from './question-editor.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'report'}>;

/** The view of the report and the path it goes to. */
export const reportView = (state: State, {lines, scroll, field}: On): View =>
	frame(state, {
		screen: 'report',
		place: 'report · not written yet',
		body: [
			heading('This is all that the report holds; secrets were removed:'),
			gap,
			{block: 'scroll', scroll, lines: lines.map(text => ({text, wrap: true, indent: 2}))},
		],
		pinned: [gap, fieldBlock('write it to', field, false)],
		keys: [
			{key: 'enter', does: 'write'},
			{key: 'up-down', does: 'scroll'},
			{key: 'pages', does: 'faster'},
			{key: 'escape', does: 'do not'},
		],
		asks: {kind: 'text', prompt: 'Write it to', preset: field.graphemes.join(''), masked: false},
	});
