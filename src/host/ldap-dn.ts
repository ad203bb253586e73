/** Distinguished names (RFC 4514) put together and taken apart, so that a comma in a name stays a comma in a name. */
import {normalDn} from './facts/ldap.ts';

/** `dn(['cn', 'Ada, the first'], ['ou', 'users'], 'dc=a,dc=b')`; the last is a DN already. */
export const dn = (...parts: readonly [...(readonly [string, string])[], string]): string => {
	const base = parts.at(-1) as string;
	const rdns = (parts.slice(0, -1) as readonly (readonly [string, string])[]).map(([name, value]) => `${name}=${escaped(value)}`);
	return [...rdns, ...(base === '' ? [] : [base])].join(',');
};

/** The first name of a DN and what is above it. */
export const splitDn = (text: string): {readonly attribute: string; readonly value: string; readonly parent: string} => {
	const end = firstComma(text);
	const [, attribute = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(text.slice(0, end)) ?? [];
	return {attribute, value: unescaped(value), parent: text.slice(end + 1).trim()};
};

/** Is a DN below another? */
export const isBelow = (dn: string, above: string): boolean => above === '' || normalDn(dn).endsWith(`,${normalDn(above)}`);

const escaped = (value: string): string => value
	.replaceAll(/[\\"+,;<>=]/g, character => `\\${character}`)
	.replaceAll('\0', '\\00')
	.replaceAll(/[\r\n]/g, character => `\\0${character.charCodeAt(0).toString(16)}`)
	.replace(/^[ #]/, character => `\\${character}`)
	.replace(/ $/, '\\ ');

const unescaped = (value: string): string => {
	const bytes: number[] = [];
	for (let at = 0; at < value.length; at += 1) {
		const pair = /^\\([0-9a-fA-F]{2})/.exec(value.slice(at, at + 3))?.[1];
		if (pair !== undefined) {
			bytes.push(Number.parseInt(pair, 16));
			at += 2;
			continue;
		}
		if (value[at] === '\\') at += 1;
		const character = String.fromCodePoint(value.codePointAt(at) ?? 0x5c);
		bytes.push(...Buffer.from(character));
		at += character.length - 1;
	}
	return Buffer.from(bytes).toString('utf8');
};

const firstComma = (text: string): number => {
	for (let at = 0; at < text.length; at += 1) {
		if (text[at] === '\\') at += 1;
		else if (text[at] === ',') return at;
	}
	return text.length;
};
