/** Whichever way the program ends, the terminal is as it was: cursor, modes, normal screen, and what was on it. */
import {describe, expect, test} from 'vitest';
import {until} from '../host/support/until.ts';
import {sizes, useForm} from './support/form.ts';
import type {Pty} from './support/pty.ts';
import {expectSameAfterRedraw} from './support/redraw.ts';
import {expectUsable, isRunning, openInShell, programIn} from './support/shell.ts';

const form = useForm();
const f1 = '\u001bOP';

type Way = {
	readonly name: string;
	readonly part?: string;
	readonly code: number;
	readonly says?: string;
	leave(pty: Pty): Promise<void> | void;
};

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

describe('a shell on the same terminal', () => {
	const openShell = async (): Promise<{readonly pty: Pty & AsyncDisposable; readonly shell: number}> => {
		const pty = openInShell([...form.argv]);
		await pty.until('a form of');
		pty.type('abc');
		await pty.until('name    abc');
		pty.type(f1);
		await until(() => /\[setup\] .*[#$]/.test(pty.history()), {what: 'the prompt of the shell'});
		return {pty, shell: await programIn(pty, /^\/bin\/bash/)};
	};

	test('has it as it was, and the screen comes back whole', async () => {
		const {pty} = await openShell();
		await using _ = pty;
		expect(pty.modes().alternate).toBe(false);
		expect(pty.cursor().shown).toBe(true);
		pty.type('pwd; stty -a | grep -c -- "-icanon"\r');
		await until(() => /^\/tmp\n0$/m.test(pty.history()), {what: 'what the shell says'});
		pty.resize(100, 30);
		pty.type('exit 7\r');
		await pty.until('shell left with 7');
		await pty.until('a form of 100 columns');
		expect(pty.modes()).toEqual({alternate: true, paste: true});
		await expectSameAfterRedraw(pty);
		pty.type('d');
		await pty.until('name    abcd');
		expect(pty.text()).not.toContain('exit 7');
	});

	test('that is killed does not take the terminal with it', async () => {
		const {pty, shell} = await openShell();
		await using _ = pty;
		process.kill(shell, 'SIGKILL');
		await pty.until(/shell left with (128|137)/);
		pty.type('d\r');
		await pty.until('1 submitted');
		pty.type('\u0003');
		await pty.until('code=130');
		await expectUsable(pty);
	});
});
