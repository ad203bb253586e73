/**
 * A child process as a promise of its end. Node's own spawn: what runs here is started by every look at a host, and loading a library
 * for it (20 ms of CPU) costs more than most of what is asked.
 */
import {spawn} from 'node:child_process';
import type {Readable} from 'node:stream';

export type ChildOptions = {
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** Left out: it reads nothing. */
	readonly input?: string;
	/** Descriptor that stdout and stderr go to; else they are kept. */
	readonly output?: number;
	/** Bytes of each stream that are kept. */
	readonly most: number;
	/** What becomes of one that prints more: it is ended, or goes on and its last bytes are kept. */
	readonly beyond: 'end' | 'keep-last';
};

export type Ended = {
	readonly code?: number;
	readonly signal?: NodeJS.Signals;
	/** Why it could not be started. */
	readonly cause?: unknown;
	readonly stdout: string;
	readonly stderr: string;
	/** It was ended because it printed more than is kept. */
	readonly tooMuch?: boolean;
};

export type Child = {
	readonly pid: number | undefined;
	readonly stdout: Readable | null;
	readonly stderr: Readable | null;
	/** Ends it and all of its process group at once, and waits for none who hold its pipes. */
	kill(): void;
	/** Once it has ended and its pipes are closed. Never rejects. */
	readonly ended: Promise<Ended>;
};

/** Starts a program in a session of its own. */
export const startChild = (
	file: string,
	argv: readonly string[],
	{cwd, env, input, output, most, beyond}: ChildOptions,
): Child => {
	let child: ReturnType<typeof spawn>;
	try {
		const kept = output ?? 'pipe';
		child = spawn(file, argv, {cwd, env, detached: true, stdio: [input === undefined ? 'ignore' : 'pipe', kept, kept]});
	} catch (cause) {
		// An argument with a NUL in it, for one.
		return {
			pid: undefined,
			stdout: null,
			stderr: null,
			kill: () => undefined,
			ended: Promise.resolve({cause, stdout: '', stderr: ''}),
		};
	}
	const kill = (): void => {
		killGroup(child.pid);
		// What it has started may have a session of its own by now, and our pipes.
		child.stdout?.destroy();
		child.stderr?.destroy();
	};
	let tooMuch = false;
	const end = (): void => {
		tooMuch = true;
		kill();
	};
	const keep = beyond === 'end' ? keepFirst : keepLast;
	const [stdout, stderr] = [keep(child.stdout, most, end), keep(child.stderr, most, end)];
	if (input !== undefined) {
		// It need not read what it is given.
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
	}
	const ended = new Promise<Ended>(resolve => {
		child.once('error', cause => resolve({cause, stdout: stdout(), stderr: stderr()}));
		child.once('close', (code, signal) =>
			resolve({
				...(code !== null && {code}),
				...(signal !== null && {signal}),
				...(tooMuch && {tooMuch}),
				stdout: stdout(),
				stderr: stderr(),
			}),
		);
	});
	return {pid: child.pid, stdout: child.stdout, stderr: child.stderr, kill, ended};
};

const keepFirst = (stream: Readable | null, most: number, tooMuch: () => void): (() => string) => {
	const pieces: Buffer[] = [];
	let size = 0;
	stream?.on('error', () => undefined);
	stream?.on('data', (piece: Buffer) => {
		if (size > most) return;
		pieces.push(piece);
		size += piece.length;
		if (size > most) tooMuch();
	});
	return () => Buffer.concat(pieces).toString('utf8');
};

/** It need not be asked for more than its last words. */
const keepLast = (stream: Readable | null, most: number): (() => string) => {
	const last = lastBytes(most);
	stream?.on('error', () => undefined);
	stream?.on('data', last.take);
	return last.text;
};

/** The last bytes of what is taken, at most twice as many in memory. */
export const lastBytes = (most: number): {take(piece: Buffer): void; text(): string} => {
	let pieces: Buffer[] = [];
	let size = 0;
	return {
		take(piece) {
			pieces.push(piece);
			size += piece.length;
			if (size <= 2 * most && pieces.length < 10_000) return;
			const kept = Buffer.concat(pieces).subarray(-most);
			// A copy: the piece it is cut from may be larger than all that is kept.
			pieces = [Buffer.from(kept)];
			size = kept.length;
		},
		text: () => Buffer.concat(pieces).subarray(-most).toString('utf8'),
	};
};

const killGroup = (pid: number | undefined): void => {
	if (pid === undefined) return;
	for (const target of [-pid, pid]) {
		try {
			process.kill(target, 'SIGKILL');
		} catch {
			// It has ended by itself between the deadline and the signal.
		}
	}
};
