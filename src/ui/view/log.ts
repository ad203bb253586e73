/** The whole log of a run, searchable. Only the lines around the screen become part of the view: a log has thousands. */
import {textOf} from '../state/field.ts';
import type {Overlay, State} from '../state/types.ts';
import {frame} from './frame.ts';
import {fieldBlock} from './question-editor.ts';
import type {Line, View} from './types.ts';

type On = Extract<Overlay, {over: 'log'}>;

/** The view of the log. */
export const logView = (state: State, {scroll, search, searching}: On): View => {
	const log = state.run?.log ?? [];
	const wanted = textOf(search).toLowerCase();
	const from = Math.max(0, Math.min(scroll, log.length) - state.size.rows);
	const shown = log.slice(from, scroll + state.size.rows);
	const hits = wanted === '' ? 0 : log.filter(line => line.toLowerCase().includes(wanted)).length;
	return frame(state, {
		screen: 'log',
		place: `log · line ${Math.min(scroll + 1, log.length)} of ${log.length}${wanted === '' ? '' : ` · ${hits} with ${textOf(search)}`}`,
		body: [
			{
				block: 'scroll',
				scroll: Math.min(scroll, log.length) - from,
				before: from,
				after: Math.max(0, log.length - from - shown.length),
				lines: shown.length === 0 ? [{text: 'nothing yet', tone: 'quiet'}] : shown.map(line => logLine(line, wanted)),
			},
		],
		pinned: searching ? [fieldBlock('search', search, false)] : [],
		keys: searching
			? [
					{key: 'enter', does: 'find'},
					{key: 'escape', does: 'no search'},
				]
			: [
					{key: 'up-down', does: 'scroll'},
					{key: 'pages', does: 'faster'},
					{key: '/', does: 'search'},
					...(wanted === '' ? [] : [{key: 'n', does: 'next'}]),
					{key: 'escape', does: 'close'},
				],
		asks: searching
			? {kind: 'text', prompt: 'search', masked: false}
			: {kind: 'keys', prompt: 'Enter goes back, / searches'},
	});
};

const logLine = (text: string, wanted: string): Line =>
	wanted !== '' && text.toLowerCase().includes(wanted)
		? {text, mark: 'current', tone: 'accent', wrap: true}
		: {text, wrap: true, ...(wanted !== '' && {mark: 'none'})};
