/** How deeply a YAML text nests its brackets, told before it is parsed: the parser takes time and memory without end for what is nested a million times. */

/** More than any file that people write; brackets in strings count as well. */
const deepest = 1000;

/** Where it nests more deeply than that; undefined where it does not. */
export const tooDeep = (source: string): number | undefined => {
	let depth = 0;
	for (let at = 0; at < source.length; at += 1) {
		const char = source[at];
		if (char === '{' || char === '[') depth += 1;
		else if ((char === '}' || char === ']') && depth > 0) depth -= 1;
		if (depth > deepest) return at;
	}
	return undefined;
};
