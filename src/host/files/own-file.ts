/**
 * Our own state must survive a power cut and a SIGKILL: a reader sees the old file or the new one, never half of one. What an operator names (a report, an
 * export) may lie in somebody else's directory: there it goes by descriptors, as all that root writes does.
 */
import {constants, lstatSync, renameSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {draftOf, makeDirectory, syncHeld, unlinkIfThere} from '../owned/change.ts';
import {at, holding} from '../owned/held-directory.ts';

/**
 * Writes a whole file atomically: a new temporary beside it, fsync, rename, fsync of the directory. What stood there is replaced, also a symbolic link.
 * The directory must exist. Throws the system's error, then the old file is untouched; Fault path.leads-out for a directory behind a link of somebody else.
 */
export const writeOwnFile = async (path: string, text: string | Uint8Array, mode = 0o600): Promise<void> => {
	try {
		await holding(resolve(path), {}, async spot => {
			const draft = draftOf(spot);
			try {
				const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
				const file = await open(at(draft), flags, mode);
				try {
					// The umask has taken its part from the mode given to open.
					await file.chmod(mode);
					await file.writeFile(text);
					await file.sync();
				} finally {
					await file.close();
				}
				renameSync(at(draft), at(spot));
			} catch (error) {
				unlinkIfThere(draft);
				throw error;
			}
			await syncHeld(spot.dir);
		});
	} catch (error) {
		// A descriptor's own error does not know its file, and "no space" should name it.
		throw Object.assign(error as Error, {path});
	}
};

/** Makes a directory of our own with its parents, 0700 unless told otherwise; one that exists stays as it is. */
export const makeOwnDirectory = async (path: string, mode = 0o700): Promise<void> => {
	if (lstatSync(path, {throwIfNoEntry: false}) !== undefined) return;
	await makeOwnDirectory(dirname(path), mode);
	const ids = {uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0};
	await makeDirectory(resolve(path), mode, ids).catch(error => {
		// Another of ours was quicker.
		if (lstatSync(path, {throwIfNoEntry: false})?.isDirectory() !== true) throw error;
	});
};
