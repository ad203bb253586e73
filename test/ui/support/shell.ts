/** A program below a shell on the pseudo-terminal, as an operator starts it: what it leaves behind is what the shell then says. */
import {readFileSync} from 'node:fs';
import {expect} from 'vitest';
import {until} from '../../host/support/until.ts';
import {openPty, type Pty, type PtyOptions} from './pty.ts';

/** The shell tells the exit code and the terminal's modes when the program is over, and then repeats what is typed. */
export const openInShell = (argv: readonly string[], options: PtyOptions = {}): Pty & AsyncDisposable =>
	openPty(
		['/bin/sh', '-c', 'printf "before\\n"; "$@"; printf "\\ncode=%s\\n" $?; stty -a; exec cat', 'sh', ...argv],
		options,
	);

/** The first process below the shell whose command line fits. */
export const programIn = (pty: Pty, command: RegExp = /./): Promise<number> =>
	until(() => programsIn(pty).find(pid => command.test(commandOf(pid))), {
		what: `${command} below the shell`,
		deadline: 30_000,
	});

export const programsIn = (pty: Pty): readonly number[] => below(pty.pid);

/** Expects a terminal that can be used: nothing of ours is on, and what is typed is seen. */
export const expectUsable = async (pty: Pty): Promise<void> => {
	const said = await until(() => /\nspeed .*echoke.*$/s.exec(pty.history())?.[0], {
		what: 'the modes of the terminal',
		deadline: 30_000,
	});
	expect(said.split(/[\s;]+/)).toEqual(expect.arrayContaining(['icanon', 'isig', 'echo', 'icrnl', 'opost']));
	expect(pty.modes()).toEqual({alternate: false, paste: false});
	expect(pty.cursor().shown).toBe(true);
	expect(pty.history().startsWith('before\n')).toBe(true);
	pty.type('usable again\r');
	await until(() => pty.history().match(/usable again/g)?.length === 2, {
		what: 'what was typed and what cat made of it',
		deadline: 30_000,
	});
};

/** A zombie that nobody has collected yet does not run. */
export const isRunning = (pid: number): boolean => !/^$|\) [ZX] /.test(read(`/proc/${pid}/stat`));

const below = (pid: number): readonly number[] => {
	const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
	return [...children, ...children.flatMap(below)];
};

const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

const read = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};
