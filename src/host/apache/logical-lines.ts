/** The lines and words of Apache's files, as it reads them itself: whoever looks at a file alone and not at the whole tree takes it apart alike. */
import {trimmed, trimmedEnd} from '#edit/blanks.ts';

/** What relative names stand below. */
export const apacheRoot = '/etc/apache2';

export type Line = {readonly text: string; readonly number: number};

/** The logical lines of a file: a backslash at the end joins the next, a comment is none. */
export const linesIn = (source: string): readonly Line[] => {
	const lines: {text: string; number: number}[] = [];
	let open: {text: string; number: number} | undefined;
	for (const [at, raw] of source.split('\n').entries()) {
		const whole = open ? `${open.text} ${trimmed(raw)}` : trimmed(raw);
		const number = open?.number ?? at + 1;
		open = whole.endsWith('\\') ? {text: trimmedEnd(whole.slice(0, -1)), number} : undefined;
		if (open === undefined && whole !== '' && !whole.startsWith('#')) lines.push({text: whole, number});
	}
	return lines;
};

/** The words of a line; quotes hold spaces together. */
export const wordsIn = (text: string): readonly string[] =>
	[...text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^ \t\v\f\r\n]+)/g)].map(
		([, a, b, c]) => a ?? b ?? c ?? '',
	);
