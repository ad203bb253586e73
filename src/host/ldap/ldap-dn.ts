/**
 * Distinguished names (RFC 4514) put together, taken apart and judged by one reader: a comma in a name stays a comma in a name, and a
 * base DN with a slip, which installs green and fails at the first login, is told before anything is touched.
 */

/** `dn(['cn', 'Ada, the first'], ['ou', 'users'], 'dc=a,dc=b')`; the last is a DN already. */
export const dn = (...parts: readonly [...(readonly [string, string])[], string]): string => {
	const base = parts.at(-1) as string;
	const rdns = (parts.slice(0, -1) as readonly (readonly [string, string])[]).map(
		([name, value]) => `${name}=${escaped(value)}`,
	);
	return [...rdns, ...(base === '' ? [] : [base])].join(',');
};

/** The first name of a DN and what is above it. What a server gives is taken as it is: blanks around a name, a bare `#`. */
export const splitDn = (
	text: string,
): {readonly attribute: string; readonly value: string; readonly parent: string} => {
	const equals = text.indexOf('=');
	const read = readValue(text, equals + 1 + (/^ */.exec(text.slice(equals + 1))?.[0].length ?? 0), true);
	if (equals < 0 || 'why' in read) return {attribute: '', value: text, parent: ''};
	let end = read.end;
	// The others of a name of several are passed over.
	while (text[end] === '+') {
		const more = readValue(text, end + 1, true);
		end = 'why' in more ? text.length : more.end;
	}
	return {attribute: text.slice(0, equals).trim(), value: read.value, parent: text.slice(end + 1).replace(/^ +/, '')};
};

/** One relative name: `cn=admin`, or several joined by `+`. */
export type Rdn = readonly {readonly type: string; readonly value: string}[];
export type ParsedDn =
	| {readonly ok: true; readonly rdns: readonly Rdn[]}
	| {readonly ok: false; readonly at: number; readonly why: string};

/** Parses a distinguished name's string form (RFC 4514, section 3); `at` counts from 0. The empty name is refused: nobody means it. */
export const parseDn = (text: string): ParsedDn => {
	const rdns: {type: string; value: string}[][] = [];
	let at = 0;
	let joined = false;
	for (;;) {
		const type = attributeType.exec(text.slice(at));
		if (!type)
			return {
				ok: false,
				at,
				why: at >= text.length ? 'a name and a value are missing' : 'an attribute name must start here',
			};
		at += type[0].length;
		if (text[at] !== '=') return {ok: false, at, why: `'=' must follow ${type[1]}`};
		at++;
		const value = readValue(text, at);
		if ('why' in value) return {ok: false, ...value};
		if (joined) rdns.at(-1)!.push({type: type[1]!, value: value.value});
		else rdns.push([{type: type[1]!, value: value.value}]);
		at = value.end;
		if (at >= text.length) return {ok: true, rdns};
		joined = text[at] === '+';
		at++;
	}
};

const attributeType = /^ ?((?:[A-Za-z][A-Za-z0-9-]{0,63})|(?:\d{1,10}(?:\.\d{1,10}){1,40}))/;

/** Up to the next bare comma or plus. */
const readValue = (
	text: string,
	start: number,
	lenient = false,
): {readonly value: string; readonly end: number} | {readonly at: number; readonly why: string} => {
	if (text[start] === '#' && !lenient) {
		const hex = /^#(?:[0-9a-fA-F]{2})+(?=[,+]|$)/.exec(text.slice(start));
		return hex
			? {value: hex[0], end: start + hex[0].length}
			: {at: start, why: "after '#' come pairs of hexadecimal digits"};
	}
	const bytes: number[] = [];
	let end = 0;
	let at = start;
	for (; at < text.length && text[at] !== ',' && text[at] !== '+'; at++) {
		const char = String.fromCodePoint(text.codePointAt(at)!);
		if (char === '\\') {
			const pair = /^\\([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3));
			const special = /^[ "#+,;<=>\\]$/.test(text[at + 1] ?? '');
			if (!pair && !special && !lenient)
				return {at, why: "after '\\' comes a special character or two hexadecimal digits"};
			const next = String.fromCodePoint(text.codePointAt(at + 1) ?? 0x5c);
			bytes.push(...(pair ? [Number.parseInt(pair[1]!, 16)] : encoder.encode(next)));
			at += pair ? 2 : next.length;
			end = bytes.length;
			continue;
		}
		if (/["<>;\0]/.test(char) && !lenient)
			return {
				at,
				why: `${char === '\0' ? 'NUL' : char} must be written as \\${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
			};
		if (
			char === ' ' &&
			!lenient &&
			(at === start || at === text.length - 1 || text[at + 1] === ',' || text[at + 1] === '+')
		)
			return {at, why: "a space at the start or end of a value must be written as '\\ '"};
		bytes.push(...encoder.encode(char));
		// Spaces at the end count only where they are escaped.
		if (char !== ' ') end = bytes.length;
		at += char.length - 1;
	}
	if (at === start && !lenient) return {at, why: 'a value is missing'};
	if (lenient) return {value: Buffer.from(bytes.slice(0, end)).toString('utf8'), end: at};
	try {
		return {value: decoder.decode(Uint8Array.from(bytes)), end: at};
	} catch {
		return {at: start, why: 'the value is not UTF-8'};
	}
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {fatal: true});

const escaped = (value: string): string =>
	value
		.replaceAll(/[\\"+,;<>=]/g, character => `\\${character}`)
		// biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may stand in a name as it is.
		.replaceAll(/[\u0000-\u001f\u007f]/g, character => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
		.replace(/^[ #]/, character => `\\${character}`)
		.replace(/ $/, '\\ ');
