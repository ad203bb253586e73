/** A shell for the operator where a program failed: the same directory, environment and user. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {childEnvironment} from '#host/programs/environment.ts';
import {guardedArgv} from '#host/programs/guard.ts';

export type ShellPlace = {readonly cwd?: string; readonly as?: string; readonly env: Readonly<Record<string, string>>};

/**
 * Runs it on this terminal until it is left. Gives its exit code. The terminal must have been given back before. A shell that is killed leaves the
 * terminal to a process group that is no more; the small one around it, with job control, takes it back for us.
 */
export const openShell = async ({cwd, as, env}: ShellPlace): Promise<number> => {
	const other = as !== undefined && as !== 'root' ? as : undefined;
	const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
	const place = cwd !== undefined && existsSync(cwd) ? cwd : '/';
	const argv = other === undefined ? [shell] : guardedArgv(shellAs(other, shell, place));
	const child = spawn('/bin/sh', ['-m', '-c', '"$@"; exit $?', 'sh', ...argv], {
		cwd: other === undefined ? place : '/',
		env: {...(other === undefined ? process.env : environmentOf(other)), ...env, PROMPT_COMMAND: prompt},
		stdio: 'inherit',
	});
	// Ctrl-C belongs to what runs in the shell.
	const ignore = (): void => {};
	process.on('SIGINT', ignore);
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return code ?? 128;
	} finally {
		process.off('SIGINT', ignore);
	}
};

/**
 * Another user's shell has a terminal of its own: what holds root's can type into it (TIOCSTI), and root's shell would read that. The directory
 * is entered by that user, who could have laid a link there.
 */
export const shellAs = (user: string, shell: string, cwd: string): readonly string[] => [
	'runuser',
	'--pty',
	'-u',
	user,
	'--',
	'/usr/bin/env',
	`--chdir=${cwd}`,
	'--',
	shell,
];

/** Root's own environment is nobody else's: it may hold keys. */
const environmentOf = (user: string): Record<string, string> => {
	const kept = ['TERM', 'COLORTERM', 'LANG'].flatMap(name => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find(one => one.startsWith(`${user}:`));
	return childEnvironment({...Object.fromEntries(kept), HOME: line?.split(':')[5] ?? '/'});
};

/** Once, before the first prompt: the system's own settings for shells replace a PS1 that is handed over. */
const prompt = 'PS1="[setup] $PS1"; unset PROMPT_COMMAND';
