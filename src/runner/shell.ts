/** A shell for the operator where a program failed: the same directory, environment and user. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {guardedArgv} from '#host/programs/guard.ts';

export type ShellPlace = {readonly cwd?: string; readonly as?: string; readonly env: Readonly<Record<string, string>>};

/**
 * Runs it on this terminal until it is left. Gives its exit code. The terminal must have been given back before. A shell that is killed leaves the
 * terminal to a process group that is no more; the small one around it, with job control, takes it back for us.
 */
export const openShell = async ({cwd, as, env}: ShellPlace): Promise<number> => {
	const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
	const argv =
		as === undefined || as === 'root'
			? [shell]
			: guardedArgv(['setpriv', `--reuid=${as}`, '--regid', as, '--init-groups', '--', shell]);
	const child = spawn('/bin/sh', ['-m', '-c', '"$@"; exit $?', 'sh', ...argv], {
		cwd: cwd !== undefined && existsSync(cwd) ? cwd : '/',
		env: {...process.env, ...env, PROMPT_COMMAND: prompt},
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

/** Once, before the first prompt: the system's own settings for shells replace a PS1 that is handed over. */
const prompt = 'PS1="[setup] $PS1"; unset PROMPT_COMMAND';
