/** The signs a terminal can show: one table for UTF-8, one for ASCII. What the operator or the host wrote is mapped as well, so that a terminal without UTF-8 never gets a byte it cannot show. */
import {asciiSign} from '#model/ascii.ts';
import type {Mark} from '../view/types.ts';
import {graphemesOf, widthOf} from './width.ts';

export type Glyphs = {
	readonly marks: Readonly<Record<Mark, string>>;
	readonly pointer: string;
	/** Before the field that is edited. */
	readonly prompt: string;
	readonly rule: string;
	readonly bar: {readonly full: string; readonly half: string; readonly rest: string};
	readonly ellipsis: string;
	readonly above: string;
	readonly below: string;
	readonly keys: Readonly<Record<string, string>>;
	/** Any text as this terminal can show it. */
	readonly text: (text: string) => string;
	/** NO_COLOR takes it away; marks and words carry the meaning. */
	readonly colour: boolean;
};

type Env = Readonly<Record<string, string | undefined>>;

/** The table for a terminal. */
export const glyphsFor = (unicode: boolean, env: Env = process.env): Glyphs => ({
	...(unicode ? unicodeGlyphs : asciiGlyphs),
	colour: !env['NO_COLOR'],
});

/** Control characters of what programs and files say would move the cursor: they are shown as what they are not. */
const harmless = (text: string): string =>
	unseen.test(text) ? text.replaceAll('\t', '    ').replace(everyUnseen, '·') : text;

/** Also what nobody sees, but for the joiners and selectors that letters and signs are made with. */
const unseen = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u200b\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const everyUnseen = new RegExp(unseen, 'gu');

export const unicodeGlyphs: Glyphs = {
	marks: {
		done: '✔',
		current: '▸',
		waiting: ' ',
		failed: '✖',
		warning: '!',
		unknown: '?',
		chosen: '(•)',
		free: '( )',
		skipped: '-',
		change: '~',
		add: '+',
		folded: '▹',
		open: '▿',
		none: ' ',
	},
	pointer: '▸',
	prompt: '›',
	rule: '─',
	bar: {full: '━', half: '╸', rest: '─'},
	ellipsis: '…',
	above: '↑',
	below: '↓',
	keys: {
		enter: '⏎',
		tab: '⇥',
		'back-tab': '⇧⇥',
		'up-down': '↑↓',
		pages: 'PgUp PgDn',
		escape: 'Esc',
		interrupt: '^C',
		help: '^G',
		steps: '^T',
		retry: '^R',
		unproven: '^O',
	},
	text: harmless,
	colour: true,
};

/** One sign for each column, so that what is aligned stays so. */
const asAscii = (text: string): string => {
	const safe = harmless(text);
	if (/^[ -~]*$/.test(safe)) return safe;
	return graphemesOf(safe)
		.map(one => asciiSign(one) ?? '?'.repeat(Math.max(1, widthOf(one))))
		.join('');
};

export const asciiGlyphs: Glyphs = {
	marks: {
		...unicodeGlyphs.marks,
		done: '+',
		current: '>',
		waiting: '.',
		failed: 'x',
		chosen: '(*)',
		folded: '+',
		open: '-',
	},
	pointer: '>',
	prompt: '>',
	rule: '-',
	bar: {full: '#', half: '>', rest: '.'},
	ellipsis: '...',
	above: '^',
	below: 'v',
	keys: {
		...unicodeGlyphs.keys,
		enter: 'Enter',
		tab: 'Tab',
		'back-tab': 'Shift-Tab',
		'up-down': 'Up/Down',
	},
	text: asAscii,
	colour: true,
};
