/** `setup`: the wizard, on the screen, line by line, or as JSON lines. */
import {Fault} from '#model/fault.ts';
import {printable} from '#model/printable.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';
import {noTerminal, terminalKind} from '#ui/terminal/kind.ts';
import {newSession} from '#wizard/session.ts';

export type WizardOptions = {
	readonly plain: boolean;
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
};

/** Gives 0 when it was left in order, 130 when it was left before the end, 1 after a run that failed. */
export const wizardCommand = async (options: WizardOptions, out: Output): Promise<number> => {
	const kind = terminalKind(process.stdin, process.stdout, process.env);
	if (options.format === 'text' && kind === 'none' && !options.plain) throw noTerminal(process.stdin);
	if (process.getuid?.() !== 0)
		throw new Fault(
			'wizard.needs-root',
			'only root can install',
			'Run it with sudo. `setup plan FILE` and `setup doctor` need no root.',
		);
	process.umask(0o022);
	const session = newSession(placeOf(options.state));
	const {code, lines} = await draw(options, kind === 'lines' || options.plain, session);
	if (options.format === 'text' && lines.length > 0)
		out.stdout.write(`${lines.map(line => printable(line)).join('\n')}\n`);
	return code;
};

const draw = async (
	options: WizardOptions,
	plain: boolean,
	session: ReturnType<typeof newSession>,
): Promise<{readonly code: number; readonly lines: readonly string[]}> => {
	if (options.format === 'ndjson') return (await import('#wizard/json-lines.ts')).asJsonLines(session);
	if (plain) return (await import('#wizard/line-by-line.ts')).lineByLine(session);
	return (await import('#wizard/screen.ts')).onScreen(session);
};
