/**
 * A program that must not be cut off writes to a file instead of a pipe: a pipe ends with us, and then the next `echo` of a package's
 * script, or dpkg itself, dies of SIGPIPE in the middle of its work. The file has no name, so nothing of it stays.
 */
import {randomBytes} from 'node:crypto';
import {closeSync, mkdirSync, openSync, readSync, unlinkSync} from 'node:fs';
import {join} from 'node:path';
import {lastBytes} from './child.ts';
import type {LineCutter} from './line-cutter.ts';

export type LastingOutput = {
	/** To be the program's stdout and stderr. */
	readonly fd: number;
	/** Tells what is left, lets go of the file, and gives the end of what was written. */
	end(): string;
};

const pollEvery = 100;
const kept = 1024 * 1024;

/** `lines` takes what is written while it is written. Throws the system's error. */
export const openLastingOutput = (directory: string, lines: LineCutter): LastingOutput => {
	const fd = nameless(directory);
	const last = lastBytes(kept);
	let at = 0;
	const read = (): void => {
		for (;;) {
			const chunk = Buffer.alloc(65_536);
			const count = readSync(fd, chunk, 0, chunk.length, at);
			if (count === 0) return;
			at += count;
			last.take(chunk.subarray(0, count));
			lines.take(chunk.subarray(0, count));
		}
	};
	const timer = setInterval(read, pollEvery);
	let text: string | undefined;
	const end = (): string => {
		clearInterval(timer);
		read();
		closeSync(fd);
		lines.end();
		return last.text();
	};
	return {fd, end: () => (text ??= end())};
};

const nameless = (directory: string): number => {
	const path = join(directory, `.output.${randomBytes(4).toString('hex')}~`);
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const fd = openSync(path, 'ax+', 0o600);
	unlinkSync(path);
	return fd;
};
