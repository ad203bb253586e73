/** One layer of a finding, or why it could not be seen: a check goes on with what the other layers show. */

import {Fault} from '#model/fault.ts';
import type {Finding, Layer, Seen} from '#model/finding.ts';
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

/** The value of a layer; undefined while it was not seen. */
export const valueIn = (layers: Finding['layers'], layer: Layer): Seen['value'] | undefined => {
	const one = layers[layer];
	return isSeen(one) ? one.value : undefined;
};

const unknownOf = (error: unknown): Unknown => {
	if (error instanceof Blocked) return error.why;
	if (error instanceof Fault) return {because: 'unreadable', need: error.sentence};
	throw error;
};
