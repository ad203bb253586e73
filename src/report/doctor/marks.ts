/** The sign and the colour of each state, for a terminal: the sign carries the meaning where there is no colour. */
import type {Style} from '../style.ts';
import type {RenderOptions} from './render-options.ts';

const glyphs = {ok: '✔', warn: '!', fail: '✖', unknown: '?', na: '-', blocked: '·', crash: '✖', waived: '~'} as const;
const asciiGlyphs = {...glyphs, ok: '+', fail: 'x', blocked: '.', crash: 'x'} as const;

export const glyphOf = (state: keyof typeof glyphs, {ascii}: RenderOptions): string =>
	(ascii ? asciiGlyphs : glyphs)[state];

export const colourOf = (state: keyof typeof glyphs, style: Style): ((text: string) => string) =>
	({
		ok: style.green,
		warn: style.yellow,
		fail: style.red,
		unknown: style.cyan,
		na: style.dim,
		blocked: style.yellow,
		crash: style.red,
		waived: style.dim,
	})[state];
