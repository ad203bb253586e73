/**
 * Where in a key the bytes are, and what one more byte means there. Ctrl-C is a key of its own in every state, so that whatever a line has
 * lost or broken, the operator gets out.
 */

import type {Key} from './keys.ts';
import {chordKey, controlKey, sequenceKey} from './sequences.ts';
import {cleanPaste} from './typed-text.ts';

/** What was begun and is not complete. */
export type Open =
	| {readonly in: 'nothing'}
	/** Just after CR: a LF belongs to it. */
	| {readonly in: 'return'}
	/** A lone ESC has been taken for the Escape key: the rest of an arrow key may still come, very late. */
	| {readonly in: 'escaped'}
	/** `so` is what came after the ESC. `alt`: two ESC. */
	| {readonly in: 'sequence'; readonly so: string; readonly alt: boolean}
	/** A reply of the terminal that carries text, until BEL or ESC \. */
	| {readonly in: 'string'; readonly closing: boolean}
	/** Alt and a letter beyond ASCII: so many bytes still belong to it. */
	| {readonly in: 'chord'; readonly rest: number}
	| Paste;

/** `bytes` grows in place: a paste may be long. `beyond` counts what came after the longest that is kept. */
type Paste = {readonly in: 'paste'; readonly bytes: number[]; beyond: number; readonly interrupted: boolean};

/** `again`: the byte is no part of what was open, and is to be looked at from the new state. `text`: the byte is one of typed text. */
export type Next = {readonly open: Open; readonly keys?: readonly Key[]; readonly again?: true; readonly text?: true};

export const nothing: Open = {in: 'nothing'};

/** What one byte does. */
export const step = (open: Open, byte: number): Next => {
	switch (open.in) {
		case 'nothing':
		case 'escaped':
			return fresh(byte);
		case 'return':
			return byte === lineFeed ? {open: nothing} : {open: nothing, again: true};
		case 'sequence':
			return open.so === '' ? afterEscape(byte, open.alt) : inSequence(byte, open.so, open.alt);
		case 'string':
			return inString(byte, open.closing);
		case 'chord':
			return inChord(byte, open.rest);
		case 'paste':
			return inPaste(byte, open);
	}
};

/** What silence means: a lone ESC was the Escape key, a paste without its end marker is over, half a sequence is dropped. */
export const silence = (open: Open): Next => {
	if (open.in === 'paste') return {open: nothing, keys: pasted(withoutHalfMarker(open.bytes), open.beyond)};
	if (open.in === 'sequence' && open.so === '')
		return {open: {in: 'escaped'}, keys: open.alt ? [escape, escape] : [escape]};
	return {open: nothing};
};

const fresh = (byte: number): Next => {
	if (byte === esc) return {open: {in: 'sequence', so: '', alt: false}};
	if (byte >= space && byte !== del) return {open: nothing, text: true};
	return {open: byte === carriageReturn ? {in: 'return'} : nothing, keys: one(controlKey(byte))};
};

const afterEscape = (byte: number, alt: boolean): Next => {
	const character = String.fromCharCode(byte);
	if (character === '[' || character === 'O') return {open: {in: 'sequence', so: character, alt}};
	if (byte === esc) return {open: {in: 'sequence', so: '', alt: true}, ...(alt ? {keys: [escape]} : {})};
	if (alt) return {open: {in: 'sequence', so: '', alt: false}, keys: [escape], again: true};
	if (']PX^_'.includes(character)) return {open: {in: 'string', closing: false}};
	if (byte >= 0xc0) return {open: {in: 'chord', rest: byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1}};
	return {open: nothing, keys: one(chordKey(byte))};
};

const inSequence = (byte: number, so: string, alt: boolean): Next => {
	// A sequence has no such byte: it was cut off, and this is a key of its own.
	if (byte < space || byte >= del) return {open: nothing, again: true};
	const grown = so.length < longestSequence ? so + String.fromCharCode(byte) : so;
	if (grown === '[200~') return {open: {in: 'paste', bytes: [], beyond: 0, interrupted: false}};
	if (!isEnd(byte, so)) return {open: {in: 'sequence', so: grown, alt}};
	return {open: nothing, keys: one(sequenceKey(grown, alt))};
};

/** `[[A` comes from the Linux console, `[3$` from rxvt: there `[` and `$` do not end or do end a sequence, against the standard. */
const isEnd = (byte: number, so: string): boolean => {
	if (byte === 0x24) return /^\[\d{1,2}$/.test(so);
	return byte >= 0x40 && !(byte === 0x5b && so === '[');
};

const inString = (byte: number, closing: boolean): Next => {
	if (byte === bell) return {open: nothing};
	if (byte === esc) return {open: {in: 'string', closing: true}};
	if (closing) return byte === backslash ? {open: nothing} : {open: {in: 'sequence', so: '', alt: false}, again: true};
	return byte < space ? {open: nothing, again: true} : {open: {in: 'string', closing: false}};
};

const inChord = (byte: number, rest: number): Next => {
	if (byte < 0x80 || byte >= 0xc0) return {open: nothing, again: true};
	return {open: rest > 1 ? {in: 'chord', rest: rest - 1} : nothing};
};

/** What was pasted before Ctrl-C is dropped; what still comes is no typing either. */
const inPaste = (byte: number, paste: Paste): Next => {
	if (byte === ctrlC) return {open: {in: 'paste', bytes: [], beyond: 0, interrupted: true}, keys: [{key: 'interrupt'}]};
	paste.bytes.push(byte);
	if (byte === pasteEnd.at(-1) && pasteEnd.every((part, at) => paste.bytes.at(at - pasteEnd.length) === part)) {
		return {open: nothing, keys: pasted(paste.bytes.slice(0, -pasteEnd.length), paste.beyond)};
	}
	if (paste.bytes.length > longestPaste + pasteEnd.length) {
		paste.bytes.splice(longestPaste, 1);
		paste.beyond++;
	}
	return {open: paste};
};

const pasted = (bytes: readonly number[], beyond: number): readonly Key[] => {
	const {text, removed} = cleanPaste(new TextDecoder().decode(Uint8Array.from(bytes.slice(0, longestPaste))));
	const all = removed + beyond + Math.max(0, bytes.length - longestPaste);
	if (all > 0) return [{key: 'text', text, paste: true, removed: all}];
	return text === '' ? [] : [{key: 'text', text, paste: true}];
};

const withoutHalfMarker = (bytes: readonly number[]): readonly number[] => {
	const at = bytes.lastIndexOf(esc);
	const half = at >= 0 && bytes.slice(at).every((byte, place) => byte === pasteEnd[place]);
	return half ? bytes.slice(0, at) : bytes;
};

const one = (key: Key | undefined): readonly Key[] => (key === undefined ? [] : [key]);
const escape: Key = {key: 'escape'};

const ctrlC = 0x03;
const bell = 0x07;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const esc = 0x1b;
const space = 0x20;
const backslash = 0x5c;
const del = 0x7f;
const pasteEnd: readonly number[] = [...'\u001b[201~'].map(character => character.charCodeAt(0));
const longestPaste = 64 * 1024;
const longestSequence = 64;
