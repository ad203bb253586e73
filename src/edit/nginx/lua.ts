/** Where a Lua block ends: braces are counted, but not those in Lua's strings and comments. */

/** The offset of the `}` that closes a block whose content starts at `from`; undefined when there is none. */
export const luaEnd = (source: string, from: number): number | undefined => {
	let depth = 1;
	for (let at = from; at < source.length; ) {
		const char = source[at];
		if (char === '{') depth++;
		if (char === '}' && --depth === 0) return at;
		at = skipOne(source, at);
	}
	return undefined;
};

const skipOne = (source: string, at: number): number => {
	const comment = source.startsWith('--', at);
	const long = /^\[(=*)\[/.exec(source.slice(comment ? at + 2 : at, at + 66));
	if (long) {
		const close = source.indexOf(`]${long[1]}]`, at);
		return close < 0 ? source.length : close + 2 + (long[1]?.length ?? 0);
	}
	if (comment) {
		const feed = source.indexOf('\n', at);
		return feed < 0 ? source.length : feed + 1;
	}
	const quote = source[at];
	if (quote !== '"' && quote !== "'") return at + 1;
	let end = at + 1;
	while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
	return end + 1;
};
