/** What the terminal at hand can do, by our own look: Ink's looks at CI instead of the terminal, and never at TERM or the locale. */
import {readFileSync} from 'node:fs';
import {Fault} from '#model/fault.ts';

type Env = Readonly<Record<string, string | undefined>>;
type End = {readonly isTTY?: boolean};

/** `screen`: full screen. `lines`: a terminal that is read line by line. `none`: nobody is there. */
export type TerminalKind = 'screen' | 'lines' | 'none';

/** Both ends must be terminals; one that cannot move its cursor, or a screen reader asked for, gets lines. */
export const terminalKind = (stdin: End, stdout: End, env: Env): TerminalKind => {
	if (stdin.isTTY !== true || stdout.isTTY !== true) return 'none';
	const cannot = /^(dumb|unknown|emacs|network|)$/.test(env['TERM'] ?? '');
	return cannot || asked(env['ACCESSIBLE']) || asked(env['INK_SCREEN_READER']) ? 'lines' : 'screen';
};

/** For a command that asks, where nobody can answer: exit code 64. */
export const noTerminal = (stdin: End): Fault =>
	new Fault(
		'usage.no-terminal',
		`the wizard asks and shows, and ${stdin.isTTY === true ? 'its output' : 'its input'} is not a terminal`,
		'`setup apply FILE` installs from an answers file without asking; `setup answers init STACK` writes one. Over SSH, `ssh -t` gives a terminal.',
	);

/** Whether the line may be slow. sudo drops the variables, so the parents are asked too. */
export const isOverSsh = (env: Env, pid: number = process.pid): boolean =>
	Boolean(env['SSH_CONNECTION'] || env['SSH_TTY']) || parents(pid).some(name => /^(sshd|mosh-server)/.test(name));

/** 80x24 where the terminal does not know, as a serial console does not. */
export const sizeOf = ({
	columns,
	rows,
}: {
	readonly columns?: number;
	readonly rows?: number;
}): {readonly columns: number; readonly rows: number} => ({
	columns: columns || 80,
	rows: rows || 24,
});

const asked = (value: string | undefined): boolean => value !== undefined && !/^(|0|false|no)$/i.test(value);

const parents = (pid: number): readonly string[] => {
	const names: string[] = [];
	for (let at = pid; at > 1 && names.length < 30; ) {
		const [, name = '', parent = '0'] = /^\d+ \((.*)\) \S (\d+)/s.exec(read(`/proc/${at}/stat`)) ?? [];
		names.push(name);
		at = Number(parent);
	}
	return names;
};

const read = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};
