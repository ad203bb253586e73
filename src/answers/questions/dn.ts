/** A base DN with a slip installs green and fails at the first login, so it is parsed as RFC 4514 says before anything is touched. */

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
): {readonly value: string; readonly end: number} | {readonly at: number; readonly why: string} => {
	if (text[start] === '#') {
		const hex = /^#(?:[0-9a-fA-F]{2})+(?=[,+]|$)/.exec(text.slice(start));
		return hex
			? {value: hex[0], end: start + hex[0].length}
			: {at: start, why: "after '#' come pairs of hexadecimal digits"};
	}
	const bytes: number[] = [];
	let at = start;
	for (; at < text.length && text[at] !== ',' && text[at] !== '+'; at++) {
		const char = String.fromCodePoint(text.codePointAt(at)!);
		if (char === '\\') {
			const pair = /^\\([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3));
			const special = /^[ "#+,;<=>\\]$/.test(text[at + 1] ?? '');
			if (!pair && !special) return {at, why: "after '\\' comes a special character or two hexadecimal digits"};
			bytes.push(pair ? Number.parseInt(pair[1]!, 16) : text.charCodeAt(at + 1));
			at += pair ? 2 : 1;
			continue;
		}
		if (/["<>;\0]/.test(char))
			return {
				at,
				why: `${char === '\0' ? 'NUL' : char} must be written as \\${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
			};
		if (char === ' ' && (at === start || at === text.length - 1 || text[at + 1] === ',' || text[at + 1] === '+'))
			return {at, why: "a space at the start or end of a value must be written as '\\ '"};
		bytes.push(...encoder.encode(char));
		at += char.length - 1;
	}
	if (at === start) return {at, why: 'a value is missing'};
	try {
		return {value: decoder.decode(Uint8Array.from(bytes)), end: at};
	} catch {
		return {at: start, why: 'the value is not UTF-8'};
	}
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', {fatal: true});
