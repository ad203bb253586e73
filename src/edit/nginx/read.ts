/**
 * Reads nginx.conf as `ngx_conf_read_token` does: words, quotes, escapes and nested blocks; a `*_by_lua_block` is passed over
 * as one piece of Lua. It gives directives with their spans and is never printed back.
 */

import {parseFault, type Span} from '../editor.ts';
import {inTime} from '../in-time.ts';
import {luaEnd} from './lua.ts';

export type NginxWord = Span & {readonly value: string};
/** `inside` is the span between the braces of a block; Lua has no children. The directive's own span ends behind `;` or `}`. */
export type Directive = Span & {
	readonly name: string;
	readonly args: readonly NginxWord[];
	readonly word: Span;
	readonly inside?: Span;
	readonly children?: readonly Directive[];
};

const format = 'nginx';

/** The directives of the main context. Throws Fault 'edit.parse' with line and column. */
export const directivesOf = (source: string): readonly Directive[] => inTime('nginx', () => readDirectivesOf(source));

const readDirectivesOf = (source: string): readonly Directive[] => {
	const {directives, end} = readBlock(source, 0, undefined);
	if (end < source.length) throw parseFault(format, source, end, 'a } that closes nothing');
	return directives;
};

const readBlock = (
	source: string,
	from: number,
	open: number | undefined,
): {readonly directives: readonly Directive[]; readonly end: number} => {
	const directives: Directive[] = [];
	let words: NginxWord[] = [];
	let at = from;
	for (;;) {
		at = skipBlank(source, at);
		const char = source[at];
		const [head, ...args] = words;
		if (char === undefined) {
			if (head) throw parseFault(format, source, head.start, 'a directive without its ;');
			if (open !== undefined) throw parseFault(format, source, open, 'a { that is not closed');
			return {directives, end: at};
		}
		if (char === '}') {
			if (head) throw parseFault(format, source, head.start, 'a directive without its ;');
			return {directives, end: at};
		}
		if (char === ';' || char === '{') {
			if (!head) throw parseFault(format, source, at, `a ${char} without a directive`);
			const one = {name: head.value, word: {start: head.start, end: head.end}, args, start: head.start};
			directives.push(char === ';' ? {...one, end: at + 1} : {...one, ...bodyOf(source, at, head.value)});
			at = directives.at(-1)?.end ?? at + 1;
			words = [];
			continue;
		}
		const word = readWord(source, at);
		words.push(word);
		at = word.end;
	}
};

const bodyOf = (
	source: string,
	open: number,
	name: string,
): {readonly end: number; readonly inside: Span; readonly children: readonly Directive[]} => {
	if (name.endsWith('_by_lua_block')) {
		const close = luaEnd(source, open + 1);
		if (close === undefined) throw parseFault(format, source, open, 'a Lua block that is not closed');
		return {end: close + 1, inside: {start: open + 1, end: close}, children: []};
	}
	const {directives, end} = readBlock(source, open + 1, open);
	return {end: end + 1, inside: {start: open + 1, end}, children: directives};
};

const skipBlank = (source: string, from: number): number => {
	let at = from;
	for (;;) {
		while (/[ \t\r\n]/.test(source[at] ?? '')) at++;
		if (source[at] !== '#') return at;
		const feed = source.indexOf('\n', at);
		at = feed < 0 ? source.length : feed + 1;
	}
};

const readWord = (source: string, start: number): NginxWord => {
	const quote = source[start];
	if (quote === '"' || quote === "'") {
		let at = start + 1;
		while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
		if (at >= source.length) throw parseFault(format, source, start, 'a quote that is not closed');
		const behind = source[at + 1];
		if (behind !== undefined && !/[ \t\r\n;{)]/.test(behind))
			throw parseFault(format, source, at + 1, 'text right behind a closing quote');
		return {start, end: at + 1, value: decode(source.slice(start + 1, at))};
	}
	let at = start;
	// A { goes on with a word only behind a $ that is not escaped itself.
	let variable = false;
	while (at < source.length && !/[ \t\r\n;]/.test(source[at] ?? '')) {
		const char = source[at];
		if (char === '{' && !variable) break;
		if (char !== '{') variable = char === '$';
		at += char === '\\' ? 2 : 1;
	}
	return {start, end: Math.min(at, source.length), value: decode(source.slice(start, at))};
};

/** Only these escapes are taken back; any other backslash stays, as in a regular expression. */
const decode = (written: string): string =>
	written.replaceAll(/\\([\\"'trn])/g, (_all, char: string) => (({t: '\t', r: '\r', n: '\n'}) as const)[char] ?? char);
