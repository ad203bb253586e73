/** Generated secrets are kept once, so that a second run never changes a password of a live system. */
import {open} from 'node:fs/promises';
import {dirname} from 'node:path';
import {z} from 'zod';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';

const stored = z.strictObject({schemaVersion: z.literal(1), secrets: z.record(z.string(), z.string())});

/** Where generated secrets are kept on a host. */
export const secretsPath = '/var/lib/host-setup/secrets.json';

/**
 * All secrets of a store, `stack/step.key` -> value; none when there is no file yet.
 * Throws Fault 'secrets.unreadable', 'secrets.open' (others may read it), 'secrets.corrupt' or 'secrets.newer'; the file stays as it is.
 */
export const readSecretStore = async (path: string): Promise<ReadonlyMap<string, string>> => {
	const text = await readPrivate(path);
	if (text === undefined) return new Map();
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch {
		// The parser's message quotes the text, so it is no cause either.
		throw corrupt(path);
	}
	const version = (data as {schemaVersion?: unknown} | null)?.schemaVersion;
	if (typeof version === 'number' && version > 1)
		throw new Fault('secrets.newer', `${path} was written by a newer setup.`, 'Use that version of setup.');
	const parsed = stored.safeParse(data);
	if (!parsed.success) throw corrupt(path);
	return new Map(Object.entries(parsed.data.secrets));
};

/** Writes the store (0600, its directory 0700) so that it survives a power cut before any of it is used. */
export const writeSecretStore = async (path: string, secrets: ReadonlyMap<string, string>): Promise<void> => {
	await makeOwnDirectory(dirname(path));
	const sorted = [...secrets].sort(([a], [b]) => (a < b ? -1 : 1));
	await writeOwnFile(
		path,
		`${JSON.stringify({schemaVersion: 1, secrets: Object.fromEntries(sorted)}, null, '\t')}\n`,
		0o600,
	);
};

const readPrivate = async (path: string): Promise<string | undefined> => {
	try {
		await using file = await open(path, 'r');
		const stat = await file.stat();
		if ((stat.mode & 0o077) !== 0)
			throw new Fault(
				'secrets.open',
				`${path} may be read by others (mode ${(stat.mode & 0o777).toString(8)}).`,
				`Find out who could read it; then \`chmod 600 ${path}\`, and change the passwords if in doubt.`,
			);
		return await file.readFile('utf8');
	} catch (error) {
		if (error instanceof Fault) throw error;
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') return undefined;
		throw new Fault('secrets.unreadable', `${path} cannot be read (${code}).`, 'Run setup as root.', {cause: error});
	}
};

const corrupt = (path: string): Fault =>
	new Fault(
		'secrets.corrupt',
		`${path} does not hold what setup wrote there.`,
		'Put it back from a backup. Without it setup would have to change passwords that are in use, so it does not go on.',
	);
