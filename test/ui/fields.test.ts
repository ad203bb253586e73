/** Editing a line as people are used to, shown or masked, with letters of any width. */
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {sizes, useForm, valueOf} from './support/form.ts';
import type {Pty} from './support/pty.ts';

const form = useForm();
const esc = '\u001b';
const [home, end, del, left, right] = ['H', 'F', '3~', 'D', 'C'].map(final => `${esc}[${final}`);

const cases: readonly (readonly [string, readonly (string | undefined)[], string])[] = [
	['Ctrl-A and Ctrl-E', ['bc', '\u0001', 'a', '\u0005', 'd'], 'abcd'],
	['Ctrl-U', ['abc def', left, '\u0015'], 'f'],
	['Ctrl-K', ['abc def', home, right, '\u000b'], 'a'],
	['Ctrl-W', ['abc def', '\u0017', 'x'], 'abc x'],
	['Home, End, Del', ['xbc', home, del, 'a', end, 'd'], 'abcd'],
	[
		'Home and End of other terminals',
		['b', `${esc}[1~`, 'a', `${esc}[4~`, 'c', `${esc}OH`, '<', `${esc}OF`, '>'],
		'<abc>',
	],
	['word moves', ['onetwo', `${esc}b`, '1', `${esc}f`, '2', `${esc}[1;5D`, '3', `${esc}[1;3C`, '4'], '31onetwo24'],
	['Ctrl-D, Ctrl-H, Backspace', ['abcd', left, '\u0004', '\b', '\u007f'], 'a'],
	['unused Ctrl and Alt', ['a', '\u0002\u000e\u0010\u0019', `${esc}x${esc}.${esc}1`, 'b'], 'ab'],
	['emoji, flags and accents', ['a👩‍👩‍👧🇨🇭e\u0301b', left, '\u007f', '\u007f', left, del], 'ab'],
];

describe.each(sizes)('at $columns x $rows', size => {
	let pty: Pty;
	beforeAll(async () => {
		pty = await form.open(size);
	});
	afterAll(() => pty.close());
	beforeEach(() => pty.type('\u0001\u000b'));

	let submissions = 0;
	/** What Enter hands over after these keys, each in a piece of its own. */
	const submitted = async (keys: readonly (string | undefined)[]): Promise<unknown> => {
		for (const key of keys) pty.type(key ?? '');
		pty.type('\r');
		await pty.until(`${++submissions} submitted`);
		await pty.until(/submitted ".*"$/m);
		return JSON.parse(/.*submitted (".*")$/m.exec(pty.text())?.[1] ?? '');
	};

	test.each(cases)('%s', async (_name, keys, expected) => expect(await submitted(keys)).toBe(expected));

	test.each(cases)('%s, masked', async (_name, keys, expected) => {
		pty.type('\t\u0001\u000b');
		expect(await submitted(keys)).toBe(expected);
		expect(valueOf(pty, 'secret')).toBe('*'.repeat([...new Intl.Segmenter().segment(expected)].length));
		pty.type('\t\t');
	});

	test('wide letters keep what stands beside them in its place, and the cursor after them', async () => {
		pty.type('日本語x');
		await pty.until('name    日本語x');
		const edge = (): number =>
			pty
				.screen()
				.map(row => cellsBefore(row, '|edge'))
				.find(at => at >= 0) ?? -1;
		expect(edge()).toBe(20);
		expect(pty.cursor()).toMatchObject({column: 8 + 7, row: 1});
		pty.type(`${left}${left}${del}`);
		await pty.until('name    日本x');
		expect(edge()).toBe(20);
		expect(pty.cursor()).toMatchObject({column: 8 + 4, row: 1});
	});
});

/** In columns of the terminal: a wide letter takes two. */
const cellsBefore = (row: string, what: string): number => {
	const at = row.indexOf(what);
	return at < 0 ? -1 : [...row.slice(0, at)].reduce((sum, letter) => sum + (/[\u2e80-\uffdc]/.test(letter) ? 2 : 1), 0);
};
