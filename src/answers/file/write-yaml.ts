/** Prints values so that they read back as they were: one line each, secret references as `{file: PATH}`. */
import {stringify} from 'yaml';

/** A value on one line. */
export const yamlValue = (value: unknown): string => {
	const text = stringify(value, {
		collectionStyle: typeof value === 'string' ? 'any' : 'flow',
		flowCollectionPadding: false,
		blockQuote: false,
		lineWidth: 0,
		doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
		version: '1.2',
		schema: 'core',
		aliasDuplicateObjects: false,
	}).replace(/\n$/, '');
	// A flow collection of many entries is still broken into lines, and its indentation would not fit where it is put; a byte order mark is dropped by whoever reads it.
	return /[\n\uFEFF]/.test(text) ? JSON.stringify(value).replaceAll('\uFEFF', '\\uFEFF') : text;
};

/** The lines of a key with its value; a list that does not fit into one line has a line per entry. */
export const yamlEntry = (indent: string, key: string, value: unknown): readonly string[] => {
	const line = `${indent}${yamlKey(key)}: ${yamlValue(value)}`;
	if (line.length <= 96 || !Array.isArray(value)) return [line];
	return [`${indent}${yamlKey(key)}:`, ...value.map(one => `${indent}  - ${yamlValue(one)}`)];
};

/** A key, quoted where it must be. */
export const yamlKey = (key: string): string => yamlValue(key);

/** Comment lines no wider than the screen; control characters cannot break out of them. */
export const commentLines = (text: string, indent: string): readonly string[] =>
	text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).flatMap(paragraph => {
		const lines: string[] = [];
		let line = '';
		for (const word of paragraph.replaceAll(/\p{Cc}/gu, ' ').split(/ +/)) {
			if (line !== '' && indent.length + line.length + word.length > 96) {
				lines.push(line);
				line = '';
			}
			line = line === '' ? word : `${line} ${word}`;
		}
		return [...lines, line].map(one => `${indent}# ${one}`.trimEnd());
	});
