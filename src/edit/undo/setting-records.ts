/** Settings go to the journal so that undo can find what they own; their secrets go as names only and come back as empty boxes. */
import type {Json} from '#model/json.ts';
import {Secret} from '#model/secret.ts';

/** Settings as data for an undo record, without any secret value. */
export const recordSettings = (settings: readonly unknown[]): Json => settings.map(toJson);

/** Settings from an undo record; every secret in them is unknown. */
export const recallSettings = (record: Json): readonly unknown[] => (Array.isArray(record) ? record.map(fromJson) : []);

/** Is there a secret anywhere in a setting? */
export const holdsSecret = (value: unknown): boolean =>
	value instanceof Secret || (typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret));

const mark = '$secret';

const toJson = (value: unknown): Json => {
	if (value instanceof Secret) return {[mark]: value.name};
	if (Array.isArray(value)) return value.map(toJson);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value)
				.filter(([, held]) => held !== undefined)
				.map(([key, held]) => [key, toJson(held)]),
		);
	}
	return value === undefined ? null : (value as Json);
};

const fromJson = (value: Json): unknown => {
	if (Array.isArray(value)) return value.map(fromJson);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value);
	const name = (value as {readonly [key: string]: Json})[mark];
	if (entries.length === 1 && typeof name === 'string') return new Secret(name);
	return Object.fromEntries(entries.map(([key, held]) => [key, fromJson(held)]));
};
