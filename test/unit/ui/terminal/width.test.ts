/** Cutting and breaking by columns, for any text in any script. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {asciiGlyphs, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {clip, graphemesOf, padded, widthOf, wrap} from '#ui/terminal/width.ts';

const anyText = fc
	.oneof(
		fc.string(),
		fc.string({unit: 'grapheme', maxLength: 60}),
		fc.array(fc.constantFrom('a', 'word', ' ', '日', '本語', '👩‍👩‍👧', 'é')).map(parts => parts.join('')),
	)
	.map(unicodeGlyphs.text);
const columns = fc.integer({min: 2, max: 40});

describe('clip', () => {
	test('is at most so wide, and the text itself where that fits', () => {
		fc.assert(
			fc.property(anyText, columns, (text, most) => {
				const cut = clip(text, most, '…');
				expect(stringWidth(cut)).toBeLessThanOrEqual(most);
				if (stringWidth(text) <= most) expect(cut).toBe(text);
			}),
		);
	});

	test('never halves a grapheme', () => {
		expect(clip('a👩‍👩‍👧b', 3, '…')).toBe('a…');
		expect(clip('日本語', 4, '…')).toBe('日…');
		expect(clip('é́xyz', 2, '…')).toBe('é́…');
	});
});

describe('wrap', () => {
	test('loses nothing but spaces, and no row is too wide', () => {
		fc.assert(
			fc.property(anyText, columns, (text, most) => {
				const rows = wrap(text, most);
				// One that is wider than the room by itself cannot be broken.
				for (const row of rows) if (graphemesOf(row).length > 1) expect(stringWidth(row)).toBeLessThanOrEqual(most);
				expect(rows.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
			}),
		);
	});

	test('breaks at spaces, long words inside, and keeps what leads', () => {
		expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
		expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
		expect(wrap('    indented', 20)).toEqual(['    indented']);
		expect(wrap('', 5)).toEqual(['']);
	});
});

test('padding fills up to the column, by width', () => {
	fc.assert(fc.property(anyText, text => widthOf(padded(text, 30)) === Math.max(30, widthOf(text))));
});

test('graphemes are the text', () => {
	fc.assert(fc.property(anyText, text => graphemesOf(text).join('') === text));
});

describe('what a terminal cannot show', () => {
	test('is shown as something else, and moves nothing', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary'}), text => {
				expect(unicodeGlyphs.text(text)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
				expect(asciiGlyphs.text(text)).toMatch(/^[ -~]*$/);
			}),
		);
	});

	test('loses its accents before it becomes a question mark', () => {
		expect(asciiGlyphs.text('Zürich — “é” 日')).toBe('Zurich - "e" ??');
	});
});
