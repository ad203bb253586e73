/** Just enough of the shell's grammar to find the assignments of a file, and not to take for one what stands in a string, a comment or a here-document. */

import {parseFault, type Span} from '../editor.ts';
import {inTime} from '../in-time.ts';

/** `value` is undefined when the shell computes it. `word` is the span behind `=`. */
export type Assignment = {
	readonly key: string;
	readonly statement: Span;
	readonly word: Span;
	readonly value: string | undefined;
	readonly nested: boolean;
};

/** Every assignment that is a statement of its own, in order. Throws Fault 'edit.parse' for a quote or a here-document that does not end. */
export const assignmentsOf = (source: string): readonly Assignment[] =>
	inTime('shell', () => readShell(source)).assignments;

/** The same with the comments that stand on lines of their own: what looks like one in a string or a here-document is none. */
export const readShell = (
	source: string,
): {readonly assignments: readonly Assignment[]; readonly comments: readonly Span[]} => {
	const found: Assignment[] = [];
	const comments: Span[] = [];
	let depth = 0;
	let chained = false;
	let pending: readonly string[] = [];
	for (let at = 0; at < source.length; ) {
		const {words, next, heredocs, comment} = readCommand(source, at);
		if (comment !== undefined && words.length === 0) comments.push({start: comment, end: next});
		const name = source.slice(words[0]?.start ?? 0, words[0]?.end ?? 0);
		if (opens.has(name)) depth++;
		else if (closes.has(name)) depth = Math.max(depth - 1, 0);
		found.push(...assignmentIn(source, words, depth > 0 || chained));
		const ended = source[next - 1] ?? '';
		chained = ended === '&' || ended === '|';
		pending = [...pending, ...heredocs];
		at = ended === '\n' ? skipHeredocs(source, next, pending) : next;
		if (ended === '\n') pending = [];
	}
	if (pending.length > 0) throw parseFault('shell', source, source.length, 'a here-document that does not end');
	return {assignments: found, comments};
};

type Word = Span & {readonly value: string | undefined};
type Command = {
	readonly words: readonly Word[];
	readonly next: number;
	readonly heredocs: readonly string[];
	/** Where one begins. */
	readonly comment?: number;
};

const opens = new Set(['if', 'while', 'until', 'for', 'case', '{', '(']);
const closes = new Set(['fi', 'done', 'esac', '}', ')']);
/** Words that a statement may follow at once. */
const leads = new Set(['export', 'readonly', 'if', 'then', 'elif', 'else', 'do', 'while', 'until', '{', '!']);

const assignmentIn = (source: string, words: readonly Word[], nested: boolean): readonly Assignment[] => {
	const lead = leads.has(source.slice(words[0]?.start ?? 0, words[0]?.end ?? 0)) ? 1 : 0;
	return words.slice(lead).flatMap((word, at, all) => {
		const head = /^([A-Za-z_]\w*)(\+?)=/.exec(source.slice(word.start, word.end));
		const ours =
			head && all.slice(0, at).every(before => /^[A-Za-z_]\w*\+?=/.test(source.slice(before.start, before.end)));
		if (!head?.[1] || !ours) return [];
		const start = word.start + head[0].length;
		const plain = head[2] === '' && all.length === 1;
		return [
			{
				key: head[1],
				statement: plain ? {start: words[0]?.start ?? word.start, end: word.end} : {start: word.start, end: word.end},
				word: {start, end: word.end},
				value: plain ? word.value?.slice(head[0].length) : undefined,
				nested,
			},
		];
	});
};

