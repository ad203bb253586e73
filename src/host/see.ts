/** One layer of a finding, or why it could not be seen: a check goes on with what the other layers show. */

import {Fault} from '#model/fault.ts';
import type {Seen} from '#model/finding.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

/** What `look` gives, or the reason of the Blocked or Fault it throws. */
export const see = async (look: () => Seen | Promise<Seen>): Promise<Seen | Unknown> => {
	try {
		return await look();
	} catch (error) {
		return unknownOf(error);
	}
};

/** The same for any value. */
export const seeAs = async <T>(look: () => T | Promise<T>): Promise<T | Unknown> => {
	try {
		return await look();
	} catch (error) {
		return unknownOf(error);
	}
};

/** The value, or undefined where a Blocked or a Fault stands in the way. */
export const ifTold = async <T>(look: () => T | Promise<T>): Promise<T | undefined> => {
	try {
		return await look();
	} catch (error) {
		unknownOf(error);
		return undefined;
	}
};

/** Was this layer seen? */
export const isSeen = (layer: Seen | Unknown | undefined): layer is Seen =>
	layer !== undefined && !('because' in layer);

/**
 * For `appliesTo`: facts of a thing that is there, so without 'absent' and undefined, and with `more`. Each is read when it is used: one that could not be read
 * throws then, for the layer that needs it. Throws Blocked where a fact says 'absent' all the same: the package is there and its file is not.
 */
export const there = <F extends object, N extends keyof F & string, M extends object = {}>(
	facts: F,
	names: readonly N[],
	more?: M,
): {readonly [K in N]: Exclude<F[K], 'absent' | undefined>} & M => {
	const present = {...more};
	for (const name of names)
		Object.defineProperty(present, name, {
			enumerable: true,
			get: () => {
				const value = facts[name];
				if (value === undefined || value === 'absent')
					throw new Blocked({because: 'unreadable', need: `what the fact ${name} reads is not there`});
				return value;
			},
		});
	return present as {readonly [K in N]: Exclude<F[K], 'absent' | undefined>} & M;
};

const unknownOf = (error: unknown): Unknown => {
	if (error instanceof Blocked) return error.why;
	if (error instanceof Fault) return {because: 'unreadable', need: error.sentence};
	throw error;
};
