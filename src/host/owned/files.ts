/** Files that are read or written as streams: opened in a held directory, and a handle from then on. */
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import {removeName} from './change.ts';
import {at, holding} from './held-directory.ts';
import {opened, pinned} from './pinned.ts';

/** A new file, 0600 and of root until it is given away; what was there is removed first. */
export const newFile = async (path: string): Promise<FileHandle> => {
	await removeName(path);
	return holding(path, {}, spot =>
		open(at(spot), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600),
	);
};

/** The bytes of a regular file, in order; undefined where there is none. */
export const readStreamAt = async (
	path: string,
): Promise<{readonly stream: Readable; readonly size: number} | 'no file' | undefined> => {
	try {
		return await holding(path, {follow: true}, spot =>
			pinned(spot, async entry => {
				if (entry === undefined) return undefined;
				if (!entry.stat.isFile()) return 'no file' as const;
				const file = await opened(entry);
				const {size} = entry.stat;
				// No more than it was when it was opened: its owner could write on without an end.
				const end = size === 0 ? {} : {end: size - 1};
				return {stream: file.createReadStream({highWaterMark: 1024 * 1024, ...end}), size};
			}),
		);
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};
