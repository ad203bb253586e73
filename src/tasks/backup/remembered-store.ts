/** What is remembered of the store: where it is, how long snapshots are kept, the last backup and the last proof. The doctor reads no more than this. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {readSecretStore, writeSecretStore} from '#answers/secrets/secret-store.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import type {Repository} from '#host/restic/repository.ts';
import {Fault} from '#model/fault.ts';
import {Secret} from '#model/secret.ts';
import type {Place} from '../state-place.ts';
import {backupPlaces} from './places.ts';

const settings = z.looseObject({
	version: z.literal(1),
	place: z.string(),
	/** The name under which this host's snapshots are. */
	host: z.string(),
	/** Names of the variables that its door wants; the values lie with the secrets. */
	environment: z.array(z.string()),
	last: z
		.object({
			at: z.iso.datetime(),
			snapshot: z.string(),
			seconds: z.number(),
			/** Of each tree the number of files in the snapshot. */
			files: z.record(z.string(), z.number()),
			/** What the stacks hold that is not in it. */
			unsaved: z.array(z.string()).optional(),
		})
		.optional(),
	/** What became of the last try, where that was no backup. */
	failed: z.object({at: z.iso.datetime(), code: z.string()}).optional(),
	proof: z
		.object({at: z.iso.datetime(), snapshot: z.string(), passed: z.boolean(), why: z.string().optional()})
		.optional(),
});

export type BackupSettings = z.output<typeof settings>;

/** The file, in the state directory. */
const backupFile = 'backup.json';

/** Undefined where no store was set up. Throws Fault backup.unreadable. */
export const readBackup = async (state: string): Promise<BackupSettings | undefined> => {
	const path = join(state, backupFile);
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw unreadable(path);
	});
	if (text === undefined) return undefined;
	const parsed = settings.safeParse(jsonOf(text));
	if (parsed.success) return parsed.data;
	throw unreadable(path);
};

export const writeBackup = (state: string, next: BackupSettings): Promise<void> =>
	writeOwnFile(join(state, backupFile), `${JSON.stringify(next, null, '\t')}\n`);

/** The settings and the store with its password. Throws Fault backup.not-set-up. */
export const openBackup = async (
	place: Place,
): Promise<{readonly settings: BackupSettings; readonly repository: Repository}> => {
	const found = await readBackup(place.state);
	const password = found && (await readSecretStore(place.secrets)).get(passwordKey);
	if (found === undefined || password === undefined)
		throw new Fault(
			'backup.not-set-up',
			'no store for backups is set up on this host',
			'setup backup init makes one: in /var/backups/host-setup, or where --to says.',
		);
	return {settings: found, repository: await repositoryOf(found, password, place)};
};

/** The store of these settings. */
export const repositoryOf = async (
	{place: at, environment}: Pick<BackupSettings, 'place' | 'environment'>,
	password: string,
	place: Place,
): Promise<Repository> => {
	const stored = await readSecretStore(place.secrets);
	return {
		place: at,
		password: new Secret('the password of the backup', password),
		environment: Object.fromEntries(
			environment.map(name => [name, [new Secret(`${name} of the backup`, stored.get(`backup/${name}`) ?? '')]]),
		),
		cache: backupPlaces(place.state).cache,
	};
};

/** Kept among the generated secrets, under a name that no stack has. */
const passwordKey = 'backup/password';

/** The one that is kept, as it is typed. */
export const keptPassword = async ({secrets}: Place): Promise<string | undefined> =>
	(await readSecretStore(secrets)).get(passwordKey);

/** On disk before a repository has it. */
export const keepPassword = async (
	{secrets}: Place,
	password: string,
	environment: Readonly<Record<string, string>>,
): Promise<void> => {
	const before = [...(await readSecretStore(secrets))].filter(([key]) => !key.startsWith('backup/'));
	const more = Object.entries(environment).map(([name, value]) => [`backup/${name}`, value] as const);
	await writeSecretStore(secrets, new Map([...before, [passwordKey, password], ...more]));
};

const unreadable = (path: string): Fault =>
	new Fault(
		'backup.unreadable',
		`${path} does not hold what setup wrote there`,
		'Move it away, and name the store again: setup backup init --to REPOSITORY. What is in the store stays.',
	);

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
