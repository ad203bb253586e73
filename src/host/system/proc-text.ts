/**
 * What the kernel says of a process, in one call where it fits, and never more than is asked for. Its owner chooses how much that is: a command line of
 * megabytes, sixty thousand mappings with names of four kilobytes each, in as many processes as it may start.
 */
import {closeSync, openSync, readSync} from 'node:fs';

/** A file that the kernel gives whole: what is in it, or its beginning. Throws the system's error. Synchronous on purpose: thousands of tiny calls, which a thread pool makes twenty times slower. */
export const procText = (path: string, most = 1024 * 1024): string => {
	const file = openSync(path, 'r');
	try {
		let text = '';
		for (let left = most; left > 0; ) {
			const wanted = Math.min(left, scratch.length);
			const bytes = readSync(file, scratch, 0, wanted, null);
			text += scratch.toString('utf8', 0, bytes);
			// Less than was asked for is all there was, which saves most of the second calls.
			if (bytes < wanted) break;
			left -= bytes;
		}
		return text;
	} finally {
		closeSync(file);
	}
};

/** One that it gives in pieces, line by line; undefined where it is more than `most` bytes. Throws the system's error. */
export const procLines = (path: string, most: number): string | undefined => {
	const file = openSync(path, 'r');
	try {
		const pieces: Buffer[] = [];
		for (let taken = 0; taken <= most; ) {
			const bytes = readSync(file, scratch, 0, scratch.length, null);
			if (bytes === 0) return Buffer.concat(pieces).toString('utf8');
			taken += bytes;
			pieces.push(Buffer.from(scratch.subarray(0, bytes)));
		}
		return undefined;
	} finally {
		closeSync(file);
	}
};

const scratch = Buffer.allocUnsafeSlow(65_536);
