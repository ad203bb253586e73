/**
 * Takes the terminal over and gives it back on every way out: the end, an exception, SIGTERM, SIGHUP, a line that is gone. A terminal left
 * raw or without cursor is the last thing an operator should get from a program that failed.
 */
import {writeSync} from 'node:fs';
import type {ReadStream, WriteStream} from 'node:tty';
import {sizeOf} from './kind.ts';

/** A signal's name, or `output`: what we write reaches nobody. */
export type Gone = 'SIGTERM' | 'SIGHUP' | 'SIGINT' | 'output';

export type TerminalOptions = {
	readonly stdin: ReadStream;
	readonly stdout: WriteStream;
	/** The program should end now, by itself. Two seconds after a signal it is ended without asking. */
	readonly onGone: (why: Gone) => void;
};

export type Terminal = {
	readonly size: () => {readonly columns: number; readonly rows: number};
	/** What has to be taken down before the terminal is given back: the screen that is drawn on it. */
	before(close: () => void): void;
	/** Gives the terminal to another program until `run` is done. */
	away<T>(run: () => Promise<T>): Promise<T>;
	/** May be called twice. */
	close(): void;
};

/** Raw mode and bracketed paste. Both ends must be terminals: see terminalKind. */
export const openTerminal = ({stdin, stdout, onGone}: TerminalOptions): Terminal => {
	const closers: (() => void)[] = [];
	let closed = false;
	let told = false;
	let signalled = false;

	const enter = (): void => {
		setRaw(stdin, true);
		stdout.write(pasteOn);
	};
	const leave = (sequences: string): void => {
		setRaw(stdin, false);
		writeNow(stdout, sequences);
	};
	const close = (): void => {
		if (closed) return;
		closed = true;
		const clean = closers.map(quietly).every(Boolean) && stdout.writable;
		// Not where it is off already: it would put the cursor back to where it stood before, into text printed since.
		leave(pasteOff + (clean ? '' : alternateOff) + cursorOn);
		process.off('exit', close);
		process.off('uncaughtExceptionMonitor', close);
		for (const signal of signals) process.off(signal, onSignal);
		stdout.off('resize', fillSize);
	};
	const end = (signal: NodeJS.Signals): void => {
		close();
		process.kill(process.pid, signal);
	};
	const tell = (why: Gone): void => {
		if (!told) onGone(why);
		told = true;
	};
	const onSignal = (signal: NodeJS.Signals): void => {
		// One hang-up may come twice: from the kernel and handed on by the launcher.
		if (!signalled) setTimeout(end, patience, signal).unref();
		signalled = true;
		tell(signal as Gone);
	};
	// A line that hangs up gives this and SIGHUP, in any order.
	const onOutputGone = (): void => tell('output');
	const fillSize = (): void => {
		Object.assign(stdout, sizeOf(stdout));
	};

	process.on('exit', close);
	// Before the words of the exception are printed, or they would go to the alternate screen.
	process.on('uncaughtExceptionMonitor', close);
	for (const signal of signals) process.on(signal, onSignal);
	stdout.on('error', onOutputGone);
	// Before Ink's own listener, which would start a program to find out.
	stdout.prependListener('resize', fillSize);
	fillSize();
	enter();

	return {
		size: () => sizeOf(stdout),
		before(one) {
			closers.unshift(one);
		},
		async away(run) {
			leave(pasteOff + cursorOn);
			try {
				return await run();
			} finally {
				if (!closed) enter();
				// Whoever had the terminal was told of a new size, and we were not.
				process.emit('SIGWINCH', 'SIGWINCH');
			}
		},
		close,
	};
};

const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
const patience = 2000;

const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';
const alternateOff = '\u001b[?1049l';
const cursorOn = '\u001b[?25h';

/** A terminal that hung up refuses it. */
const setRaw = (stdin: ReadStream, raw: boolean): boolean => quietly(() => stdin.setRawMode(raw));

/** By the descriptor: the stream may be broken, or the process at its end. */
const writeNow = (stdout: WriteStream, text: string): boolean =>
	quietly(() => writeSync((stdout as unknown as {readonly fd: number}).fd, text));

/** Whether it went well. */
const quietly = (act: () => void): boolean => {
	try {
		act();
		return true;
	} catch {
		return false;
	}
};
