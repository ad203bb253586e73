/** Every screen at every size: never higher or wider than the terminal, what is highlighted in sight, wide characters where they belong. */
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {asciiGlyphs, unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {picture} from '../../../../src/ui/layout/picture.ts';
import {fieldOf} from '../../../../src/ui/state/field.ts';
import type {State} from '../../../../src/ui/state/types.ts';
import {view} from '../../../../src/ui/view/view.ts';
import {draw} from '../../../ui/support/draw.ts';
import {states} from '../../../ui/support/states.ts';

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
	{columns: 60, rows: 18},
	{columns: 40, rows: 12},
	{columns: 39, rows: 24},
	{columns: 20, rows: 5},
	{columns: 1, rows: 1},
] as const;

const widest = (lines: readonly string[]): number => Math.max(...lines.map(line => stringWidth(line)));

describe.each(sizes)('at $columns x $rows', size => {
	test.each(Object.entries(states))('%s', async (_name, state) => {
		for (const glyphs of size.columns === 40 ? [unicodeGlyphs, asciiGlyphs] : [unicodeGlyphs]) {
			const lines = await draw(view({...state, size}), size, glyphs);
			expect(lines.length).toBeLessThanOrEqual(Math.max(1, size.rows - 1));
			expect(widest(lines)).toBeLessThanOrEqual(size.columns);
		}
	});
});

test.each([
	{columns: 40, rows: 12},
	{columns: 30, rows: 8},
])('at $columns x $rows a sentence asks for more room', async size => {
	const lines = await draw(view({...states['start']!, size}), size);
	expect(lines.join(' ')).toMatch(/more room/i);
});

describe('what is highlighted stays in sight', () => {
	const shown = async (state: State, size: State['size']): Promise<string> =>
		(await draw(view({...state, size}), size)).join('\n');
	const small = {columns: 60, rows: 14};

	test('in a list of steps', async () => {
		for (let highlighted = 0; highlighted <= 13; highlighted++) {
			expect(await shown({...states['steps']!, over: {over: 'steps', highlighted}}, small)).toMatch(/^▸ /m);
		}
	});

	test('in a failure menu, at the smallest size', async () => {
		for (let highlighted = 0; highlighted < 7; highlighted++) {
			expect(
				await shown({...states['failure']!, screen: {at: 'failure', highlighted}}, {columns: 40, rows: 12}),
			).toMatch(/^▸ /m);
		}
	});

	test('in the review', async () => {
		const state = states['review-open']!;
		for (let highlighted = 0; highlighted < 14; highlighted++) {
			expect(await shown({...state, screen: {...state.screen, highlighted} as never}, small)).toMatch(/^▸ /m);
		}
	});

	test('in a long list of choices, and the field of every question', async () => {
		for (const at of [0, 1, 80, 158, 159]) {
			const state = states['question-long-list']!;
			const drawn = await shown(
				{...state, screen: {...state.screen, editor: {kind: 'choice', highlighted: at, filter: ''}} as never},
				small,
			);
			expect(drawn).toMatch(/▸ \([ •]\) /);
		}
		for (const size of [small, {columns: 40, rows: 12}, {columns: 80, rows: 24}]) {
			expect(picture(view({...states['question-missing']!, size}), size, unicodeGlyphs)?.cursor).toBeDefined();
		}
	});
});

describe('the cursor', () => {
	const withText = (text: string, cursor: number): State => {
		const state = states['question-text']!;
		return {...state, screen: {...state.screen, editor: {kind: 'text', field: {...fieldOf(text), cursor}}} as never};
	};
	const drawn = async (
		text: string,
		cursor: number,
		size: State['size'] = {columns: 80, rows: 24},
	): Promise<{readonly before: string; readonly x: number}> => {
		const shown = view(withText(text, cursor));
		const at = picture(shown, size, unicodeGlyphs)!.cursor!;
		const line = (await draw(shown, size))[at.y]!;
		return {before: line, x: at.x};
	};

	test('stands after what was typed, also after wide characters and joined emoji', async () => {
		for (const text of ['abc', '日本語', 'a👩‍👩‍👧b', 'é́']) {
			const {before, x} = await drawn(text, fieldOf(text).cursor);
			expect(stringWidth(before)).toBe(x);
			expect(before.endsWith(text)).toBe(true);
		}
	});

	test('stays on the screen in a text that is longer than it, and shows what is around it', async () => {
		const text = Array.from({length: 300}, (_, n) => String.fromCodePoint(n % 3 === 0 ? 0x65e5 : 97 + (n % 26))).join(
			'',
		);
		for (const cursor of [0, 1, 20, 150, 299, 300]) {
			const {before, x} = await drawn(text, cursor);
			expect(x).toBeLessThan(80);
			expect(stringWidth(before)).toBeLessThanOrEqual(80);
			expect(before).toContain(text.slice(Math.max(0, cursor - 3), cursor));
		}
	});
});

test('wide characters and control characters of others break no line', async () => {
	const nasty = '日本語のとても長い名前\u001b[31mred\u0007\r\n\t👩‍👩‍👧‍👦‮evil'.repeat(3);
	for (const name of ['question-text', 'install', 'failure', 'review-open', 'end']) {
		const state = JSON.parse(
			JSON.stringify(states[name], (_key, value: unknown) =>
				value instanceof Set
					? {set: [...value]}
					: typeof value === 'string' && value.includes(' ')
						? `${value} ${nasty}`
						: value,
			),
			(_key, value: {set?: unknown[]} | unknown) =>
				typeof value === 'object' && value !== null && 'set' in value ? new Set(value.set as unknown[]) : value,
		) as State;
		const lines = await draw(view(state), state.size);
		expect(lines.length).toBeLessThanOrEqual(23);
		expect(widest(lines)).toBeLessThanOrEqual(80);
		expect(lines.join('\n')).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
	}
});

test('ASCII has no other byte', async () => {
	for (const [name, state] of Object.entries(states)) {
		expect({name, text: (await draw(view(state), state.size, asciiGlyphs)).join('\n')}).toEqual({
			name,
			text: expect.stringMatching(/^[\n -~]*$/),
		});
	}
});
