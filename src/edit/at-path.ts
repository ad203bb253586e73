/** Data with one value in it replaced, for the proof that an edit changed nothing else; keys come out sorted, so that two such data compare as JSON. */

/** The data with `value` at the path, and maps made on the way to it. Dates and big integers become text. */
export const withAt = (data: unknown, path: readonly (string | number)[], value: unknown): unknown => {
	const [key, ...rest] = path;
	if (key === undefined) return sorted(value);
	if (Array.isArray(data)) return data.map((item, at) => (at === key ? withAt(item, rest, value) : sorted(item)));
	const map = (data ?? {}) as Record<string, unknown>;
	const others = Object.entries(map)
		.filter(([other]) => other !== String(key))
		.map(([other, held]) => [other, sorted(held)] as const);
	return inOrder([...others, [String(key), withAt(Object.hasOwn(map, key) ? map[key] : undefined, rest, value)]]);
};

const inOrder = (entries: readonly (readonly [string, unknown])[]): readonly unknown[] =>
	[...entries].sort(([a], [b]) => (a < b ? -1 : 1));

const sorted = (value: unknown): unknown => {
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value === 'number') return String(value);
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null || value instanceof Date) return value;
	return inOrder(Object.entries(value).map(([key, held]) => [key, sorted(held)]));
};
