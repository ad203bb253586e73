/** Finds the sections and keys of a section file, with the spans they own and the values that its program reads: for the editors and for the doctor. */

import {isBlank, trimmed, trimmedEnd} from '../blanks.ts';
import {parseFault, type Span} from '../editor.ts';
import {inTime} from '../in-time.ts';
import {endsOpen, type Line, linesOf} from '../lines.ts';
import type {SectionDialect} from './dialect.ts';

/**
 * `written` is the value as it stands; empty behind the key for a flag. `text` is the same with continued lines joined and
 * the comments between them left out. `conditional`: between `if-env` and `endif`.
 */
export type Entry = {
	readonly key: string;
	readonly flag: boolean;
	readonly line: Span;
	readonly written: Span;
	readonly text: string;
	readonly conditional: boolean;
};
export type Section = {
	readonly name: string;
	readonly header: Span;
	readonly entries: readonly Entry[];
	readonly comments: readonly (Line & {readonly conditional: boolean})[];
};
export type SectionFile = {
	readonly sections: readonly Section[];
	/** Lines that are neither section nor key, `!includedir /etc/mysql/conf.d`. */
	readonly others: readonly Line[];
	/** Does the last line go on, so that whatever is added at the end becomes a part of it? */
	readonly openEnd: boolean;
	/** Where a condition was opened and not closed, in the last section. */
	readonly openCondition: boolean;
};

/**
 * Every section, in order; the same name may come again. A line that is none of the format throws Fault 'edit.parse', or goes to
 * `bad` and is passed over.
 */
export const readSections = (
	dialect: SectionDialect,
	source: string,
	bad: Bad = (offset, what) => {
		throw parseFault(dialect.format, source, offset, what);
	},
): SectionFile => inTime(dialect.format, () => read(dialect, source, bad));

type Bad = (offset: number, what: string) => void;

const read = (dialect: SectionDialect, source: string, bad: Bad): SectionFile => {
	const sections: {name: string; header: Span; entries: Entry[]; comments: (Line & {conditional: boolean})[]}[] = [];
	const others: Line[] = [];
	const lines = linesOf(source);
	let depth = 0;
	let openEnd = false;
	for (let at = 0; at < lines.length; at++) {
		const line = withoutBom(dialect, lines[at] as Line);
		const text = trimmed(line.text);
		const section = sections.at(-1);
		if (text === '') continue;
		if (dialect.other.test(text)) others.push(line);
		else if (isComment(text)) section?.comments.push({...line, conditional: depth > 0});
		else if (text.startsWith('[')) {
			const close = line.text.indexOf(']');
			if (close < 0) {
				bad(line.start, 'a section without its closing bracket');
				continue;
			}
			const name = line.text.slice(line.text.indexOf('[') + 1, close);
			depth = 0;
			sections.push({name, header: {start: line.start, end: line.end}, entries: [], comments: []});
		} else {
			const pieces = [line];
			while (dialect.continues && goesOn(pieces.at(-1) as Line) && lines[at + 1]) {
				at++;
				const next = lines[at] as Line;
				if (isComment(trimmed(next.text))) pieces.splice(-1, 1, {...(pieces.at(-1) as Line), next: next.next});
				else pieces.push(next);
			}
			openEnd = dialect.continues && goesOn(pieces.at(-1) as Line);
			const entry = entryOf(dialect, source, pieces, depth > 0);
			if (!section) bad(line.start, 'a setting before any section');
			else if (entry === undefined) bad(line.start, 'a line without =');
			else {
				if (dialect.closes?.test(entry.key)) depth = Math.max(depth - 1, 0);
				section.entries.push({...entry, conditional: depth > 0});
				if (dialect.opens?.test(entry.key)) depth++;
			}
		}
	}
	return {sections, others, openEnd, openCondition: depth > 0};
};

/** systemd passes over a BOM at the start of a file; to the others it is a part of the first word. */
const withoutBom = (dialect: SectionDialect, line: Line): Line =>
	dialect.bom && line.start === 0 && line.text.startsWith('\uFEFF')
		? {...line, start: 1, text: line.text.slice(1)}
		: line;

const isComment = (text: string): boolean => /^[#;]/.test(text);

/** An odd number of backslashes: the last one escapes the line break. */
const goesOn = ({text}: Line): boolean => endsOpen(text);

const entryOf = (
	dialect: SectionDialect,
	source: string,
	pieces: readonly Line[],
	conditional: boolean,
): Entry | undefined => {
	const [first, last] = [pieces[0] as Line, pieces.at(-1) as Line];
	const whole = source.slice(first.start, last.end);
	const text = trimmedEnd(whole.slice(0, dialect.valueEnd?.(whole) ?? whole.length));
	const equals = text.indexOf('=');
	const line = {start: first.start, end: last.next};
	const key = trimmed(equals < 0 ? text : text.slice(0, equals));
	if (equals < 0) {
		const end = first.start + text.length;
		return dialect.flags ? {key, flag: true, line, written: {start: end, end}, text: '', conditional} : undefined;
	}
	let start = first.start + equals + 1;
	while (start < first.start + text.length && isBlank(source[start])) start++;
	const written = {start, end: first.start + text.length};
	return {
		key,
		flag: false,
		line,
		written,
		text: dialect.continues ? joined(pieces) : source.slice(start, written.end),
		conditional,
	};
};

/** A backslash and its line break are one blank; what a line is indented by goes. */
const joined = (pieces: readonly Line[]): string =>
	trimmed(
		pieces
			.map(piece => (goesOn(piece) ? `${piece.text.slice(0, -1)} ` : piece.text))
			.map((piece, at) => (at === 0 ? piece.slice(piece.indexOf('=') + 1) : trimmedStart(piece)))
			.join(''),
	);

const trimmedStart = (text: string): string => {
	let at = 0;
	while (isBlank(text[at])) at++;
	return text.slice(at);
};
