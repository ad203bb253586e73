/** One of our own commands as a child whose events are followed: a rehearsal, which may end with the screen that asked for it. */
import {execa} from 'execa';
import {ownProgram} from '#host/files/own-program.ts';
import {guardedArgv} from '#host/programs/guard.ts';
import {lineCutter} from '#host/programs/line-cutter.ts';
import {lastLines} from '#host/programs/run-program.ts';
import type {Event} from '#model/event.ts';

export type Followed = {
	/** Asks it to end; it takes down what it made. */
	stop(): void;
	/** Its exit code, and the last lines of what it said besides events. */
	readonly ended: Promise<{readonly code: number; readonly said: readonly string[]}>;
};

/** Starts `setup ARGV`, whose stdout is events as JSON lines. */
export const follow = (argv: readonly string[], onEvent: (event: Event) => void): Followed => {
	const [file = '', ...rest] = guardedArgv([...ownProgram(), ...argv]);
	const child = execa(file, rest, {
		stdin: 'ignore',
		reject: false,
		buffer: {stdout: false, stderr: true},
	});
	const cut = lineCutter(line => {
		const event = parsed(line);
		if (event) onEvent(event);
	});
	child.stdout?.on('data', (chunk: Buffer) => cut.take(chunk));
	const ended = child.then(({exitCode, stderr}) => {
		cut.end();
		return {code: exitCode ?? 1, said: lastLines(String(stderr), 20)};
	});
	return {stop: () => void child.kill('SIGINT'), ended};
};

const parsed = (line: string): Event | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && 'type' in value ? (value as Event) : undefined;
	} catch {
		return undefined;
	}
};
