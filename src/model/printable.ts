/**
 * Text of others made fit to be shown: what a terminal obeys, what ends a line, what cannot be seen and what turns the order of reading is written
 * out (`\x1b`, `\n`, `\u202e`), and what is overlong is cut. File names, unit names, titles of processes, values of a directory, patches and the
 * words of programs are chosen by whoever owns them: none of them may drive a terminal or forge a line of ours.
 */

/** Characters of one line, and lines of one text, that are shown. */
const longest = 4000;
const most = 20_000;

/** One line. Line feeds and tabs are written out as well. */
export const printable = (text: string, characters = longest): string =>
	plain.test(text) && text.length <= characters ? text : cut(shown(text, /[\n\t]/), characters);

/** Several lines, as a patch has them: line feeds and tabs stay, a carriage return does not. */
export const printableLines = (text: string, characters = longest): string => {
	const lines = text.split('\n');
	const kept = lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more lines`] : lines;
	return kept
		.map(line => (plain.test(line) && line.length <= characters ? line : cut(shown(line), characters)))
		.join('\n');
};

/** Text that was laid out already, with nothing cut: the last guard before a terminal. Line feeds and tabs stay. */
export const visible = (text: string): string => shown(text);

/** Every string of plain data, names of fields too; those in `lines` and below keep their line feeds. Deeper than 64 levels nothing is shown. */
export const printableData = <T>(data: T, lines: readonly string[] = []): T => cleaned(data, lines, false, 64) as T;

/** JSON that a terminal may show: what JSON.stringify leaves as it is, from 0x7f on, is written as \uXXXX. Nothing is lost. */
export const printableJson = (value: unknown, indent?: string): string =>
	JSON.stringify(value, null, indent).replace(unseen, escapedUnits);

/** Characters that a terminal obeys or nobody sees: controls, formats, line separators, and what is drawn as nothing; with what is no character at all. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** What most texts are, at no cost. */
const plain = /^[ -~]*$/;

const shown = (text: string, also?: RegExp): string =>
	text.replace(unseen, character => {
		if ((character === '\n' || character === '\t') && !also?.test(character)) return character;
		return short[character] ?? escaped(character);
	});

const short: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};

const escaped = (character: string): string => {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
	return code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
};

/** Those of JSON are its layout, for all others in a string are escaped already. */
const escapedUnits = (character: string): string =>
	character === '\n' || character === '\t'
		? character
		: Array.from({length: character.length}, (_unit, at) => character.charCodeAt(at))
				.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`)
				.join('');

const cut = (line: string, characters: number): string => {
	if (line.length <= characters) return line;
	// Not between the halves of a character.
	const head = line.slice(0, characters).replace(/[\ud800-\udbff]$/, '');
	return `${head}… (${line.length - head.length} more characters)`;
};

const cleaned = (value: unknown, lines: readonly string[], inLines: boolean, depth: number): unknown => {
	if (typeof value === 'string') return inLines ? printableLines(value) : printable(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0) return '…';
	if (Array.isArray(value)) return value.map(one => cleaned(one, lines, inLines, depth - 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => [
			printable(key),
			cleaned(one, lines, inLines || lines.includes(key), depth - 1),
		]),
	);
};
