/** The real wizard on a pseudo-terminal: started by the launcher, with a state directory of its own. It looks at this machine and changes nothing: nobody presses `i`. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll} from 'vitest';
import {chooseIpynbsrv, chooseStack} from './choose.ts';
import {openPty, type Pty, type PtyOptions} from './pty.ts';

const setup = join(import.meta.dirname, '../../../setup');

/** Only root can install, so only root gets past the first sentence. */
export const isRoot = process.getuid?.() === 0;

export type Wizard = {
	readonly argv: readonly [string, ...string[]];
	open(options?: PtyOptions, ...words: readonly string[]): Pty & AsyncDisposable;
	/** Goes past the start and the checks to the first question; of ipynbsrv, or of the stack of that title. */
	openAtQuestions(options?: PtyOptions, title?: string): Promise<Pty & AsyncDisposable>;
	/** What is on disk of the answers so far. */
	draft(): {readonly step?: string; readonly question?: string} | undefined;
	/** Forgets all answers. */
	forget(): void;
};

/** Call it once, at the top of a file or a describe. */
export const useWizard = (): Wizard => {
	let place = '';
	beforeAll(() => {
		place = mkdtempSync(join(tmpdir(), 'wizard-ui-'));
		execFileSync(setup, ['--version'], {stdio: 'ignore'});
	}, 60_000);
	afterAll(() => rmSync(place, {recursive: true, force: true}));
	const argv = (): readonly [string, ...string[]] => [setup, '--state', join(place, 'state')];
	const open: Wizard['open'] = (options, ...words) => openPty([...argv(), ...words], options);
	return {
		get argv() {
			return argv();
		},
		open,
		async openAtQuestions(options, title) {
			const pty = open(options);
			await (title === undefined ? chooseIpynbsrv(pty) : chooseStack(pty, title));
			await pty.until('Can this host take it?');
			await checksDone(pty);
			pty.type('\r');
			await pty.until(/step \d+ of \d+/);
			return pty;
		},
		draft: () => JSON.parse(readFileSync(join(place, 'state/state.json'), 'utf8')).drafts.ipynbsrv,
		forget: () => rmSync(join(place, 'state'), {recursive: true, force: true}),
	};
};

/** By the list of steps; the pointer then stands on a question of it. */
export const goToStep = async (pty: Pty, title: string): Promise<void> => {
	pty.type('\u0014');
	await pty.until('Go to which step?');
	const wanted = new RegExp(`▸ .{2}${title}`);
	pty.type('\u001b[H');
	for (let downs = 0; downs < 30 && !wanted.test(pty.text()); downs++) {
		const before = pty.text();
		pty.type('\u001b[B');
		await pty.until(screen => screen.join('\n') !== before);
	}
	pty.type('\r');
	await pty.until(new RegExp(`^ ▸ ${title}`, 'm'));
};

/** Accepts by name what this machine fails. */
const checksDone = async (pty: Pty): Promise<void> => {
	// Before the first of them is there nothing says that it looks.
	await pty.until(
		screen => screen.some(row => /^[▸ ] +[✔✖] /.test(row)) && !screen.some(row => /looking/.test(row)),
		60_000,
	);
	await pty.quiet();
	for (let rows = 0; rows < 20 && /✖/.test(pty.text()); rows++) {
		pty.type('a\u001b[B');
		await pty.quiet(150);
	}
};
