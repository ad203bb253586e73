/** argv -> command -> exit code; the only file that exits the process. Each command is loaded when it is called. */
import {statSync} from 'node:fs';
import {enableCompileCache} from 'node:module';
import {basename, join} from 'node:path';
import {answer} from '#commands/answer.ts';
import {wizardArgs} from '#commands/wizard-args.ts';
import {guarded} from '#report/terminal.ts';

const out = {stdout: guarded(process.stdout), stderr: guarded(process.stderr)};

const main = async (): Promise<number> => {
	keepCompiled();
	const [first, ...more] = process.argv.slice(2);
	// Run every few minutes by a timer: it loads nothing that the other commands need.
	if (first === 'doctor') return (await import('#commands/doctor/main.ts')).doctorMain(more, out);
	return answer(out, async () => {
		const wizard = wizardArgs(process.argv.slice(2));
		if (wizard) return (await import('#commands/wizard.ts')).wizardCommand(wizard, out);
		return (await import('#commands/command-line.ts')).runCommandLine(process.argv.slice(2), out);
	});
};

/** V8 keeps what it made of our code: a sixth of what a look costs, and more of a plan. Beside the bundle, where a new build clears it, and only where that is ours: the host itself gets nothing. */
const keepCompiled = (): void => {
	const here = import.meta.dirname;
	if (basename(here) === 'dist' && statSync(here).uid === process.getuid?.())
		enableCompileCache(join(here, 'compiled'));
};

// A name that is still being looked up must not hold the prompt; on Linux what was written to pipes, files and terminals is out.
process.exit(await main());
