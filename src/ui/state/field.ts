/** A line of text being edited, counted in graphemes, so that an emoji or a letter with its accents moves and goes as one. */
import type {Key} from '../keyboard/keys.ts';

export type Field = {readonly graphemes: readonly string[] /** 0 before the first. */; readonly cursor: number};

export const emptyField: Field = {graphemes: [], cursor: 0};

/** A field that holds a text, the cursor at its end. */
export const fieldOf = (text: string): Field => {
	const graphemes = split(text);
	return {graphemes, cursor: graphemes.length};
};

export const textOf = (field: Field): string => field.graphemes.join('');

/** The field after a key; undefined when the key is not one of a field's. */
export const editField = (field: Field, key: Key): Field | undefined => {
	const {graphemes, cursor} = field;
	const cut = (from: number, to: number): Field =>
		joined(graphemes.slice(0, from).join(''), graphemes.slice(to).join(''));
	switch (key.key) {
		case 'text':
			return joined(graphemes.slice(0, cursor).join('') + key.text, graphemes.slice(cursor).join(''));
		case 'left':
			return {graphemes, cursor: Math.max(0, cursor - 1)};
		case 'right':
			return {graphemes, cursor: Math.min(graphemes.length, cursor + 1)};
		case 'home':
			return {graphemes, cursor: 0};
		case 'end':
			return {graphemes, cursor: graphemes.length};
		case 'word-left':
			return {graphemes, cursor: wordStart(graphemes, cursor)};
		case 'word-right':
			return {graphemes, cursor: wordEnd(graphemes, cursor)};
		case 'backspace':
			return cut(Math.max(0, cursor - 1), cursor);
		case 'delete':
			return cut(cursor, cursor + 1);
		case 'delete-word':
			return cut(wordStart(graphemes, cursor), cursor);
		case 'delete-to-start':
			return cut(0, cursor);
		case 'delete-to-end':
			return cut(cursor, graphemes.length);
		default:
			return undefined;
	}
};

/** Counted again, because what meets may become one: a combining mark, two halves of a flag. The cursor is then after it. */
const joined = (before: string, after: string): Field => {
	const graphemes = split(before + after);
	let cursor = 0;
	for (let length = 0; length < before.length; cursor++) length += graphemes[cursor]?.length ?? before.length;
	return {graphemes, cursor};
};

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});
const split = (text: string): readonly string[] => [...segmenter.segment(text)].map(({segment}) => segment);

const isSpace = (grapheme: string | undefined): boolean => grapheme === undefined || /^\s/.test(grapheme);

const wordStart = (graphemes: readonly string[], from: number): number => {
	let at = from;
	while (at > 0 && isSpace(graphemes[at - 1])) at--;
	while (at > 0 && !isSpace(graphemes[at - 1])) at--;
	return at;
};

const wordEnd = (graphemes: readonly string[], from: number): number => {
	let at = from;
	while (at < graphemes.length && isSpace(graphemes[at])) at++;
	while (at < graphemes.length && !isSpace(graphemes[at])) at++;
	return at;
};
