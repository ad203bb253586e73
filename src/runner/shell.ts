/** A shell for the operator where a program failed: the same directory, environment and user. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';

export type ShellPlace = {readonly cwd?: string; readonly as?: string; readonly env: Readonly<Record<string, string>>};

/** Runs it on this terminal until it is left. Gives its exit code. The terminal must have been given back before. */
export const openShell = async ({cwd, as, env}: ShellPlace): Promise<number> => {
	const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
	const argv = as === undefined || as === 'root' ? [shell] : ['setpriv', `--reuid=${as}`, '--regid', as, '--init-groups', '--', shell];
	const child = spawn(argv[0]!, argv.slice(1), {
		cwd: cwd !== undefined && existsSync(cwd) ? cwd : '/',
		env: {...process.env, ...env, PS1: '[setup] \\w \\$ '},
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
