/** Programs of a build run as a user id that nobody else has, so that a Makefile cannot touch the host; only the swap is root's. */
import {availableParallelism} from 'node:os';
import type {Log} from '#host/programs/log-file.ts';
import {lastLines} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {spaceFault} from '../shared/stamp.ts';

/** No account has it: Debian keeps 65000 to 65533 free. */
export const builder = 65_532;

const unprivileged = [
	'setpriv',
	`--reuid=${builder}`,
	`--regid=${builder}`,
	'--clear-groups',
	'--no-new-privs',
	'--',
] as const;

export type BuildRun = {readonly host: Host; readonly log: Log; readonly name: string; readonly home: string};

/** Runs one part of the build, every line into the log. Throws Fault build.<part>-failed with its last lines and where the log is. */
export const runPart = async (
	{host, log, name, home}: BuildRun,
	part: 'unpack' | 'configure' | 'make' | 'install',
	argv: readonly string[],
	cwd: string,
	onLine: (line: string) => void = () => {},
): Promise<void> => {
	const last: string[] = [];
	log.write(`\n=== ${part}: ${argv.join(' ')}`);
	try {
		await host.exec([...unprivileged, ...argv], {
			cwd,
			env: {HOME: home, TMPDIR: home},
			onLine: line => {
				log.write(line);
				last.push(line);
				if (last.length > 200) last.splice(0, 100);
				onLine(line);
			},
		});
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		const words = last.join('\n');
		throw (
			spaceFault(words, `the build of ${name}`) ??
			new Fault(
				`build.${part}-failed`,
				`${part} of ${name} failed${sayWhy(words)}`,
				`The whole output is in ${log.path}. Nothing was installed; mend the cause and run it again.`,
				{details: lastLines(words, 20), cause: error},
			)
		);
	}
};

/** What a program of the build says, without changing anything. */
export const askPart = async ({host, home}: BuildRun, argv: readonly string[], cwd: string): Promise<string> => {
	const ran = await host.probe([...unprivileged, ...argv], {cwd, env: {HOME: home, TMPDIR: home}, timeout: 60_000});
	return `${ran.stdout}\n${ran.stderr}`;
};

/** Progress as objects compiled of objects there are, read from the Makefiles that configure wrote. */
export const countObjects = (makefiles: readonly string[]): number =>
	makefiles.reduce((sum, text) => sum + (text.match(/^\S+\.o:/gm)?.length ?? 0), 0);

export const isObjectLine = (line: string): boolean => /(^|\s)-o\s*\S+\.o(\s|$)/.test(line);

export const defaultJobs = (): number => availableParallelism();

const sayWhy = (words: string): string => {
	const reason = /(?:error|Error):? .*|.*(?:not found|No such file).*/.exec(words)?.[0]?.trim();
	return reason === undefined ? '' : `: ${reason.slice(0, 200)}`;
};
