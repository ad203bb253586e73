/**
 * Text for a terminal without UTF-8: the signs of our own reports as what comes nearest, letters without their accents. Bytes that a locale does not
 * know come out as two or three wrong signs each, and nothing is aligned any more.
 */

/** One sign of a text, as ASCII; undefined where nothing comes near. */
export const asciiSign = (sign: string): string | undefined =>
	/^[ -~]$/.test(sign) ? sign : (signs[sign] ?? /^[ -~]/.exec(sign.normalize('NFD'))?.[0]);

/** A whole text; tabs and line ends stay, combining marks go, and what nothing comes near is a question mark. */
export const asciiText = (text: string): string =>
	[...text.normalize('NFC').replace(/\p{M}/gu, '')]
		.map(sign => (/[\t\n]/.test(sign) ? sign : (asciiSign(sign) ?? '?')))
		.join('');

/** Whether more than ASCII arrives as it should: the locale says UTF-8, and it is not the Linux console, whose font has few signs. */
export const showsUnicode = (env: Readonly<Record<string, string | undefined>>): boolean =>
	/utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '') && env['TERM'] !== 'linux';

const signs: Readonly<Record<string, string>> = {
	'·': '-',
	'•': '*',
	'…': '...',
	'—': '-',
	'–': '-',
	'“': '"',
	'”': '"',
	'„': '"',
	'’': "'",
	'‘': "'",
	'→': '->',
	'▸': '>',
	'✔': '+',
	'✖': 'x',
	'×': 'x',
};
