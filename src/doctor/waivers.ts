/**
 * A waiver says that a finding is known and accepted as it is: it pins what was seen, so another value opens the finding again. One that
 * is past its date, or that nothing matches any more, is a finding itself: lists of exceptions rot when nobody is told.
 */
import {createHash} from 'node:crypto';
import type {Json} from '#model/json.ts';
import {objectOf, parseObject, textOf} from './plain-json.ts';
import type {Row} from './types.ts';

export type Waiver = {
	/** `mysql.bind[3306]`. */
	readonly key: string;
	readonly reason: string;
	/** The last day it holds, YYYY-MM-DD. */
	readonly until?: string;
	/** ISO date-time it was made, and by whom. */
	readonly at: string;
	readonly by?: string;
	/** sha256 of what was seen then. */
	readonly evidence: string;
	/** What the finding said then, for the list. */
	readonly says: string;
};

/** The file's waivers; undefined when it does not hold what the doctor writes there. */
export const parseWaivers = (text: string): readonly Waiver[] | undefined => {
	const file = parseObject(text);
	if (file?.['schemaVersion'] !== 1 || !Array.isArray(file['waivers'])) return undefined;
	const waivers = file['waivers'].map(waiverOf);
	return waivers.every(one => one !== undefined) ? waivers : undefined;
};

export const waiversText = (waivers: readonly Waiver[]): string =>
	`${JSON.stringify({schemaVersion: 1, waivers: waivers.toSorted((a, b) => (a.key < b.key ? -1 : 1))}, null, '\t')}\n`;

const waiverOf = (value: unknown): Waiver | undefined => {
	const fields = objectOf(value);
	const [key, reason, at, evidence, until, by] = ['key', 'reason', 'at', 'evidence', 'until', 'by'].map(name =>
		textOf(fields?.[name]),
	);
	if (key === undefined || reason === undefined || at === undefined || evidence === undefined) return undefined;
	return {
		key,
		reason,
		at,
		evidence,
		says: textOf(fields?.['says']) ?? '',
		...(until !== undefined && {until}),
		...(by !== undefined && {by}),
	};
};

/** What is pinned: how bad it is and the values seen, not where they stood. */
export const evidenceOf = (row: Row): string => {
	const seen = Object.entries(row.layers)
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([layer, one]) => [layer, one === undefined ? null : 'because' in one ? one.because : one.value] as const);
	return createHash('sha256')
		.update(JSON.stringify([row.state, seen.map(([layer, value]) => [layer, sorted(value)])]))
		.digest('hex');
};

const sorted = (value: Json): Json => {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, one]) => [key, sorted(one)]),
	);
};

/** It holds through its last day. */
export const isExpired = ({until}: Waiver, now: number): boolean =>
	until !== undefined && now >= Date.parse(until) + 24 * 3_600_000;

/** The rows with those waived marked, and those said that were waived with another value. */
export const waive = (rows: readonly Row[], waivers: readonly Waiver[], now: number): readonly Row[] =>
	rows.map(row => {
		const waiver = waivers.find(one => one.key === row.key);
		if (waiver === undefined || !canBeWaived(row) || isExpired(waiver, now)) return row;
		if (waiver.evidence !== evidenceOf(row)) return {...row, says: `${row.says} (waived when it was: ${waiver.says})`};
		return {...row, waived: {reason: waiver.reason, ...(waiver.until !== undefined && {until: waiver.until})}};
	});

export const canBeWaived = ({state}: Row): boolean => state === 'warn' || state === 'fail' || state === 'unknown';
