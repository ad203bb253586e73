/**
 * my.cnf of MySQL and MariaDB: dashes and underscores in a key are one, a comment may follow a value, and the server
 * takes quotes off and escapes back the way `my_default.c` does. `!includedir` lines stay where they are.
 */

import {trimmedEnd} from '../blanks.ts';
import {refusal} from '../editor.ts';
import {cannotHold, sound} from '../quoted.ts';
import type {SectionDialect} from './dialect.ts';
import {sectionEditor} from './section-file.ts';

const format = 'my.cnf';

const quote = (plain: string): string => {
	if (Buffer.byteLength(sound(format, plain)) > 3000)
		throw refusal(format, 'the value is longer than a line may be (4096 bytes)', 'Give a shorter value.');
	if (/(?![\n\r\t\b])\p{Cc}/u.test(plain)) throw cannotHold(format, 'a control character');
	if (/^[\w./:,@%+-]+( [\w./:,@%+-]+)*$/.test(plain)) return plain;
	return `"${plain.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t').replaceAll('\b', '\\b')}"`;
};

const letters: Readonly<Record<string, string>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	b: '\b',
	s: ' ',
	'"': '"',
	"'": "'",
	'\\': '\\',
};

const read = (written: string): string => {
	const bare = /^(["'])([\s\S]*)\1$/.exec(written)?.[2] ?? written;
	return bare.replaceAll(/\\([\s\S])/g, (all, char: string) => letters[char] ?? all);
};

/** Where a `#` outside quotes begins a comment; the server takes `;` for one only at the start of a line. */
const commentStart = (text: string): number => {
	let open = '';
	let escaped = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at] as string;
		if ((char === '"' || char === "'") && !escaped) {
			if (open === '') open = char;
			else if (open === char) open = '';
		}
		if (open === '' && char === '#') return at;
		escaped = open !== '' && char === '\\' && !escaped;
	}
	return text.length;
};

/** How the server reads its option files. */
export const myCnfDialect: SectionDialect = {
	format,
	equals: ' = ',
	continues: false,
	other: /^!(include|includedir)[ \t]/,
	sectionName: name => trimmedEnd(name).toLowerCase(),
	flags: true,
	sameKey: (a, b) => optionName(a) === optionName(b),
	valueEnd: commentStart,
	quote,
	raw: quote,
	read,
};

export const myCnf = sectionEditor(myCnfDialect);

/** `loose-bind-address` is `bind_address` to a server that knows it. */
const optionName = (key: string): string => key.replaceAll('_', '-').replace(/^loose-/, '');
