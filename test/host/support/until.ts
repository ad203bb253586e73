/** Tests wait for a condition, never for a time. */
import {setTimeout as pause} from 'node:timers/promises';

export type UntilOptions = {
	/** Milliseconds. Default 10 s. */
	readonly deadline?: number;
	readonly every?: number;
	/** What was waited for, in the failure's words. */
	readonly what?: string;
};

/** The first value of `condition` that is not false or undefined. A throw counts as "not yet", and is the cause when time is up. */
export const until = async <T>(
	condition: () => T | false | undefined | Promise<T | false | undefined>,
	options: UntilOptions = {},
): Promise<T> => {
	const {deadline = 10_000, every = 50, what = 'the condition'} = options;
	const end = Date.now() + deadline;
	let cause: unknown;
	for (;;) {
		try {
			const value = await condition();
			if (value !== false && value !== undefined) return value;
			cause = undefined;
		} catch (error) {
			cause = error;
		}
		if (Date.now() > end) throw new Error(`${what} did not come true within ${deadline / 1000} s`, {cause});
		await pause(every);
	}
};
