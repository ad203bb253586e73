/** The small system programs that build a throw-away host: each must succeed, or a fault says which one did not. */
import {programFault, runProgram} from '#host/programs/run-program.ts';
import type {Ran} from '#model/host.ts';

type ToolOptions = {readonly stdin?: string; readonly timeout?: number; readonly fetches?: true};

/** Runs it and gives its stdout. Throws Fault 'program.failed', or Blocked ('no-tool', 'timeout'). */
export const tool = async (argv: readonly string[], options: ToolOptions = {}): Promise<string> => {
	const ran = await tried(argv, options);
	if (ran.code !== 0) throw programFault(argv, ran);
	return ran.stdout;
};

/** The same, giving any exit code back. */
export const tried = (argv: readonly string[], options: ToolOptions = {}): Promise<Ran> =>
	runProgram(argv, {
		timeout: options.timeout ?? 60_000,
		...(options.fetches && {fetches: true}),
		...(options.stdin !== undefined && {stdin: [options.stdin]}),
	});
