/** Patterns for files below a directory. Node's matchesGlob skips names with a leading dot, and `.gitkeep` is one of those that matter here. */

/** Has the pattern a `*` or `?` in it? Otherwise it names one file, or a directory and all below. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/** Is the path one of those, or below one of those? `**` crosses directories, `*` and `?` do not. */
export const matches = (path: string, patterns: readonly string[]): boolean =>
	patterns.some(pattern => {
		if (isGlob(pattern)) return toRegExp(pattern).test(path);
		const plain = pattern.replace(/\/+$/, '');
		return path === plain || plain === '' || plain === '.' || path.startsWith(`${plain}/`);
	});

/** The directories before the first one with a `*` or `?` in its name: where a search starts. For a plain pattern: all of it. */
export const staticPart = (pattern: string): string => {
	if (!isGlob(pattern)) return pattern.replace(/\/+$/, '').replace(/^\.$/, '');
	const parts = pattern.split('/');
	return parts.slice(0, parts.findIndex(isGlob)).join('/');
};

const toRegExp = (pattern: string): RegExp => {
	const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, token => {
		if (token === '**/') return '(?:.*/)?';
		if (token === '**') return '.*';
		if (token === '*') return '[^/]*';
		if (token === '?') return '[^/]';
		return token.replace(/[.+^${}()|[\]\\]/g, '\\$&');
	});
	return new RegExp(`^${source}$`, 'su');
};
