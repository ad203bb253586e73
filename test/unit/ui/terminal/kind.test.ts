/** What is made of a terminal's own words about itself. */
import {expect, test} from 'vitest';
import {showsUnicode} from '#model/ascii.ts';
import {faultData} from '#model/fault.ts';
import {isOverSsh, noTerminal, sizeOf, terminalKind} from '#ui/terminal/kind.ts';

const tty = {isTTY: true};
const pipe = {};

test.each([
	[tty, tty, {TERM: 'xterm-256color'}, 'screen'],
	[tty, tty, {TERM: 'linux', CI: '1'}, 'screen'],
	[tty, tty, {TERM: 'vt220', ACCESSIBLE: '0', INK_SCREEN_READER: 'false'}, 'screen'],
	[tty, tty, {TERM: 'dumb'}, 'lines'],
	[tty, tty, {TERM: 'unknown'}, 'lines'],
	[tty, tty, {TERM: ''}, 'lines'],
	[tty, tty, {}, 'lines'],
	[tty, tty, {TERM: 'xterm', ACCESSIBLE: '1'}, 'lines'],
	[tty, tty, {TERM: 'xterm', INK_SCREEN_READER: 'true'}, 'lines'],
	[pipe, tty, {TERM: 'xterm'}, 'none'],
	[tty, pipe, {TERM: 'xterm'}, 'none'],
	[pipe, pipe, {}, 'none'],
] as const)('%o and %o with %o: %s', (stdin, stdout, env, kind) => expect(terminalKind(stdin, stdout, env)).toBe(kind));

test('without a terminal the sentence says which end, and what needs none', () => {
	expect(faultData(noTerminal(pipe))).toMatchObject({
		code: 'usage.no-terminal',
		sentence: expect.stringContaining('its input is not'),
		hint: expect.stringContaining('setup apply FILE'),
	});
	expect(faultData(noTerminal(tty)).sentence).toContain('its output is not');
});

test.each([
	[{LANG: 'de_CH.UTF-8'}, true],
	[{LANG: 'C.utf8'}, true],
	[{LANG: 'en_US.UTF-8', LC_ALL: 'C'}, false],
	[{LANG: 'C', LC_CTYPE: 'en_US.UTF-8'}, true],
	[{LC_ALL: '', LANG: 'C.UTF-8'}, true],
	[{LANG: 'de_CH.ISO-8859-1'}, false],
	[{}, false],
	[{LANG: 'C.UTF-8', TERM: 'linux'}, false],
] as const)('%o shows more than ASCII: %s', (env, shows) => expect(showsUnicode(env)).toBe(shows));

test('SSH is told by its variables, which sudo drops, or by a parent', () => {
	expect(isOverSsh({SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22'})).toBe(true);
	expect(isOverSsh({SSH_TTY: '/dev/pts/1'})).toBe(true);
	expect(isOverSsh({}, 1)).toBe(false);
});

test('a size of nothing is 80x24', () => {
	expect(sizeOf({columns: 0, rows: 0})).toEqual({columns: 80, rows: 24});
	expect(sizeOf({})).toEqual({columns: 80, rows: 24});
	expect(sizeOf({columns: 132, rows: 50})).toEqual({columns: 132, rows: 50});
});
