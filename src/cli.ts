/** argv -> command -> exit code; the only file that exits the process. Each command is loaded when it is called. */
import {statSync} from 'node:fs';
import {enableCompileCache} from 'node:module';
import {basename, join} from 'node:path';
import {answer} from '#commands/answer.ts';
import {wizardArgs} from '#commands/wizard-args.ts';
import {howBuilt} from '#host/files/own-program.ts';
import {watchOutput} from '#report/lost-output.ts';
import {guarded} from '#report/terminal.ts';
import packageJson from '../package.json' with {type: 'json'};

const lost = watchOutput([process.stdout, process.stderr]);
const out = {stdout: guarded(process.stdout), stderr: guarded(process.stderr)};

const main = async (): Promise<number> => {
	const [first, ...more] = process.argv.slice(2);
	if ((first === '--version' || first === '-V') && more.length === 0) {
		out.stdout.write(`${packageJson.version} (${howBuilt()})\n`);
		return 0;
	}
	keepCompiled();
	// Run every few minutes by a timer: it loads nothing that the other commands need.
	if (first === 'doctor') return (await import('#commands/doctor/main.ts')).doctorMain(more, out);
	return answer(out, async () => {
		const wizard = wizardArgs(process.argv.slice(2));
		if (wizard) return (await import('#commands/wizard.ts')).wizardCommand(wizard, out);
		return (await import('#commands/main.ts')).commandsMain(process.argv.slice(2), out);
	});
};

/** V8 keeps what it made of our code: a sixth of what a look costs, and more of a plan. Beside the bundle, where a new build clears it, and only where that is ours: the host itself gets nothing. */
const keepCompiled = (): void => {
	const here = import.meta.dirname;
	if (basename(here) === 'dist' && statSync(here).uid === process.getuid?.())
		enableCompileCache(join(here, 'compiled'));
};

/** What was to be shown and is lost makes a failure of a success, and of nothing else. */
const ended = async (code: number): Promise<number> => {
	const fault = await lost();
	if (fault === undefined) return code;
	const lostCode = await answer(out, () => Promise.reject(fault));
	return code === 0 ? lostCode : code;
};

// Nothing here waits while it is loaded: pieces that are loaded later import what lies in the same file, and would wait for it in turn.
// A name that is still being looked up must not hold the prompt; what was written is out by then.
void main()
	.then(ended)
	.then(code => process.exit(code));
