/** Every previous content, by hash, under 0700: what undo needs and what a journal must not hold. */
import {createHash} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {writeOwnFile} from './own-file.ts';

/** Keeps bytes and gives their sha256 in hex. Durable before it returns. */
export const stash = async (directory: string, bytes: Uint8Array): Promise<string> => {
	const hash = sha256(bytes);
	await mkdir(directory, {recursive: true, mode: 0o700});
	if ((await unstash(directory, hash)) === undefined) await writeOwnFile(join(directory, hash), bytes, 0o600);
	return hash;
};

/** The bytes of a hash, checked against it; undefined when they are not there or damaged. */
export const unstash = async (directory: string, hash: string): Promise<Uint8Array | undefined> => {
	try {
		const bytes = await readFile(join(directory, hash));
		return sha256(bytes) === hash ? bytes : undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

/** sha256 in hex, the name content goes by everywhere. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
