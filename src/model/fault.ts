/**
 * Everything that can go wrong for a reason the operator can act on. The code is stable and testable, the sentence says
 * what failed on what, the hint says what to do next. `details` holds lines already freed of secrets (a program's last words, a diff).
 */
export class Fault extends Error {
	readonly code: string;
	readonly sentence: string;
	readonly hint: string;
	readonly details: readonly string[];

	constructor(code: string, sentence: string, hint: string, options: {readonly details?: readonly string[]; readonly cause?: unknown} = {}) {
		super(`${code}: ${sentence}`, options.cause === undefined ? undefined : {cause: options.cause});
		this.name = 'Fault';
		this.code = code;
		this.sentence = sentence;
		this.hint = hint;
		this.details = options.details ?? [];
	}
}

export type FaultData = {readonly code: string; readonly sentence: string; readonly hint: string; readonly details: readonly string[]};

/** Any thrown value as data for events, the journal and JSON; what is no Fault is our own defect and says so. */
export const faultData = (error: unknown): FaultData =>
	error instanceof Fault
		? {code: error.code, sentence: error.sentence, hint: error.hint, details: error.details}
		: {
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
			};
