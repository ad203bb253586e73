/**
 * What counts as a blank in a line: C's isspace without the line feed, never JavaScript's `\s` and `trim`, which take a
 * BOM and a no-break space for blanks where every program reads them as part of a word.
 */

/** For character classes: `new RegExp(`[${blank}]`)`. */
export const blank = ' \\t\\v\\f\\r';

/** Is this one character a blank? False for undefined: nothing is left. */
export const isBlank = (char: string | undefined): boolean =>
	char !== undefined && char !== '' && ' \t\v\f\r'.includes(char);

/** Without the blanks around it. */
export const trimmed = (text: string): string => {
	const start = text.search(notBlank);
	return start < 0 ? '' : trimmedEnd(text.slice(start));
};

/** Without the blanks behind it. */
export const trimmedEnd = (text: string): string => {
	let end = text.length;
	while (end > 0 && isBlankOrFeed(text[end - 1])) end--;
	return text.slice(0, end);
};

/** Is there nothing but blanks and line breaks? */
export const allBlank = (text: string): boolean => !notBlank.test(text);

/** The words of a line and where they stand in it. */
export const wordsIn = (text: string): readonly {readonly text: string; readonly index: number}[] =>
	[...text.matchAll(/[^ \t\v\f\r\n]+/g)].map(({0: word, index}) => ({text: word, index}));

const notBlank = /[^ \t\v\f\r\n]/;

const isBlankOrFeed = (char: string | undefined): boolean => char === '\n' || isBlank(char);
