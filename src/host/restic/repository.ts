/** Where backups go, and what restic is told of it: never in its arguments, for those are everybody's to read. */
import type {ProgramOptions} from '#model/host.ts';
import type {Secret, Text} from '#model/secret.ts';

export type Repository = {
	/** As restic writes it: a directory, `sftp:user@host:/path`, `s3:https://…`, `rest:https://…`. */
	readonly place: string;
	readonly password: Secret;
	/** What its door wants beside that: AWS_ACCESS_KEY_ID and the like. */
	readonly environment: Readonly<Record<string, Text>>;
	/** Where it remembers what lies elsewhere; of a directory nothing is remembered. */
	readonly cache: string;
};

/** A directory of this host, and no server. */
export const isLocal = (place: string): boolean => place.startsWith('/');

/** How its program is started. It reads the password from its stdin, a pipe that nobody else sees. */
export const resticOptions = ({place, password, environment, cache}: Repository): ProgramOptions => ({
	stdin: [password, '\n'],
	env: {
		...environment,
		RESTIC_REPOSITORY: place,
		RESTIC_CACHE_DIR: cache,
		RESTIC_PROGRESS_FPS: '0.2',
	},
	...(!isLocal(place) && {fetches: true}),
});

/** The argv, without what is only of use for a repository elsewhere. */
export const resticArgv = ({place}: Repository, words: readonly string[]): readonly string[] => [
	'/usr/bin/restic',
	...(isLocal(place) ? ['--no-cache'] : []),
	...words,
];
