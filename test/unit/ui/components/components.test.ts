/** The widgets underneath draw, and do nothing else: what they are given is what stands there, and no key reaches them. */
import {render} from 'ink-testing-library';
import {createElement} from 'react';
import {afterEach, describe, expect, test} from 'vitest';
import {Choices} from '#ui/ink/components/choices.tsx';
import {FieldRow} from '#ui/ink/components/field.tsx';
import {Parts} from '#ui/ink/components/parts.tsx';
import {colourOf, toneProps} from '#ui/ink/components/tones.ts';
import {asciiGlyphs, glyphsFor, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import type {Row} from '../../../../src/ui/layout/row.ts';
import type {Tone} from '../../../../src/ui/view/types.ts';

const open: ReturnType<typeof render>[] = [];
const drawn = (element: Parameters<typeof render>[0]): ReturnType<typeof render> => {
	const shown = render(element);
	open.push(shown);
	return shown;
};
afterEach(() => {
	for (const one of open.splice(0)) one.unmount();
});

const choice = (label: string, more: Partial<NonNullable<Row['choice']>> = {}): Row => ({
	parts: [{text: '    ', tone: 'plain'}],
	choice: {label, note: '', chosen: false, at: false, ...more},
});

describe('choices', () => {
	const rows = [choice('one', {chosen: true}), choice('two', {at: true}), choice('three', {note: 'a note'})];

	test('mark the one that is chosen and point at the highlighted one', () => {
		expect(drawn(createElement(Choices, {rows, glyphs: unicodeGlyphs})).lastFrame()).toBe(
			'    (•) one\n  ▸ ( ) two\n    ( ) three  a note',
		);
		expect(drawn(createElement(Choices, {rows, glyphs: asciiGlyphs})).lastFrame()).toBe(
			'    (*) one\n  > ( ) two\n    ( ) three  a note',
		);
	});

	test('take no key: j, k, digits, arrows and Enter change nothing', () => {
		const shown = drawn(createElement(Choices, {rows, glyphs: unicodeGlyphs}));
		const before = shown.lastFrame();
		for (const key of ['j', 'k', '1', '\u001b[A', '\u001b[B', '\r']) shown.stdin.write(key);
		expect(shown.lastFrame()).toBe(before);
	});

	test('follow what they are given, back as well', () => {
		const shown = drawn(createElement(Choices, {rows, glyphs: unicodeGlyphs}));
		shown.rerender(
			createElement(Choices, {rows: [choice('one', {at: true}), choice('two', {chosen: true})], glyphs: unicodeGlyphs}),
		);
		expect(shown.lastFrame()).toBe('  ▸ ( ) one\n    (•) two');
		shown.rerender(createElement(Choices, {rows, glyphs: unicodeGlyphs}));
		expect(shown.lastFrame()).toContain('▸ ( ) two');
	});
});

describe('a field', () => {
	const row = (value: string): Row => ({parts: [{text: '  › ', tone: 'accent'}], field: {value, cursor: 4}});

	test('shows the value as it is, and takes no key', () => {
		const shown = drawn(createElement(FieldRow, {row: row('a👩‍👩‍👧é'), colour: false}));
		expect(shown.lastFrame()).toBe('  › a👩‍👩‍👧é');
		for (const key of ['x', '\u007f', '\u0015', '\r', 'paste me']) shown.stdin.write(key);
		expect(shown.lastFrame()).toBe('  › a👩‍👩‍👧é');
	});

	test('may be empty', () => {
		expect(drawn(createElement(FieldRow, {row: row(''), colour: false})).lastFrame()).toBe('  ›');
	});
});

test('a row never breaks', () => {
	const shown = drawn(createElement(Parts, {parts: [{text: 'long '.repeat(60), tone: 'plain'}], colour: false}));
	expect(shown.lastFrame()?.split('\n')).toHaveLength(1);
});

describe('colours', () => {
	test('are taken away by NO_COLOR, and bold stays', () => {
		expect(glyphsFor(true, {NO_COLOR: '1'}).colour).toBe(false);
		expect(glyphsFor(true, {}).colour).toBe(true);
		expect(toneProps('bad', false)).toEqual({});
		expect(toneProps('bold', false)).toEqual({bold: true});
	});

	test.each(Object.entries(colourOf))('%s can be read on black and on white', (_tone, place) => {
		expect(contrast(place, 0)).toBeGreaterThanOrEqual(4);
		expect(contrast(place, 255)).toBeGreaterThanOrEqual(4);
	});

	test('every tone has a meaning of its own', () => {
		const tones: readonly Tone[] = ['plain', 'bold', 'quiet', 'accent', 'good', 'warn', 'bad'];
		expect(new Set(tones.map(tone => JSON.stringify(toneProps(tone, true)))).size).toBe(tones.length);
	});
});

/** Web Content Accessibility Guidelines 2.1: relative luminance, of a place in the 256-colour table against a grey. */
const contrast = (place: number, grey: number): number => {
	const one = luminance(place >= 232 ? Array.from({length: 3}, () => 8 + (place - 232) * 10) : cube(place));
	const other = luminance([grey, grey, grey]);
	return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};
const cube = (place: number): readonly number[] =>
	[36, 6, 1].map(by => [0, 95, 135, 175, 215, 255][Math.floor((place - 16) / by) % 6]!);
const luminance = (rgb: readonly number[]): number =>
	rgb
		.map(part => part / 255)
		.map(part => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
		.reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0);
