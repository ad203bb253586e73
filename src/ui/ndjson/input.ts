/** What a program may send, one JSON value a line: a key, a text, or an answer to what is asked. Everything else is refused with a sentence. */
import type {Key, NamedKey} from '../keyboard/keys.ts';
import {choicesOf, choose, fillIn, itemNamed} from '../keyboard/typed-lines.ts';
import type {View} from '../view/types.ts';

/** The keys to send, or what is wrong with the line. */
export const keysOf = (line: string, view: View | undefined): readonly Key[] | string => {
	const sent = parsed(line);
	if (typeof sent === 'string') return sent;
	const [[name, value] = ['', undefined], ...more] = Object.entries(sent);
	if (more.length > 0) return 'send one thing a line: {"key": "enter"}, {"text": "abc"} or {"answer": …}';
	switch (name) {
		case 'key':
			return typeof value === 'string' && Object.hasOwn(named, value)
				? [{key: value as NamedKey}]
				: `no key has this name; there are: ${Object.keys(named).join(', ')}`;
		case 'text':
			return typeof value === 'string' && isText(value)
				? [{key: 'text', text: value}]
				: 'text is one line without control characters';
		case 'answer':
			return view ? answer(value, view) : 'nothing is asked yet';
		default:
			return 'send {"key": "enter"}, {"text": "abc"} or {"answer": …}';
	}
};

const parsed = (line: string): object | string => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : 'send a JSON object a line';
	} catch {
		return 'this line is not JSON';
	}
};

/** A text for a text; a number from 0, or a label, for a choice. */
const answer = (value: unknown, view: View): readonly Key[] | string => {
	const {asks} = view;
	if (!asks) return 'nothing is asked now';
	if (asks.kind === 'keys') return 'this screen takes keys; "keys" lists them';
	if (asks.kind === 'text')
		return typeof value === 'string' && isText(value)
			? fillIn(value)
			: 'the answer is a text of one line without control characters';
	const index =
		typeof value === 'number' ? value : typeof value === 'string' ? itemNamed(asks.items, value) : undefined;
	if (index === undefined || !Number.isInteger(index) || index < 0 || index >= choicesOf(view))
		return `the answer is a number from 0 to ${asks.items.length - 1}, or one of the items`;
	return choose(view, index);
};

const isText = (text: string): boolean => !/\p{Cc}/u.test(text);

/** As a record, so that a key that is added to the type has to be added here. */
const named: Readonly<Record<NamedKey, true>> = {
	enter: true,
	escape: true,
	tab: true,
	'back-tab': true,
	up: true,
	down: true,
	left: true,
	right: true,
	home: true,
	end: true,
	'page-up': true,
	'page-down': true,
	backspace: true,
	delete: true,
	'word-left': true,
	'word-right': true,
	'delete-word': true,
	'delete-to-start': true,
	'delete-to-end': true,
	interrupt: true,
	help: true,
	steps: true,
	retry: true,
	unproven: true,
	redraw: true,
	suspend: true,
};
