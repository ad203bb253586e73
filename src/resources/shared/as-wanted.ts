/** How a thing is wanted, as a short digest: two stacks that want the same hold the same. Nothing of a secret is in it. */
import {sha256} from '#host/files/stash.ts';
import type {Json} from '#model/json.ts';

/** For `Hold.as`. Where a value is undefined there is nothing to compare: the thing itself counts. */
export const asWanted = (...values: readonly (Json | undefined)[]): {readonly as?: string} =>
	values.includes(undefined) ? {} : {as: sha256(JSON.stringify(values)).slice(0, 12)};
