/** Our own state must survive a power cut and a SIGKILL: a reader sees the old file or the new one, never half of one. */
import {randomBytes} from 'node:crypto';
import {mkdir, open, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';

/**
 * Writes a file of our own (state, secrets, waivers) atomically: a new temporary beside it, fsync, rename, fsync of the directory.
 * What stood there is replaced, also a symbolic link. The directory must exist. Throws the system's error; then the old file is untouched.
 */
export const writeOwnFile = async (path: string, text: string | Uint8Array, mode = 0o600): Promise<void> => {
	const draft = join(dirname(path), `.${basename(path)}.host-setup.${randomBytes(4).toString('hex')}~`);
	try {
		const file = await open(draft, 'wx', mode);
		try {
			// The umask has taken its part from the mode given to open.
			await file.chmod(mode);
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(draft, path);
	} catch (error) {
		await rm(draft, {force: true});
		// A handle's own error does not know its file, and "no space" should name it.
		throw Object.assign(error as Error, {path});
	}
	await syncDirectory(dirname(path));
};

/** Makes a directory of our own with its parents, 0700 unless told otherwise; one that exists stays as it is. */
export const makeOwnDirectory = async (path: string, mode = 0o700): Promise<void> => {
	const made = await mkdir(path, {recursive: true, mode});
	if (made !== undefined) await syncDirectory(dirname(made));
};

/** A rename or a new name is on disk only once its directory is. */
const syncDirectory = async (path: string): Promise<void> => {
	const directory = await open(path, 'r');
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
};
