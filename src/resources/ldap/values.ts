/** When the values of a cn=config attribute mean the same, and what has to be sent when they do not. */
import {moduleName, normalDn, withoutOrder} from '#host/ldap/config.ts';

export type ConfigValue = {
	readonly attribute: string;
	readonly values: readonly string[];
	/** 'exactly' (default): these and no others, in any order; none takes the attribute away. 'ordered': in this order (olcAccess). 'includes': these, whatever else there is (olcModuleLoad, olcDbIndex). */
	readonly how?: 'exactly' | 'ordered' | 'includes';
};

/** The values that the attribute should have, given what it has; undefined when it is right. */
export const wantedValues = (
	{attribute, values, how = 'exactly'}: ConfigValue,
	now: readonly string[],
): readonly string[] | undefined => {
	if (how === 'includes')
		return attribute.toLowerCase() === 'olcdbindex' ? withIndexes(values, now) : withMore(attribute, values, now);
	const same = sameness(attribute);
	const [left, right] = [values.map(same), now.map(same)];
	const equal =
		how === 'ordered'
			? left.join('\n') === right.join('\n')
			: left.toSorted().join('\n') === right.toSorted().join('\n');
	return equal ? undefined : values;
};

/** As it is sent: ordered values are numbered by us. */
export const numbered = ({how}: ConfigValue, values: readonly string[]): readonly string[] =>
	how === 'ordered' ? values.map((value, index) => `{${index}}${value}`) : values;

const withMore = (
	attribute: string,
	values: readonly string[],
	now: readonly string[],
): readonly string[] | undefined => {
	const same = sameness(attribute);
	const there = new Set(now.map(same));
	const missing = values.filter(value => !there.has(same(value)));
	return missing.length === 0 ? undefined : [...now, ...missing];
};

const sameness = (attribute: string): ((value: string) => string) => {
	const name = attribute.toLowerCase();
	if (name === 'olcmoduleload') return moduleName;
	if (name.endsWith('dn') || name === 'olcsuffix') return normalDn;
	return value => withoutOrder(value).replaceAll(/\s+/g, ' ').trim();
};

/** Indexes are a table written in lines: `cn,uid eq` covers `uid eq`, and an attribute may stand in one line only. */
const withIndexes = (values: readonly string[], now: readonly string[]): readonly string[] | undefined => {
	const there = tableOf(now);
	const wanted = tableOf(values);
	const lacks = [...wanted].filter(([name, kinds]) => ![...kinds].every(kind => there.get(name)?.has(kind)));
	if (lacks.length === 0) return undefined;
	const merged = new Map(there);
	for (const [name, kinds] of lacks) merged.set(name, new Set([...(there.get(name) ?? []), ...kinds]));
	return [...merged].map(([name, kinds]) => `${name} ${[...kinds].join(',')}`);
};

const tableOf = (lines: readonly string[]): ReadonlyMap<string, Set<string>> => {
	const table = new Map<string, Set<string>>();
	for (const line of lines) {
		const [names = '', kinds = 'default'] = withoutOrder(line).trim().split(/\s+/);
		for (const name of names.split(',')) table.set(name, new Set([...(table.get(name) ?? []), ...kinds.split(',')]));
	}
	return table;
};
