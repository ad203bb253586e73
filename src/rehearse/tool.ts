/** The small system programs that build a throw-away host: each must succeed, or a fault says which one did not. */
import {programFault, runProgram} from '#host/programs/run.ts';
import type {Ran} from '#model/host.ts';

/** Runs it and gives its stdout. Throws Fault 'program.failed', or Blocked ('no-tool', 'timeout'). */
export const tool = async (
	argv: readonly string[],
	options: {readonly stdin?: string; readonly timeout?: number} = {},
): Promise<string> => {
	const ran = await tried(argv, options);
	if (ran.code !== 0) throw programFault(argv, ran);
	return ran.stdout;
};

/** The same, giving any exit code back. */
export const tried = (
	argv: readonly string[],
	options: {readonly stdin?: string; readonly timeout?: number} = {},
): Promise<Ran> =>
	runProgram(argv, {timeout: options.timeout ?? 60_000, ...(options.stdin !== undefined && {stdin: [options.stdin]})});
