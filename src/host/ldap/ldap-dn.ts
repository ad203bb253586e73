/** Distinguished names (RFC 4514) put together and taken apart, so that a comma in a name stays a comma in a name. */

/** `dn(['cn', 'Ada, the first'], ['ou', 'users'], 'dc=a,dc=b')`; the last is a DN already. */
export const dn = (...parts: readonly [...(readonly [string, string])[], string]): string => {
	const base = parts.at(-1) as string;
	const rdns = (parts.slice(0, -1) as readonly (readonly [string, string])[]).map(
		([name, value]) => `${name}=${escaped(value)}`,
	);
	return [...rdns, ...(base === '' ? [] : [base])].join(',');
};

/** The first name of a DN and what is above it. */
export const splitDn = (
	text: string,
): {readonly attribute: string; readonly value: string; readonly parent: string} => {
	const end = firstComma(text);
	const name = text.slice(0, end);
	const at = name.indexOf('=');
	return {
		attribute: name.slice(0, at).trim(),
		value: unescaped(name.slice(at + 1).replace(/^ +/, '')),
		parent: text.slice(end + 1).replace(/^ +/, ''),
	};
};

const escaped = (value: string): string =>
	value
		.replaceAll(/[\\"+,;<>=]/g, character => `\\${character}`)
		// biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may stand in a name as it is.
		.replaceAll(/[\u0000-\u001f\u007f]/g, character => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
		.replace(/^[ #]/, character => `\\${character}`)
		.replace(/ $/, '\\ ');

/** Spaces at the end count only where they are escaped. */
const unescaped = (value: string): string => {
	const bytes: number[] = [];
	let end = 0;
	for (let at = 0; at < value.length; at += 1) {
		const escape = value[at] === '\\';
		const pair = /^\\([0-9a-fA-F]{2})/.exec(value.slice(at, at + 3))?.[1];
		if (escape) at += 1;
		const character = String.fromCodePoint(value.codePointAt(at) ?? 0x5c);
		bytes.push(...(pair === undefined ? Buffer.from(character) : [Number.parseInt(pair, 16)]));
		at += pair === undefined ? character.length - 1 : 1;
		if (escape || character !== ' ') end = bytes.length;
	}
	return Buffer.from(bytes.slice(0, end)).toString('utf8');
};

const firstComma = (text: string): number => {
	for (let at = 0; at < text.length; at += 1) {
		if (text[at] === '\\') at += 1;
		else if (text[at] === ',') return at;
	}
	return text.length;
};
