/** A run in a session of its own, for a host without systemd: no terminal can end it, and what it prints goes to a file. */
import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, mkdirSync, openSync, readdirSync, rmSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {guardedArgv} from '#host/programs/guard.ts';

export type SessionOptions = {
	readonly argv: readonly string[];
	readonly cwd: string;
	readonly environment: Readonly<Record<string, string>>;
	/** Path of a file to be its stdin. */
	readonly stdin: string | undefined;
	/** Path of the file for what it prints, 0600. */
	readonly output: string;
};

/** Says whether it still runs. */
export type Session = {isAlive(): boolean};

const keep = 20;

export const startSession = ({argv, cwd, environment, stdin, output}: SessionOptions): Session => {
	const [file = '', ...rest] = guardedArgv(argv);
	mkdirSync(dirname(output), {recursive: true, mode: 0o700});
	removeOld(output);
	const descriptors = [stdin === undefined ? 'ignore' : openSync(stdin, 'r'), openSync(output, 'ax', 0o600)] as const;
	try {
		const child = spawn(file, rest, {
			cwd,
			env: environment,
			detached: true,
			stdio: [descriptors[0], descriptors[1], descriptors[1]],
		});
		return following(child);
	} finally {
		for (const descriptor of descriptors) if (typeof descriptor === 'number') closeSync(descriptor);
	}
};

const following = (child: ChildProcess): Session => {
	let alive = true;
	const over = (): void => {
		alive = false;
	};
	child.once('exit', over).once('error', over).unref();
	return {isAlive: () => alive};
};

const removeOld = (output: string): void => {
	const directory = dirname(output);
	for (const old of readdirSync(directory)
		.filter(name => name.endsWith('.out') && name !== basename(output))
		.sort()
		.slice(0, -keep + 1))
		rmSync(join(directory, old), {force: true});
};
