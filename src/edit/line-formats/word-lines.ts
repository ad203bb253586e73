/** How nslcd and Redis split a line into words, and how a word is written so that they read it back. */
import {sameText, type Text} from '#model/secret.ts';
import {isBlank, trimmed, wordsIn} from '../blanks.ts';
import {parseFault, type Span} from '../editor.ts';
import type {Line} from '../lines.ts';
import {cannotHold, sameTexts, sound} from '../quoted.ts';

export type Word = Span & {readonly value: string};

export type WordDialect = {
	readonly format: string;
	split(source: string, line: Line): readonly Word[];
	quote(plain: string): string;
	/** Does a line with these words, written so, say what is wanted? */
	same(wanted: readonly Text[], words: readonly string[], written: string): boolean;
	/** Does the line belong to a longer key: `base passwd …` is not `base …`? */
	longer?(key: readonly string[], rest: readonly string[]): boolean;
};

const maps = /^(alias(es)?|ethers?|group|hosts?|netgroup|networks?|passwd|protocols?|rpc|services?|shadow)$/i;

/** nslcd.conf has no quoting: the value is the rest of the line. Its reader takes lines up to 4096 bytes. */
export const nslcdWords: WordDialect = {
	format: 'nslcd.conf',
	split: (_source, line) =>
		wordsIn(line.text).map(({text, index}) => ({
			value: text,
			start: line.start + index,
			end: line.start + index + text.length,
		})),
	quote: plain => {
		if (/[\r\n]/.test(sound('nslcd.conf', plain))) throw cannotHold('nslcd.conf', 'a line break');
		if (plain === '' || trimmed(plain) !== plain)
			throw cannotHold('nslcd.conf', 'nothing, or blanks at its start or end');
		if (Buffer.byteLength(plain) > 4000) throw cannotHold('nslcd.conf', 'more than 4000 bytes');
		return plain;
	},
	same: (wanted, words, written) =>
		wanted.length === 1 ? wanted.every(text => sameText(text, written)) : sameTexts(wanted, words),
	longer: (key, rest) =>
		key.length === 1 && /^(base|scope|filter|map)$/i.test(key[0] ?? '') && rest.length > 1 && maps.test(rest[0] ?? ''),
};

/** redis.conf: words in double quotes take \xHH, \n, \r, \t, \b, \a and \" ; in single quotes only \'. */
export const redisWords: WordDialect = {
	format: 'redis.conf',
	split: (source, line) => {
		const words: Word[] = [];
		let at = line.start;
		for (;;) {
			while (at < line.end && isBlank(source[at])) at++;
			if (at >= line.end) return words;
			const word = readWord(source, at, line.end);
			words.push(word);
			at = word.end;
		}
	},
	quote: plain => {
		if (/^[\w./:@*~+,=-]+$/.test(sound('redis.conf', plain))) return plain;
		return `"${plain
			.replaceAll(/[\\"]/g, '\\$&')
			.replaceAll('\n', '\\n')
			.replaceAll('\r', '\\r')
			.replaceAll('\t', '\\t')
			.replaceAll(/\p{Cc}/gu, hex)}"`;
	},
	same: (wanted, words) => sameTexts(wanted, words),
};

/** A control character as its UTF-8 bytes in \xHH. */
const hex = (char: string): string =>
	[...Buffer.from(char)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

const readWord = (source: string, start: number, stop: number): Word => {
	let at = start;
	let value = '';
	while (at < stop && !isBlank(source[at])) {
		const quote = source[at] ?? '';
		if (quote !== '"' && quote !== "'") {
			value += quote;
			at++;
			continue;
		}
		const close = closing(source, at, stop);
		if (close < 0) throw parseFault('redis.conf', source, at, 'a quote that is not closed');
		if (close + 1 < stop && !isBlank(source[close + 1]))
			throw parseFault('redis.conf', source, close + 1, 'text right behind a closing quote');
		const inner = source.slice(at + 1, close);
		value += quote === '"' ? unescape(inner) : inner.replaceAll("\\'", "'");
		at = close + 1;
	}
	return {value, start, end: at};
};

const closing = (source: string, open: number, stop: number): number => {
	const quote = source[open];
	for (let at = open + 1; at < stop; at++) {
		const char = source[at];
		if (char === '\\' && (quote === '"' || source[at + 1] === "'")) at++;
		else if (char === quote) return at;
	}
	return -1;
};

const letters: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07'};

const unescape = (inner: string): string =>
	inner.replaceAll(/((?:\\x[0-9a-f]{2})+)|\\([\s\S])/gi, (_all, bytes: string | undefined, char: string) =>
		bytes === undefined ? (letters[char] ?? char) : Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'),
	);
