/** What an entry should hold against what it holds. Attribute names and object classes have no case; an entry has more than anybody asked for. */
import type {EntryValues} from '#host/ldap/entries.ts';
import {splitDn} from '#host/ldap/ldap-dn.ts';

export type WantedAttributes = Readonly<
	Record<string, string | readonly string[] | {readonly includes: readonly string[]}>
>;
export type Difference = {readonly attribute: string; readonly was: readonly string[]; readonly put: readonly string[]};

/** Every attribute with the values it should have, its own name included, which the server demands. */
export const wantedOf = (
	dn: string,
	attributes: WantedAttributes,
): Readonly<Record<string, {readonly values: readonly string[]; readonly only: boolean}>> => {
	const {attribute, value} = splitDn(dn);
	const wanted = Object.fromEntries(
		Object.entries(attributes).map(([name, asked]) => {
			if (typeof asked === 'string') return [name, {values: [asked], only: true}];
			return isList(asked)
				? [name, {values: asked, only: name.toLowerCase() !== 'objectclass'}]
				: [name, {values: asked.includes, only: false}];
		}),
	);
	const key = Object.keys(wanted).find(name => name.toLowerCase() === attribute.toLowerCase()) ?? attribute;
	const own = wanted[key] ?? {values: [], only: false};
	return {...wanted, [key]: {...own, values: own.values.includes(value) ? own.values : [...own.values, value]}};
};

/** What differs, with the values that each attribute gets. */
export const differences = (dn: string, attributes: WantedAttributes, now: EntryValues): readonly Difference[] =>
	Object.entries(wantedOf(dn, attributes)).flatMap(([attribute, {values, only}]) => {
		const was = valuesIn(now, attribute);
		const same =
			attribute.toLowerCase() === 'objectclass' ? (value: string) => value.toLowerCase() : (value: string) => value;
		const has = new Set(was.map(same));
		const missing = values.filter(value => !has.has(same(value)));
		const wanted = new Set(values.map(same));
		const foreign = only ? was.filter(value => !wanted.has(same(value))) : [];
		if (missing.length === 0 && foreign.length === 0) return [];
		return [{attribute, was, put: only ? values : [...was, ...missing]}];
	});

/** `Array.isArray` does not see through `readonly`; and every list has an `includes` of its own. */
const isList = (asked: readonly string[] | {readonly includes: readonly string[]}): asked is readonly string[] =>
	Array.isArray(asked);

export const valuesIn = (entry: EntryValues, attribute: string): readonly string[] =>
	entry[Object.keys(entry).find(name => name.toLowerCase() === attribute.toLowerCase()) ?? ''] ?? [];

export const sameValues = (left: readonly string[], right: readonly string[]): boolean =>
	left.length === right.length && left.toSorted().join('\0') === right.toSorted().join('\0');

/** An entry that is new gets a structural class where only abstract ones were asked: what the first name of a base DN suggests. */
export const withStructure = (dn: string, values: EntryValues): EntryValues => {
	const classes = valuesIn(values, 'objectClass').map(name => name.toLowerCase());
	if (classes.some(name => name !== 'top')) return values;
	const {attribute, value} = splitDn(dn);
	switch (attribute.toLowerCase()) {
		case 'dc':
			return {
				...values,
				objectClass: ['top', 'dcObject', 'organization'],
				o: valuesIn(values, 'o').length > 0 ? valuesIn(values, 'o') : [value],
			};
		case 'o':
			return {...values, objectClass: ['top', 'organization']};
		case 'ou':
			return {...values, objectClass: ['top', 'organizationalUnit']};
		case 'c':
			return {...values, objectClass: ['top', 'country']};
		default:
			return {...values, objectClass: ['top', 'extensibleObject', 'organizationalRole']};
	}
};
