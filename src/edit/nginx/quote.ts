/** Writes one nginx argument. A `$` can be written literally nowhere, so it is refused unless the setting wants variables. */
import {cannotHold, sound} from '../quoted.ts';

/** nginx reads its file through a buffer of 4096 bytes and refuses a longer word. */
export const nginxQuote =
	(variables: boolean) =>
	(plain: string): string => {
		const format = 'nginx';
		if (sound(format, plain).includes('$') && !variables)
			throw cannotHold(format, 'a $, where nginx would put a variable');
		if (Buffer.byteLength(plain) > 2000) throw cannotHold(format, 'more than 2000 bytes');
		if (/^[^ \t\v\f\r\n;{}"'\\#]+$/.test(plain)) return plain;
		const escapes: Readonly<Record<string, string>> = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};
		return `"${plain.replaceAll(/[\\"]/g, '\\$&').replaceAll(/[\n\r\t]/g, char => escapes[char] ?? char)}"`;
	};
