/** Reads the secrets that exist already: in a file, in the environment, as a systemd credential. */
import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {SecretRef} from '../questions/secret-question.ts';

/** A value, or why there is none. */
export type Found = {readonly value: string} | {readonly why: string};

type Existing = Extract<SecretRef, {file: string} | {env: string} | {credential: string}>;

/** Reads a reference to something that exists. Never throws. The sentences name the place and never what was in it. */
export const readExisting = async (ref: Existing, environment: NodeJS.ProcessEnv): Promise<Found> => {
	if ('file' in ref) return readSecretFile(ref.file, true);
	if ('env' in ref) {
		const value = taken.get(ref.env) ?? environment[ref.env];
		return value === undefined ? {why: `needs the environment variable ${ref.env}, which is not set`} : {value};
	}
	const directory = environment['CREDENTIALS_DIRECTORY'];
	// systemd has set owner and mode of what is in there itself.
	return directory
		? readSecretFile(join(directory, ref.credential), false)
		: {
				why: `needs the systemd credential ${ref.credential}, and this run was given none ($CREDENTIALS_DIRECTORY is not set)`,
			};
};

/** Children inherit the environment: what was read is taken out of it, and remembered for a second pass of this process. */
export const takeFromEnvironment = (names: readonly string[], environment: NodeJS.ProcessEnv): void => {
	for (const name of names) {
		const value = environment[name];
		if (value === undefined) continue;
		taken.set(name, value);
		delete environment[name];
	}
};

const taken = new Map<string, string>();

const readSecretFile = async (path: string, guarded: boolean): Promise<Found> => {
	try {
		// Without waiting: a FIFO would hold the run up for ever.
		await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const stat = await file.stat();
		if (!stat.isFile()) return {why: `needs ${path}, which is no regular file`};
		if (guarded && (stat.mode & 0o077) !== 0)
			return {why: `needs ${path}, which others may read (mode ${(stat.mode & 0o777).toString(8)}): chmod 600 ${path}`};
		if (guarded && stat.uid !== 0 && stat.uid !== process.geteuid?.())
			return {why: `needs ${path}, which belongs to another user: chown it to root`};
		if (stat.size > 262_144) return {why: `needs ${path}, which is too large for a secret`};
		return {
			value: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
				.decode(await file.readFile())
				.replace(/\r?\n$/, ''),
		};
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return {why: `needs ${path}, which is not UTF-8 text`};
		return {why: `needs ${path}, which ${code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`}`};
	}
};
