/**
 * How much of a file system a look takes in. Files and directories of others can be as large and as deep as they like; past these bounds a look
 * is not made, and says where.
 */
import {readSync} from 'node:fs';
import type {FileHandle} from 'node:fs/promises';
import {Blocked} from '#model/unknown.ts';

/** Bytes of a file that is read as a whole. dpkg's own status, the largest that Debian has, is a third of it. */
export const largestFile = 64 * 1024 * 1024;
/** Bytes of a file that is taken apart, which costs ten times as much memory. */
export const largestText = 8 * 1024 * 1024;
const mostNames = 100_000;

const tooLarge = (path: string, most: number): Blocked =>
	new Blocked({because: 'unreadable', need: `${path} is larger than ${most / 1024 / 1024} MB`});

const tooMany = (path: string, most: number): Blocked =>
	new Blocked({because: 'unreadable', need: `${path} holds more than ${most} files`});

/** The whole of an open file, also of one that grows while it is read. Throws Blocked for a larger one. */
export const readBounded = async (
	file: Pick<FileHandle, 'read'>,
	size: number,
	path: string,
	most = largestFile,
): Promise<Buffer> => {
	const taking = takeBounded(size, path, most);
	for (;;) {
		const {into, from} = taking.room();
		const {bytesRead} = await file.read(into, from, into.length - from, null);
		if (bytesRead === 0) return taking.whole();
		taking.took(bytesRead);
	}
};

/** The same at once, for files that never keep a reader waiting. */
export const readBoundedNow = (fd: number, size: number, path: string, most = largestFile): Buffer => {
	// The kernel's own files say that they are empty. One place serves all of them: a new one each would be most of what is collected.
	const taking = takeBounded(size, path, most, size === 0 ? scratch : undefined);
	for (;;) {
		const {into, from} = taking.room();
		const bytes = readSync(fd, into, from, into.length - from, null);
		if (bytes === 0) return taking.whole();
		taking.took(bytes);
	}
};

const scratch = Buffer.allocUnsafe(65_536);

/** A place that grows while it is filled. */
const takeBounded = (size: number, path: string, most: number, first?: Buffer) => {
	if (size > most) throw tooLarge(path, most);
	let into = first ?? Buffer.allocUnsafe(size === 0 ? 65_536 : size + 1);
	let taken = 0;
	return {
		room(): {readonly into: Buffer; readonly from: number} {
			if (taken === into.length) {
				const larger = Buffer.allocUnsafe(2 * into.length);
				into.copy(larger);
				into = larger;
			}
			return {into, from: taken};
		},
		took(bytes: number): void {
			taken += bytes;
			if (taken > most) throw tooLarge(path, most);
		},
		whole: (): Buffer => (into === scratch ? Buffer.from(into.subarray(0, taken)) : into.subarray(0, taken)),
	};
};

/** Names of one directory, if there are not too many to go through. Throws Blocked. */
export const fewNames = (names: string[], path: string): string[] => {
	if (names.length > mostNames) throw tooMany(path, mostNames);
	return names;
};
