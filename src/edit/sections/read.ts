/** Finds the sections and keys of a section file, with the spans they own. */
import {parseFault, type Span} from '../editor.ts';
import {type Line, linesOf} from '../lines.ts';
import type {SectionDialect} from './section-file.ts';

/** `written` is the value as it stands; empty behind the key for a flag. */
export type Entry = {readonly key: string; readonly flag: boolean; readonly line: Span; readonly written: Span};
export type Section = {
	readonly name: string;
	readonly header: Span;
	readonly entries: readonly Entry[];
	readonly comments: readonly Line[];
};

/** Every section, in order; the same name may come again. Throws Fault 'edit.parse' for what is no line of the format. */
export const sectionsOf = (dialect: SectionDialect, source: string): readonly Section[] => {
	const sections: {name: string; header: Span; entries: Entry[]; comments: Line[]}[] = [];
	const lines = linesOf(source);
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] as Line;
		const text = line.text.trim();
		const section = sections.at(-1);
		if (text === '' || dialect.other.test(text)) continue;
		if (/^[#;]/.test(text)) {
			section?.comments.push(line);
			continue;
		}
		if (text.startsWith('[')) {
			const close = line.text.indexOf(']');
			if (close < 0) throw parseFault(dialect.format, source, line.start, 'a section without its closing bracket');
			sections.push({
				name: line.text.slice(line.text.indexOf('[') + 1, close),
				header: {start: line.start, end: line.end},
				entries: [],
				comments: [],
			});
			continue;
		}
		if (!section) throw parseFault(dialect.format, source, line.start, 'a setting before any section');
		while (dialect.continues && lines[at]?.text.endsWith('\\') && lines[at + 1]) at++;
		section.entries.push(entryOf(dialect, source, line, lines[at] as Line));
	}
	return sections;
};

const entryOf = (dialect: SectionDialect, source: string, first: Line, last: Line): Entry => {
	const whole = source.slice(first.start, last.end);
	const text = whole.slice(0, dialect.valueEnd?.(whole) ?? whole.length).trimEnd();
	const equals = text.indexOf('=');
	const line = {start: first.start, end: last.next};
	const key = (equals < 0 ? text : text.slice(0, equals)).trim();
	if (equals < 0 && !dialect.flags) throw parseFault(dialect.format, source, first.start, 'a line without =');
	if (equals < 0)
		return {key, flag: true, line, written: {start: first.start + text.length, end: first.start + text.length}};
	const blanks = /^\s*/.exec(text.slice(equals + 1))?.[0].length ?? 0;
	return {key, flag: false, line, written: {start: first.start + equals + 1 + blanks, end: first.start + text.length}};
};
