/** Most formats are read line by line; where a line starts and how it ends is worked out here once, so that CRLF and a missing last newline are nobody else's care. */
import type {Text} from '#model/secret.ts';
import {allBlank} from './blanks.ts';
import type {Span, Splice} from './editor.ts';

/** `end` is before the line break, `next` behind it; `text` has no line break. */
export type Line = Span & {readonly next: number; readonly text: string};

/** Every line of a source; a last empty one is none. */
export const linesOf = (source: string): readonly Line[] => {
	const lines: Line[] = [];
	let start = 0;
	while (start < source.length) {
		const feed = source.indexOf('\n', start);
		const next = feed < 0 ? source.length : feed + 1;
		const stop = feed < 0 ? source.length : feed;
		const end = feed > start && source[feed - 1] === '\r' ? stop - 1 : stop;
		lines.push({start, end, next, text: source.slice(start, end)});
		start = next;
	}
	return lines;
};

/** The line break that most lines of the file have. */
export const eolOf = (source: string): '\n' | '\r\n' => {
	const crlf = source.match(/\r\n/g)?.length ?? 0;
	return crlf > 0 && crlf * 2 >= (source.match(/\n/g)?.length ?? 0) ? '\r\n' : '\n';
};

/**
 * Whole new lines at an offset where a line starts, or at the end of a file that lacks its last newline. `continues`: a format that takes what follows a
 * backslash at the end of a line for its continuation gets an empty line between.
 */
export const insertLines = (
	source: string,
	at: number,
	lines: readonly Text[],
	{continues = false}: {readonly continues?: boolean} = {},
): Splice => {
	const eol = eolOf(source);
	const first = at > 0 && source[at - 1] !== '\n' ? [eol] : [];
	if (continues && goesOn(source, at)) first.push(eol);
	return {start: at, end: at, text: [...first, ...lines.flatMap(line => [...line, eol])]};
};

const goesOn = (source: string, at: number): boolean => {
	let end = at;
	if (source[end - 1] === '\n') end -= 1;
	if (source[end - 1] === '\r') end -= 1;
	return endsOpen(source, end);
};

/** Does a backslash that is not itself escaped stand before this offset? */
export const endsOpen = (source: string, end: number = source.length): boolean => {
	let count = 0;
	while (source[end - 1 - count] === '\\') count += 1;
	return count % 2 === 1;
};

/** The span with its indentation and newline when nothing else stands on its lines; otherwise as it is. */
export const wholeLines = (source: string, span: Span): Span => {
	const start = source.lastIndexOf('\n', span.start - 1) + 1;
	const feed = source.indexOf('\n', span.end);
	const end = feed < 0 ? source.length : feed + 1;
	const alone = allBlank(source.slice(start, span.start)) && allBlank(source.slice(span.end, end));
	return alone ? {start: span.start === 0 ? 0 : start, end} : span;
};

/** What stands before an offset on its line. */
export const lineBefore = (source: string, offset: number): string =>
	source.slice(offset === 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1, offset);

/** The whitespace a line starts with. */
export const indentAt = (source: string, offset: number): string =>
	/^[ \t]*/.exec(lineBefore(source, offset))?.[0] ?? '';

/** The number, from 1, of the line that holds an offset. */
export const lineNumber = (source: string, offset: number): number => source.slice(0, offset).split('\n').length;
