/** Whichever way the program ends, the terminal is as it was: cursor, modes, normal screen, and what was on it. */
import {describe, expect, test} from 'vitest';
import {until} from '../host/support/until.ts';
import {sizes, useForm} from './support/form.ts';
import type {Pty} from './support/pty.ts';
import {expectUsable, isRunning, openInShell, programIn} from './support/shell.ts';

const form = useForm();
const f1 = '\u001bOP';

type Way = {readonly name: string; readonly part?: string; readonly code: number; readonly says?: string; leave(pty: Pty): Promise<void> | void};

const signal =
	(name: NodeJS.Signals) =>
	async (pty: Pty): Promise<void> => {
		process.kill(await programIn(pty), name);
	};

const ways: readonly Way[] = [
	{name: 'Ctrl-C', code: 130, says: 'left with 130', leave: pty => pty.type('\u0003')},
	{name: 'an exception in the loop', part: 'throw', code: 1, says: 'thrown in the loop', leave: pty => pty.type(f1)},
	{name: 'an exception while drawing', code: 70, says: 'a component is broken', leave: pty => pty.type('\u0014')},
	{name: 'SIGTERM', code: 143, says: 'left with 143', leave: signal('SIGTERM')},
	{name: 'SIGHUP', code: 129, says: 'left with 129', leave: signal('SIGHUP')},
	{name: 'SIGTERM to a program that does not end by itself', part: 'stubborn', code: 143, leave: signal('SIGTERM')},
	{name: 'exit at once', part: 'exit', code: 3, leave: pty => pty.type(f1)},
];

describe.each(sizes)('at $columns x $rows', size => {
	test.each(ways)('$name', async ({part, code, says, leave}) => {
		await using pty = openInShell([...form.argv, 'spin', ...(part === undefined ? [] : [part])], size);
		await pty.until('working');
		expect(pty.modes()).toEqual({alternate: true, paste: true});
		await leave(pty);
		await pty.until(`code=${code}`);
		if (says !== undefined) expect(pty.history()).toContain(says);
		expect(pty.history()).not.toContain('a form of');
		await expectUsable(pty);
	});
});

test('a line that hangs up ends it', async () => {
	await using pty = await form.open({}, 'spin');
	pty.hangUp();
	await until(() => !isRunning(pty.pid), {what: 'the end of the program'});
});

test('another program gets the terminal as it was, and the screen comes back whole', async () => {
	await using pty = await form.open();
	pty.type('abc');
	await pty.until('name    abc');
	await pty.quiet();
	const before = pty.screen();
	pty.type(f1);
	await until(() => pty.history().includes('away: paste on at this moment? no'), {what: 'the other program'});
	await until(() => pty.modes().alternate && pty.modes().paste, {what: 'our screen'});
	await pty.until('name    abc');
	await pty.quiet();
	expect(pty.screen()).toEqual(before);
	pty.type('d');
	await pty.until('name    abcd');
});
