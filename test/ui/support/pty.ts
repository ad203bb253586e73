/** A program on a real pseudo-terminal, with a terminal's model of what is on its screen: what an operator would see, byte for byte. */
import {setTimeout as pause} from 'node:timers/promises';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {until} from '../../host/support/until.ts';

export type PtyOptions = {
	readonly columns?: number;
	readonly rows?: number;
	readonly cwd?: string;
	/** Beside PATH, HOME, TERM=xterm-256color and LANG=C.UTF-8; undefined takes one of these away. Nothing else is inherited. */
	readonly env?: Readonly<Record<string, string | undefined>>;
};

export type Pty = {
	readonly pid: number;
	/** The rows that are seen, without blanks at their ends. */
	screen(): readonly string[];
	/** The same as one text. */
	text(): string;
	/** All that was ever shown on the normal screen, with what has scrolled away. */
	history(): string;
	/** Counted from 0. */
	cursor(): {readonly column: number; readonly row: number; readonly shown: boolean};
	modes(): {readonly alternate: boolean; readonly paste: boolean};
	/** At once, as one chunk. */
	type(text: string): void;
	/** Byte by byte; gives the longest gap that it came to, because a busy machine adds its own. */
	typeSlow(text: string, gap: number): Promise<number>;
	/** As a terminal pastes with bracketed paste on. */
	paste(text: string): void;
	resize(columns: number, rows: number): void;
	/** Waits until the screen shows it; the failure shows the screen instead. */
	until(what: string | RegExp | ((screen: readonly string[]) => boolean), deadline?: number): Promise<void>;
	/** Waits until nothing has been written for so many milliseconds, from now on. */
	quiet(milliseconds?: number): Promise<void>;
	/** Everything that came, as it came. */
	raw(): string;
	/** How many bytes have come so far. */
	bytes(): number;
	/** Milliseconds from the start to the first screen that held this text; it must have been waited for. */
	seenAfter(text: string): number;
	kill(signal: NodeJS.Signals): void;
	/** The line is cut: what a lost SSH connection is to the program. */
	hangUp(): void;
	readonly ended: Promise<{readonly code: number; readonly signal: number}>;
	/** Ends the program, and what it started in its process group, if it still runs. */
	close(): Promise<void>;
};

/** Starts it. Close it in the end; `await using` does. */
export const openPty = (argv: readonly [string, ...string[]], options: PtyOptions = {}): Pty & AsyncDisposable => {
	const {columns = 80, rows = 24, cwd = process.cwd(), env = {}} = options;
	// node-pty puts a TERM where there is none.
	const [file, ...args] = 'TERM' in env && env['TERM'] === undefined ? ['/usr/bin/env', '-u', 'TERM', ...argv] : argv;
	const started = performance.now();
	const child = spawn(file, args, {cols: columns, rows, cwd, env: environment(env), encoding: null});
	const model = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 5000});
	const firsts = new Map<string, number>();
	const chunks: Buffer[] = [];
	let received = 0;
	let lastAt = started;
	let cursorShown = true;
	let inFrame = false;
	let over = false;

	for (const [final, shown] of [['h', true] as const, ['l', false] as const]) {
		model.parser.registerCsiHandler({prefix: '?', final}, parameters => {
			if (parameters.includes(25)) cursorShown = shown;
			if (parameters.includes(2026)) inFrame = shown;
			return false;
		});
	}
	child.onData(chunk => {
		const bytes = chunk as unknown as Buffer;
		chunks.push(bytes);
		received += bytes.length;
		lastAt = performance.now();
		model.write(bytes);
	});
	model.onData(reply => {
		if (!over) child.write(reply);
	});
	const ended = new Promise<{readonly code: number; readonly signal: number}>(resolve =>
		child.onExit(({exitCode, signal = 0}) => {
			over = true;
			resolve({code: exitCode, signal});
		}),
	);

	const lines = (from: number, to: number): readonly string[] =>
		Array.from(
			{length: to - from},
			(_, at) =>
				model.buffer.active
					.getLine(from + at)
					?.translateToString(true, 0, model.cols)
					.trimEnd() ?? '',
		);
	const screen = (): readonly string[] =>
		lines(model.buffer.active.viewportY, model.buffer.active.viewportY + model.rows);
	const shows = (what: string | RegExp | ((screen: readonly string[]) => boolean)): boolean => {
		// Half a frame shows what no operator sees.
		if (inFrame) return false;
		if (typeof what === 'function') return what(screen());
		const text = screen().join('\n');
		if (typeof what !== 'string') return what.test(text);
		if (!text.includes(what)) return false;
		if (!firsts.has(what)) firsts.set(what, performance.now() - started);
		return true;
	};
	const write = (text: string): void => child.write(text);
	const close = async (): Promise<void> => {
		if (!over) {
			quietly(() => process.kill(-child.pid, 'SIGKILL'));
			await ended;
		}
		model.dispose();
	};

	return {
		pid: child.pid,
		screen,
		text: () => screen().join('\n'),
		history: () => {
			const {normal} = model.buffer;
			return Array.from({length: normal.length}, (_, at) => normal.getLine(at)?.translateToString(true) ?? '')
				.join('\n')
				.trimEnd();
		},
		cursor: () => ({column: model.buffer.active.cursorX, row: model.buffer.active.cursorY, shown: cursorShown}),
		modes: () => ({alternate: model.buffer.active.type === 'alternate', paste: model.modes.bracketedPasteMode}),
		type: write,
		async typeSlow(text, gap) {
			let longest = 0;
			let before = performance.now();
			for (const [at, byte] of Buffer.from(text).entries()) {
				if (at > 0) await pause(gap);
				child.write(Buffer.of(byte) as unknown as string);
				const now = performance.now();
				if (at > 0) longest = Math.max(longest, now - before);
				before = now;
			}
			return longest;
		},
		paste: text => write(`\u001b[200~${text}\u001b[201~`),
		resize(newColumns, newRows) {
			model.resize(newColumns, newRows);
			child.resize(newColumns, newRows);
		},
		async until(what, deadline = 30_000) {
			try {
				await until(() => shows(what), {deadline, every: 10});
			} catch {
				throw new Error(`${deadline / 1000} s and not on the screen: ${String(what)}\n${framed(screen())}`);
			}
		},
		async quiet(milliseconds = 300) {
			const asked = performance.now();
			await until(() => performance.now() - Math.max(lastAt, asked) > milliseconds, {
				deadline: 30_000,
				every: 20,
				what: `no output for ${milliseconds} ms`,
			});
		},
		raw: () => Buffer.concat(chunks).toString(),
		bytes: () => received,
		seenAfter: text => firsts.get(text) ?? Number.NaN,
		kill: signal => process.kill(child.pid, signal),
		hangUp: () => (child as unknown as {destroy(): void}).destroy(),
		ended,
		close,
		[Symbol.asyncDispose]: close,
	};
};

const environment = (env: Readonly<Record<string, string | undefined>>): Record<string, string> => {
	const all = {
		PATH: process.env['PATH'],
		HOME: process.env['HOME'] ?? '/tmp',
		TERM: 'xterm-256color',
		LANG: 'C.UTF-8',
		...env,
	};
	return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
};

const framed = (rows: readonly string[]): string => rows.map(row => `  |${row}`).join('\n');

const quietly = (act: () => void): void => {
	try {
		act();
	} catch {}
};
