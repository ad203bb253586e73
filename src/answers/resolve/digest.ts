/** Tells whether two sets of answers are the same, whatever the order of their keys. */
import {createHash} from 'node:crypto';
import type {Json} from '#model/json.ts';

/** sha256 in hexadecimal of answers in input form. */
export const answersDigest = (inputs: Json): string =>
	createHash('sha256')
		.update(JSON.stringify(sorted(inputs)))
		.digest('hex');

const sorted = (value: Json): Json => {
	if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, one]) => [key, sorted(one)]),
	);
};
