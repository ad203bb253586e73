/**
 * Reads what an operator hands over by its name: an answers file, an earlier report, also what `<(a command)` gives. Who owns the directory chooses what stands there: a pipe
 * that nobody writes, a device without an end. Neither may keep root waiting or fill its memory.
 */
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {byPath} from '../owned/held-directory.ts';
import {readBounded} from './bounds.ts';

/** Milliseconds for a pipe, from its first byte to its last. */
const patience = 30_000;

/**
 * The bytes of a file or a pipe (not of a pipe where `wait` is 0). Throws the system's error, 'ENOTFILE' for a device, 'ETIMEDOUT' for a pipe without an end, Blocked
 * for what is larger than `most`.
 */
export const readHanded = async (path: string, most: number, wait = patience): Promise<Buffer> => {
	// Some devices act when they are opened (a watchdog, a tape): what it is, is known before.
	await using seen = await open(path, byPath);
	const stat = await seen.stat();
	if (stat.isDirectory()) throw withCode('EISDIR', path);
	if (!stat.isFile() && !(stat.isFIFO() && wait > 0)) throw withCode('ENOTFILE', path);
	// Without O_NONBLOCK the opening of a pipe waits, and nothing ends it.
	const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
	await using file = await open(`/proc/self/fd/${seen.fd}`, flags);
	if (stat.isFile()) return await readBounded(file, stat.size, path, most);
	return await readBounded(patiently(file, path, performance.now() + wait), 0, path, most);
};

/** A writer that is slow says EAGAIN; one that is not there says that this is the end. */
const patiently = (file: FileHandle, path: string, until: number): Pick<FileHandle, 'read'> => {
	const read = async (into: Buffer, from: number, length: number): Promise<{bytesRead: number; buffer: Buffer}> => {
		for (;;) {
			if (performance.now() > until) throw withCode('ETIMEDOUT', path);
			try {
				return await file.read(into, from, length, null);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
				await pause(20);
			}
		}
	};
	return {read: read as FileHandle['read']};
};

const withCode = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), {code});