const readCommand = (source: string, from: number): Command => {
	const words: Word[] = [];
	const heredocs: string[] = [];
	let at = from;
	for (;;) {
		while (source[at] === ' ' || source[at] === '\t' || source.startsWith('\r\n', at) || source.startsWith('\\\n', at))
			at += source[at] === '\\' ? 2 : 1;
		const char = source[at];
		if (char === undefined) return {words, next: at, heredocs};
		if (char === '#') {
			const feed = source.indexOf('\n', at);
			return {words, next: feed < 0 ? source.length : feed + 1, heredocs, comment: at};
		}
		if (/[\n;&|]/.test(char)) return {words, next: at + 1, heredocs};
		const empty = words.length === 1 && /^\([ \t]*\)/.exec(source.slice(at, at + 80));
		if (empty) return {words: [], next: at + empty[0].length, heredocs};
		if (/[()]/.test(char) && !(words.length === 0 && source.startsWith('((', at) && arithmeticEnd(source, at))) {
			words.push({start: at, end: at + 1, value: char});
			return {words, next: at + 1, heredocs};
		}
		const arithmetic = words.length === 0 && source.startsWith('((', at) ? arithmeticEnd(source, at) : undefined;
		const operator = redirection.exec(source.slice(at, at + 3))?.[0];
		const word =
			arithmetic !== undefined
				? {start: at, end: arithmetic, value: undefined}
				: operator === undefined
					? readWord(source, at)
					: {start: at, end: at + operator.length, value: operator};
		words.push(word);
		at = word.end;
		if (operator === '<<' || operator === '<<-') {
			const mark = readWord(source, at + (/^[ \t]*/.exec(source.slice(at, at + 4096))?.[0].length ?? 0));
			heredocs.push(source.slice(mark.start, mark.end).replaceAll(/['"\\]/g, ''));
			at = mark.end;
		}
	}
};

/** The shell takes the end of the file for the end of a here-document, and all that stands, or is written, before it for text. */
const skipHeredocs = (source: string, from: number, marks: readonly string[]): number =>
	marks.reduce((at, mark) => {
		for (let start = at; start < source.length; ) {
			const feed = source.indexOf('\n', start);
			const end = feed < 0 ? source.length : feed;
			if (source.slice(start, end).replace(/^\t+/, '').replace(/\r$/, '') === mark) return end;
			start = end + 1;
		}
		throw parseFault('shell', source, from, 'a here-document that does not end');
	}, from);

/** `<<<` brings one word, `<<` a here-document; the longest one that fits is meant. */
const redirection = /^(<<<|<<-|<<|<&|<>|>>|>&|>\||<|>)/;

/** Behind the `))` of bash's `((x << 2))`; undefined where it is two subshells. */
const arithmeticEnd = (source: string, open: number): number | undefined => {
	const line = source.indexOf('\n', open);
	const close = source.indexOf('))', open);
	return close < 0 || (line >= 0 && line < close) ? undefined : close + 2;
};

/** A word ends where the shell ends one: a form feed, a BOM or a no-break space are part of it. */
const endsWord = (source: string, at: number): boolean =>
	' \t\n;&|()<>'.includes(source[at] ?? ' ') || source.startsWith('\r\n', at);

const readWord = (source: string, start: number): Word => {
	let value: string | undefined = '';
	let at = start;
	const take = (text: string, length: number): void => {
		value = value === undefined ? undefined : value + text;
		at += length;
	};
	while (at < source.length) {
		const char = source[at] as string;
		if (endsWord(source, at)) break;
		if (char === "'") {
			const close = source.indexOf("'", at + 1);
			if (close < 0) throw parseFault('shell', source, at, 'a quote that is not closed');
			take(source.slice(at + 1, close), close + 1 - at);
		} else if (char === '"') {
			const inner = readDouble(source, at);
			take(inner.value ?? '', inner.end - at);
			if (inner.value === undefined) value = undefined;
		} else if (char === '\\') take(source[at + 1] === '\n' ? '' : (source[at + 1] ?? ''), 2);
		else if (char === '$' || char === '`') {
			at = skipExpansion(source, at);
			value = undefined;
		} else if (/[~*?[]/.test(char) && at === start) {
			take(char, 1);
			value = undefined;
		} else take(char, 1);
	}
	return {start, end: Math.min(at, source.length), value};
};

const readDouble = (source: string, open: number): {readonly value: string | undefined; readonly end: number} => {
	let value: string | undefined = '';
	for (let at = open + 1; at < source.length; ) {
		const char = source[at] as string;
		if (char === '"') return {value, end: at + 1};
		if (char === '$' || char === '`') {
			at = skipExpansion(source, at);
			value = undefined;
			continue;
		}
		const behind = source[at + 1] ?? '';
		const escaped = char === '\\' && /[\\"$`\n]/.test(behind);
		if (value !== undefined) value += escaped ? behind.replace('\n', '') : char;
		at += escaped ? 2 : 1;
	}
	throw parseFault('shell', source, open, 'a quote that is not closed');
};

/** Past `$name`, `${…}`, `$(…)` or a backquoted command. */
const skipExpansion = (source: string, start: number): number => {
	const close = ({'{': '}', '(': ')'} as const)[source[start] === '$' ? (source[start + 1] ?? '') : ''];
	if (source[start] === '$' && !close) return start + 1;
	const open = close ? source[start + 1] : undefined;
	let depth = 0;
	for (let at = start + 1; at < source.length; at++) {
		const char = source[at];
		if (char === '\\') at++;
		else if (!close && char === '`') return at + 1;
		else if (close && char === "'") at = Math.max(source.indexOf("'", at + 1), at);
		else if (char === open) depth++;
		else if (char === close && --depth === 0) return at + 1;
	}
	throw parseFault('shell', source, start, 'an expansion that is not closed');
};
