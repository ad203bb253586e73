/** The whole output of a long program, kept for the operator to read after it failed. */
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {redact} from '../secrets/redact.ts';

export type Log = {readonly path: string; write(line: string): void; close(): void};

/** Starts a log anew, 0600 under a 0700 directory; secrets are taken out. A full disk costs lines, never the work. */
export const openLog = (path: string): Log => {
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	const file = openSync(path, 'w', 0o600);
	return {
		path,
		write(line) {
			try {
				writeSync(file, `${redact(line)}\n`);
			} catch {
				// The program's own failure tells the operator that the disk is full.
			}
		},
		close: () => closeSync(file),
	};
};
