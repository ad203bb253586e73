/** Tables that the models of an application name and that it cannot use: a fact apart, so that what follows from the rows is tried without a database. */
import type {Rows} from './rows.ts';

export type Unusable =
	| {readonly is: 'readOnly'; readonly data: {readonly why: string}}
	| {readonly is: 'missing' | 'hidden'; readonly data: {readonly names: readonly string[]}}
	| {readonly is: 'barred'; readonly data: {readonly names: readonly string[]; readonly owners: readonly string[]}};

/** The first thing that is wrong with `wanted`, the most far-reaching first; undefined where the application can use them all. Names are compared without case, as MariaDB may keep them. */
export const unusableTables = (wanted: readonly string[], {tables, use}: Rows): Unusable | undefined => {
	const among = (names: readonly string[]): readonly string[] => {
		const known = new Set(names.map(name => name.toLowerCase()));
		// A quote: a schema was put into the name, which is looked for under another.
		return wanted.filter(name => !name.includes('"') && known.has(name.toLowerCase()));
	};
	const there = new Set(among(tables));
	const missing = wanted.filter(name => !name.includes('"') && !there.has(name));
	if (missing.length > 0) return {is: 'missing', data: {names: missing}};
	const hidden = among(use?.hidden ?? []);
	if (hidden.length > 0) return {is: 'hidden', data: {names: hidden}};
	const barred = among((use?.barred ?? []).map(([name]) => name));
	if (barred.length > 0) {
		const owners = (use?.barred ?? []).filter(([name]) => barred.includes(name)).map(([, owner]) => owner);
		return {is: 'barred', data: {names: barred, owners: [...new Set(owners)]}};
	}
	return typeof use?.readOnly === 'string' ? {is: 'readOnly', data: {why: use.readOnly}} : undefined;
};
