/** A store is set up, or one that is there is opened: its password is on disk before it is the key of anything. */
import {hostname} from 'node:os';
import {readExisting} from '#answers/secrets/secret-sources.ts';
import {newSecret, secretFault} from '#answers/secrets/secret-value.ts';
import {isLocal, type Repository} from '#host/restic/repository.ts';
import {askRestic, tellRestic} from '#host/restic/restic.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Held} from '../held-run.ts';
import {writtenBesideRoot} from '../own-state.ts';
import {keepPassword, keptPassword, readBackup, repositoryOf, writeBackup} from './remembered-store.ts';

export type InitOptions = {
	/** Left out: where it is already, or a directory of this host. */
	readonly to?: string;
	/** Of a store that is there already. */
	readonly passwordFile?: string;
	/** A file of lines NAME=value: what S3 or a REST server want. */
	readonly environmentFile?: string;
};

const defaultStore = '/var/backups/host-setup';

/** Gives what was done. Throws Fault backup.*. */
export const initStore = async ({place, hostFor}: Held, options: InitOptions): Promise<'made' | 'opened'> => {
	const host = hostFor('backup');
	const before = await readBackup(place.state);
	const at = placeOf(options.to ?? before?.place ?? defaultStore);
	const environment = options.environmentFile === undefined ? {} : await environmentIn(options.environmentFile);
	const same = before?.place === at;
	const known = await keptPassword(place);
	// Before there are settings a password is one of a try that was cut off, and may be the key of what it made.
	const given = options.passwordFile === undefined ? undefined : await passwordIn(options.passwordFile);
	const password = given ?? (same || before === undefined ? known : undefined) ?? newSecret(43);
	const kept = same && options.environmentFile === undefined ? before.environment : Object.keys(environment);
	const trial = await repositoryOf({place: at, environment: []}, password, place);
	const repository: Repository = {
		...trial,
		...(same && options.environmentFile === undefined
			? {environment: (await repositoryOf(before, password, place)).environment}
			: {environment: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, [value]]))}),
	};
	const there = await opens(host, repository);
	if (!there && given === undefined && known !== password) await keepPassword(place, password, environment);
	if (!there) await tellRestic(host, repository, ['init']);
	await keepPassword(place, password, environment);
	const {last: _last, proof: _proof, failed: _failed, ...rest} = before ?? {};
	await writeBackup(place.state, {
		...(same ? before : rest),
		version: 1,
		place: at,
		host: before?.host ?? hostname(),
		environment: [...kept],
	});
	return there ? 'opened' : 'made';
};

/** Is a repository there that this password opens? Throws Fault backup.password where another one does. */
const opens = async (host: Host, repository: Repository): Promise<boolean> => {
	try {
		await askRestic(host, repository, ['cat', 'config', '--no-lock']);
		return true;
	} catch (error) {
		if (faultData(error).code === 'backup.no-repository') return false;
		throw error;
	}
};

/** Throws Fault usage.store and backup.not-roots. */
const placeOf = (word: string): string => {
	if (isLocal(word)) {
		const others = writtenBesideRoot(word);
		if (others === undefined) return word.replace(/(.)\/+$/, '$1');
		throw new Fault(
			'backup.not-roots',
			`${word} is no place for backups: ${others}`,
			'Name a directory that only root can write, with every directory above it.',
		);
	}
	if (!/^(sftp|s3|rest|b2|azure|gs|swift|rclone):\S+$/.test(word))
		throw new Fault(
			'usage.store',
			`${word} is no place that restic knows`,
			'Give a whole path, sftp:USER@HOST:/PATH, s3:https://SERVER/BUCKET or rest:https://HOST/.',
		);
	if (/:\/\/[^/@]*:[^/@]*@/.test(word))
		throw new Fault(
			'usage.store',
			'a password does not go into the name of the store, which everybody may read',
			'Put it into a file of root, as RESTIC_REST_PASSWORD=… or what restic names it, and give that: --environment-file FILE.',
		);
	return word;
};

const passwordIn = async (file: string): Promise<string> => {
	const found = await readExisting({file}, {});
	if ('why' in found)
		throw new Fault(
			'usage.password-file',
			`the password ${found.why}`,
			'Put it alone into a file of root with the mode 0600.',
		);
	const why = secretFault(found.value, {min: 1, max: 1000, multiline: false});
	if (why === undefined) return found.value;
	throw new Fault(
		'usage.password-file',
		`the password in ${file} ${why}`,
		'Put it alone into a file of root with the mode 0600.',
	);
};

const environmentIn = async (file: string): Promise<Readonly<Record<string, string>>> => {
	const found = await readExisting({file}, {});
	const lines = 'value' in found ? found.value.split('\n').filter(line => line !== '') : [];
	const pairs = lines.map(line => /^([A-Z][A-Z0-9_]{1,60})=(.{1,4000})$/.exec(line));
	const bad = pairs.some(pair => pair === null || !allowed.test(pair[1]!));
	if ('value' in found && !bad) return Object.fromEntries(pairs.map(pair => [pair![1]!, pair![2]!]));
	throw new Fault(
		'usage.environment-file',
		'why' in found ? `what the store wants ${found.why}` : `${file} has lines that are no NAME=value for a store`,
		'Put into a file of root with the mode 0600 what restic documents for it: AWS_ACCESS_KEY_ID=…, AWS_SECRET_ACCESS_KEY=….',
	);
};

/** What doors want, and nothing that loads code or changes where it goes. */
const allowed = /^(AWS|B2|AZURE|GOOGLE|OS|ST|RESTIC_REST)_/;
