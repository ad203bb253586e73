/** What of a view is worth saying after the one before: a new screen as a whole, of the same one only the lines that are new. */

import {rowsOf} from '../keyboard/typed-lines.ts';
import type {View} from '../view/types.ts';
import {plainKeys, plainLines, plainPrompt} from './text.ts';
import {wordsHelp} from './understand.ts';

/** The lines to print. */
export const news = (before: View | undefined, view: View): readonly string[] => {
	const same = before?.screen === view.screen;
	const title = same && partOf(before) === partOf(view) ? [] : ['', `== ${view.title} · ${view.place} ==`];
	// The steps of a run are said as they happen.
	if (view.screen === 'install') return same ? [] : [...title, ...words(view)];
	// All checks are said together, when the last has answered.
	if (view.screen === 'preflight' && !view.asks) return title;
	const known = new Set(before ? plainLines(before) : []);
	const isNew = (line: string): boolean => line !== '' && !known.has(line);
	const lines = plainLines(view);
	const anew =
		!same || !before.asks || plainPrompt(before) !== plainPrompt(view) || rowsOf(before).length !== rowsOf(view).length;
	if (!anew) return lines.filter(isNew);
	if (title.length === 0 && view.screen === 'question') {
		// The step's title was said, and what its probes came to.
		const [, ...question] = plainLines({...view, pinned: []});
		return [...question, ...plainLines({...view, body: []}).filter(isNew)];
	}
	return [...title, ...lines, ...(view.screen === 'help' ? ['', ...wordsHelp] : []), ...(same ? [] : words(view))];
};

/** "step 4 of 13" without when it was saved. */
const partOf = ({place}: View): string | undefined => place.split(' · ')[0];

const words = (view: View): readonly string[] => {
	const list = view.screen === 'waiting' ? '' : plainKeys(view);
	return list === '' ? [] : [`(words: ${list})`];
};
