/**
 * Everything that can go wrong for a reason the operator can act on. The code is stable and testable, the sentence says
 * what failed on what, the hint says what to do next. `details` holds lines already freed of secrets (a program's last words, a diff).
 */
export class Fault extends Error {
	readonly code: string;
	readonly sentence: string;
	readonly hint: string;
	readonly details: readonly string[];
	readonly adds: Addition | undefined;

	constructor(
		code: string,
		sentence: string,
		hint: string,
		options: {
			readonly details?: readonly string[];
			readonly cause?: unknown;
			readonly adds?: Addition | undefined;
		} = {},
	) {
		super(`${code}: ${sentence}`, options.cause === undefined ? undefined : {cause: options.cause});
		this.name = 'Fault';
		this.code = code;
		this.sentence = sentence;
		this.hint = hint;
		this.details = options.details ?? [];
		this.adds = options.adds;
	}
}

/** What mends it, where that is one more word in the list of an answer: `libpq-dev` in `packages.extra`. */
export type Addition = {readonly to: string; readonly value: string};

export type FaultData = {
	readonly code: string;
	readonly sentence: string;
	readonly hint: string;
	readonly details: readonly string[];
	readonly adds?: Addition;
};

/** Any thrown value as data for events, the journal and JSON; what is no Fault and no full or read-only disk is our own defect and says so. */
export const faultData = (error: unknown): FaultData => {
	if (error instanceof Fault)
		return {
			code: error.code,
			sentence: error.sentence,
			hint: error.hint,
			details: error.details,
			...(error.adds && {adds: error.adds}),
		};
	return (
		ofDisk(error) ?? {
			code: 'internal',
			sentence: error instanceof Error ? error.message : String(error),
			hint: 'This is a defect of setup itself: please report it with the details below.',
			details:
				error instanceof Error
					? (error.stack ?? '')
							.split('\n')
							.slice(1, 6)
							.map(line => line.trim())
					: [],
		}
	);
};

/** Every place that writes may meet these two. */
const ofDisk = (error: unknown): FaultData | undefined => {
	const {code, path} = (error ?? {}) as {readonly code?: unknown; readonly path?: unknown};
	const what = typeof path === 'string' ? path : 'a file';
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return {
			code: 'file.no-space',
			sentence: `no space left to write ${what}`,
			hint: 'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
			details: [],
		};
	if (code === 'EROFS')
		return {
			code: 'file.read-only',
			sentence: `${what} lies on a read-only file system`,
			hint: 'Mount it writable, then run the same command again.',
			details: [],
		};
	return undefined;
};
