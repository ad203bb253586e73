/** What a line means where questions are asked line by line: an answer, a number, a word that stands for a key. */
import type {Key, NamedKey} from '../keyboard/keys.ts';
import {choicesOf, choose, fillIn, itemNamed, moveTo} from '../keyboard/typed-lines.ts';
import type {View} from '../view/types.ts';

/** The keys to send, or a sentence that says what was expected. */
export const understand = (line: string, view: View): readonly Key[] | string => {
	const {asks} = view;
	const text = line.trim();
	if (asks?.kind === 'text') return asks.masked ? secret(line) : answer(line, text, view);
	if (text === '') return view.screen === 'install' && !asks ? [] : [named(takesEnter(view) ? 'enter' : 'escape')];
	const word = wordKeys(text.toLowerCase(), view);
	if (word) return word;
	const number = numberIn(text);
	if (number !== undefined && view.screen !== 'preflight') return inRange(number, view) ?? choose(view, number - 1);
	const item = asks?.kind === 'choice' ? itemNamed(asks.items, text) : undefined;
	if (item !== undefined) return choose(view, item);
	const [letter = '', at] = text.split(/\s+/);
	const row = at === undefined ? undefined : numberIn(at);
	if (isLetter(letter, view))
		return row === undefined
			? [{key: 'text', text: letter}]
			: (inRange(row, view) ?? [...moveTo(view, row - 1), {key: 'text', text: letter}]);
	if (asks?.kind === 'choice' && isLong(view)) return [named('escape'), {key: 'text', text}];
	return `"${text}" is not understood here. ? says what is.`;
};

/** For the help: what can be typed besides answers. */
export const wordsHelp: readonly string[] = [
	'Line by line: an empty line takes what stands in brackets; a number chooses; in a long list a text shows only what holds it.',
	'? help   back   steps   next (step)   retry   unproven   log   leave   close',
	'A letter that a screen names works with a number as well: "a 4" accepts the fourth.',
	'=TEXT answers with TEXT even where it is one of these words; = alone empties the answer.',
];

const named = (key: NamedKey): Key => ({key});

const words: Readonly<Record<string, NamedKey>> = {
	'?': 'help',
	help: 'help',
	back: 'back-tab',
	steps: 'steps',
	next: 'page-down',
	retry: 'retry',
	unproven: 'unproven',
	close: 'escape',
	all: 'escape',
	tab: 'tab',
	up: 'up',
	down: 'down',
	stop: 'interrupt',
	leave: 'interrupt',
	quit: 'interrupt',
};

const wordKeys = (word: string, view: View): readonly Key[] | undefined => {
	if (word === 'log') return [{key: 'text', text: 'l'}];
	// There Ctrl-C would stop the run; leaving lets it go on.
	if (view.screen === 'install' && (word === 'leave' || word === 'quit')) return [{key: 'text', text: 'd'}];
	// On what lies over a screen there is only the way out of it.
	if (word === 'back' && !view.keys.some(({key}) => key === 'back-tab')) return [named('escape')];
	const key = words[word];
	return key && [named(key)];
};

/** Nothing typed goes back to the choice of how to give it. A secret is no word. */
const secret = (line: string): readonly Key[] => (line === '' ? [named('escape')] : fillIn(line));

const answer = (line: string, text: string, view: View): readonly Key[] => {
	if (text === '') return [named(view.screen === 'confirm' ? 'escape' : 'enter')];
	if (line.startsWith('=')) return fillIn(line.slice(1));
	// Where a word has to be typed, it is that word.
	const word = view.screen === 'confirm' ? undefined : wordKeys(text.toLowerCase(), view);
	return text === 'log' && view.screen === 'question' ? fillIn(line) : (word ?? fillIn(line));
};

const takesEnter = ({asks, keys}: View): boolean =>
	asks?.kind === 'choice' || keys.some(({key}) => key === 'enter') || !keys.some(({key}) => key === 'escape');

const numberIn = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined);

const inRange = (number: number, view: View): string | undefined => {
	const most = choicesOf(view);
	if (most === 0) return 'There is nothing to choose by number here.';
	return number >= 1 && number <= most ? undefined : `A number from 1 to ${most}, please.`;
};

const isLetter = (text: string, {keys}: View): boolean =>
	text.length === 1 && (keys.some(({key}) => key === text) || /^[qlnN/]$/.test(text));

const isLong = (view: View): boolean =>
	view.body.some(block => block.block === 'choices' && (block.items.length > 12 || block.filter !== ''));
