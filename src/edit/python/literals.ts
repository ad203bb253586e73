/** Python literals as data: how one is written for Python 2 or 3, and whether one that stands in the source means the same. */
import {sameText, type Text} from '#model/secret.ts';
import {quoted, sound} from '../quoted.ts';

/** A value a settings file may be given. A dict keeps its order. */
export type PyLiteral =
	| {readonly text: Text}
	| {readonly bool: boolean}
	| {readonly number: number}
	| {readonly none: true}
	| {readonly list: readonly PyLiteral[]}
	| {readonly tuple: readonly PyLiteral[]}
	| {readonly dict: readonly (readonly [string, PyLiteral])[]}
	/** Source text that somebody meant as such; see `isPythonExpression`. */
	| {readonly expression: string};

/** What was read from the source. `text: undefined` is a literal whose text could not be worked out (`\N{…}`, bytes). */
export type PyRead =
	| {readonly text: string | undefined}
	| {readonly bool: boolean}
	| {readonly number: number}
	| {readonly none: true}
	| {readonly list: readonly PyRead[]}
	| {readonly tuple: readonly PyRead[]}
	| {readonly dict: readonly (readonly [string | undefined, PyRead])[]};

export type PyStyle = {
	readonly language: 2 | 3 /** Only ASCII may be written: the file declares another encoding than UTF-8. */;
	readonly ascii: boolean;
};

/** The source text of a literal. Python 2 gets pure ASCII, as u'…' where the text is not. */
export const writePython = (value: PyLiteral, style: PyStyle): Text => {
	if ('text' in value) return quoted(value.text, plain => quotePython(plain, style));
	if ('bool' in value) return [value.bool ? 'True' : 'False'];
	if ('number' in value)
		return [Number.isFinite(value.number) ? String(value.number) : `float('${String(value.number)}')`];
	if ('none' in value) return ['None'];
	if ('expression' in value) return [value.expression];
	if ('dict' in value)
		return [
			'{',
			...joined(value.dict.map(([key, held]) => [`${quotePython(key, style)}: `, ...writePython(held, style)])),
			'}',
		];
	if ('list' in value) return ['[', ...joined(value.list.map(held => writePython(held, style))), ']'];
	return ['(', ...joined(value.tuple.map(held => writePython(held, style))), value.tuple.length === 1 ? ',)' : ')'];
};

/** Do both mean the same? An unknown secret never does. */
export const meansSame = (wanted: PyLiteral, read: PyRead): boolean => {
	if ('text' in wanted) return 'text' in read && read.text !== undefined && sameText(wanted.text, read.text);
	if ('bool' in wanted) return 'bool' in read && read.bool === wanted.bool;
	if ('number' in wanted) return 'number' in read && read.number === wanted.number;
	if ('none' in wanted) return 'none' in read;
	if ('expression' in wanted) return false;
	if ('list' in wanted) return 'list' in read && allSame(wanted.list, read.list);
	if ('tuple' in wanted) return 'tuple' in read && allSame(wanted.tuple, read.tuple);
	return (
		'dict' in read &&
		wanted.dict.length === read.dict.length &&
		wanted.dict.every(([key, held]) => read.dict.some(([other, one]) => other === key && meansSame(held, one)))
	);
};

const allSame = (wanted: readonly PyLiteral[], read: readonly PyRead[]): boolean =>
	wanted.length === read.length && wanted.every((one, at) => meansSame(one, read[at] as PyRead));

const joined = (parts: readonly Text[]): Text => parts.flatMap((part, at) => [...(at === 0 ? [] : [', ']), ...part]);

const escapes: Readonly<Record<string, string>> = {'\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t'};

/** One string literal in single quotes. What could not be seen on a screen is escaped. */
export const quotePython = (plain: string, {language, ascii}: PyStyle): string => {
	const text = plain.includes('\0') ? plain : sound('Python', plain);
	const narrow = ascii || language === 2;
	const wide = [...text].some(char => char > '\x7f');
	const body = [...text]
		.map(
			char =>
				escapes[char] ??
				(char >= ' ' && char <= '~'
					? char
					: !narrow && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)
						? char
						: escaped(char, wide)),
		)
		.join('');
	return `${language === 2 && wide ? 'u' : ''}'${body}'`;
};

const escaped = (char: string, wide: boolean): string => {
	const code = char.codePointAt(0) ?? 0;
	if (code <= 0x7f || (code <= 0xff && wide)) return `\\x${code.toString(16).padStart(2, '0')}`;
	return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
};

/** What a string literal with its prefix means; undefined when it is bytes or cannot be worked out. */
export const decodePython = (source: string, language: 2 | 3, unicodeLiterals: boolean): string | undefined => {
	const [, prefix = '', quote = '', body = ''] = /^([A-Za-z]*)('''|"""|'|")([\s\S]*)\2$/.exec(source) ?? [];
	const letters = prefix.toLowerCase();
	const unicode = language === 3 || letters.includes('u') || unicodeLiterals;
	if (quote === '' || letters.includes('b') || letters.includes('f')) return undefined;
	const text = body.replaceAll('\r\n', '\n');
	if (!unicode && /[^\0-\x7f]/.test(text)) return undefined;
	if (letters.includes('r')) return letters.includes('u') && text.includes('\\') ? undefined : text;
	let known = true;
	const plain = text.replaceAll(
		/\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g,
		(all, what: string) => {
			const first = what[0] as string;
			if (first === '\n') return '';
			if (
				first === 'N' ||
				(!unicode &&
					/^[xu0-7]/i.test(what) &&
					Number.parseInt(what.replace(/^[xuU]/, ''), /^[xuU]/.test(what) ? 16 : 8) > 0x7f)
			)
				known = false;
			if (/^[0-7]/.test(what)) return String.fromCodePoint(Number.parseInt(what, 8));
			if (what.length > 1)
				return !unicode && first !== 'x'
					? all
					: String.fromCodePoint(Math.min(Number.parseInt(what.slice(1), 16), 0x10ffff));
			return simple[first] ?? all;
		},
	);
	return known ? plain : undefined;
};

const simple: Readonly<Record<string, string>> = {
	'\\': '\\',
	"'": "'",
	'"': '"',
	n: '\n',
	r: '\r',
	t: '\t',
	a: '\x07',
	b: '\b',
	f: '\f',
	v: '\v',
};
