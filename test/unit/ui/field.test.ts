/** The line editor, against a plain model: whatever is typed, the cursor stands between graphemes and nothing else moves. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Key, NamedKey} from '#ui/keyboard/keys.ts';
import {editField, emptyField, type Field, fieldOf, textOf} from '#ui/state/field.ts';

const family = '👩‍👩‍👧';
const accented = 'e\u0301';

const text = (typed: string): Key => ({key: 'text', text: typed});
const keys = (...names: readonly NamedKey[]): readonly Key[] => names.map(key => ({key}));
const edit = (field: Field, ...all: readonly Key[]): Field =>
	all.reduce((before, key) => editField(before, key) ?? before, field);

/** The text with `|` where the cursor is. */
const drawn = ({graphemes, cursor}: Field): string =>
	`${graphemes.slice(0, cursor).join('')}|${graphemes.slice(cursor).join('')}`;

describe('each key', () => {
	test.each<readonly [string, readonly NamedKey[], string]>([
		['home', ['home'], '|one two'],
		['end', ['home', 'end'], 'one two|'],
		['left', ['left'], 'one tw|o'],
		['right at the end', ['right'], 'one two|'],
		['left at the start', ['home', 'left'], '|one two'],
		['word-left', ['word-left'], 'one |two'],
		['word-left twice', ['word-left', 'word-left'], '|one two'],
		['word-right', ['home', 'word-right'], 'one| two'],
		['backspace', ['backspace'], 'one tw|'],
		['backspace at the start', ['home', 'backspace'], '|one two'],
		['delete', ['home', 'delete'], '|ne two'],
		['delete at the end', ['delete'], 'one two|'],
		['delete-word', ['delete-word'], 'one |'],
		['delete-to-start', ['word-left', 'delete-to-start'], '|two'],
		['delete-to-end', ['word-left', 'delete-to-end'], 'one |'],
	])('%s', (_name, names, expected) => expect(drawn(edit(fieldOf('one two'), ...keys(...names)))).toBe(expected));

	test('of others nothing', () => {
		for (const key of keys('enter', 'escape', 'tab', 'up', 'interrupt', 'help'))
			expect(editField(fieldOf('x'), key)).toBeUndefined();
	});
});

describe('what looks like one letter is one', () => {
	test.each([family, accented, '語', '🇨🇭', '👍🏽', 'ก็', '각'])('%s moves and goes as one', letter => {
		const field = edit(emptyField, text(`a${letter}b`));
		expect(field.cursor).toBe(3);
		expect(drawn(edit(field, ...keys('left', 'left')))).toBe(`a|${letter}b`);
		expect(drawn(edit(field, ...keys('left', 'backspace')))).toBe('a|b');
		expect(drawn(edit(field, ...keys('home', 'right', 'delete')))).toBe('a|b');
	});

	test('also when its parts come one by one', () => {
		expect(edit(emptyField, text('e'), text('\u0301'), text('x')).graphemes).toEqual([accented, 'x']);
		expect(edit(emptyField, ...[...family].map(text)).graphemes).toEqual([family]);
	});

	test('when a part comes between two others', () => {
		const field = edit(fieldOf('👩👧'), ...keys('left'), text('\u200d'));
		expect(textOf(field)).toBe('👩\u200d👧');
		expect(field.cursor).toBeLessThanOrEqual(field.graphemes.length);
	});

	test('when what stood between two parts goes', () => {
		const field = edit(fieldOf('ex\u0301'), ...keys('home', 'right', 'delete'));
		expect(drawn(field)).toBe('e|');
		expect(drawn(edit(fieldOf('🇨x🇭'), ...keys('left', 'backspace')))).toBe('🇨🇭|');
	});
});

const letters = fc.constantFrom(
	'a',
	'B',
	' ',
	'é',
	accented,
	'\u0301',
	'語',
	family,
	'\u200d',
	'🇨',
	'🇭',
	'👍',
	'🏽',
	'각',
	'ᄀ',
	'ᅡ',
);
const named: readonly NamedKey[] = [
	...(['left', 'right', 'home', 'end', 'word-left', 'word-right'] as const),
	...(['backspace', 'delete', 'delete-word', 'delete-to-start', 'delete-to-end'] as const),
];
const anyKey: fc.Arbitrary<Key> = fc.oneof(
	fc.array(letters, {minLength: 1, maxLength: 4}).map(typed => text(typed.join(''))),
	fc.constantFrom(...keys(...named)),
);

describe('after any keys', () => {
	test('the field is what its own text gives, and the cursor is in it', () =>
		fc.assert(
			fc.property(fc.array(anyKey, {maxLength: 30}), all => {
				const field = edit(emptyField, ...all);
				expect(field.graphemes).toEqual(fieldOf(textOf(field)).graphemes);
				expect(field.cursor).toBeGreaterThanOrEqual(0);
				expect(field.cursor).toBeLessThanOrEqual(field.graphemes.length);
			}),
			{numRuns: 2000},
		));

	test('what is typed at the end and taken back leaves nothing', () =>
		fc.assert(
			fc.property(fc.array(letters, {maxLength: 8}), typed => {
				const field = edit(emptyField, text(typed.join('')));
				expect(edit(field, ...keys(...field.graphemes.map(() => 'backspace' as const)))).toEqual(emptyField);
			}),
		));

	test('moving changes no text', () =>
		fc.assert(
			fc.property(
				fc.array(letters, {maxLength: 8}),
				fc.array(fc.constantFrom(...keys(...named.slice(0, 6)))),
				(typed, moves) => {
					const field = fieldOf(typed.join(''));
					expect(textOf(edit(field, ...moves))).toBe(textOf(field));
				},
			),
		));
});
