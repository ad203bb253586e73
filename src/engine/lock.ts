/**
 * One run at a time per host, held by the kernel: flock is run once on a descriptor that we keep open. The lock outlives
 * the helper and dies with us, also by SIGKILL. Never a lock file's mere existence, never an abstract socket.
 */
import {spawnSync} from 'node:child_process';
import {closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {Fault} from '#model/fault.ts';

/** By its place: the caller's PATH may name another. */
const flock = '/usr/bin/flock';

export type Holder = {readonly pid: number; readonly what: string; readonly since: string};

/**
 * Takes the host's run lock in the state directory. Throws Fault run.held, naming who holds it (exit 75), after a second: somebody who only looks
 * (`isHeld`) has it for some milliseconds, and so has a run that is just ending. The function it gives lets go.
 */
export const takeRunLock = (state: string, what: string): (() => void) => {
	mkdirSync(state, {recursive: true, mode: 0o700});
	const file = openSync(join(state, 'lock'), 'a+', 0o600);
	const {status, error} = spawnSync(flock, ['-w', '1', '3'], {stdio: ['ignore', 'ignore', 'ignore', file]});
	if (error) {
		closeSync(file);
		throw new Fault(
			'run.no-flock',
			'the program flock is not there',
			'It is part of util-linux, which every Debian has: install it again.',
			{cause: error},
		);
	}
	if (status !== 0) {
		closeSync(file);
		const holder = readHolder(state);
		throw new Fault(
			'run.held',
			`another run holds this host${holder ? `: ${holder.what}, process ${holder.pid}, since ${holder.since}` : ''}`,
			'Wait for it (setup attach shows it), or stop it with setup attach --stop.',
		);
	}
	try {
		ftruncateSync(file, 0);
		writeSync(file, JSON.stringify({pid: process.pid, what, since: new Date().toISOString()} satisfies Holder), 0);
	} catch (error) {
		closeSync(file);
		throw Object.assign(error as Error, {path: join(state, 'lock')});
	}
	return () => closeSync(file);
};

/** Who wrote the lock last; only meaningful while `isHeld`. */
export const readHolder = (state: string): Holder | undefined => {
	try {
		return JSON.parse(readFileSync(join(state, 'lock'), 'utf8')) as Holder;
	} catch {
		return undefined;
	}
};

/** Is a run in progress? Looks without taking: opens read-only and asks the kernel for a shared lock. */
export const isHeld = (state: string): boolean => {
	let file: number;
	try {
		file = openSync(join(state, 'lock'), 'r');
	} catch {
		return false;
	}
	const {status} = spawnSync(flock, ['-n', '-s', '3'], {stdio: ['ignore', 'ignore', 'ignore', file]});
	closeSync(file);
	return status === 1;
};
