/** Reads the records of pg_hba.conf, and tells whether one catches every connection that another would. */

import {parseFault, type Span} from '../editor.ts';
import {inTime} from '../in-time.ts';
import {ipFamily} from '../ip-family.ts';
import {linesOf} from '../lines.ts';

/** A word as written (a keyword loses its meaning in quotes) and as meant. */
export type HbaWord = Span & {readonly value: string; readonly quoted: boolean};
/** Each field is a comma list. `method` spans the method and its options. */
export type HbaRecord = {
	readonly line: Span;
	readonly type: string;
	readonly databases: readonly HbaWord[];
	readonly users: readonly HbaWord[];
	/** `127.0.0.1/32`, a host name, `all`, `samehost`; '' for local. A separate mask is folded in. */
	readonly address: string;
	readonly method: Span & {readonly words: readonly string[]};
};

const format = 'pg_hba.conf';

/** Where each `include` line (PostgreSQL 16) starts: what it brings may catch anything. */
export const includesOf = (source: string): readonly number[] =>
	linesOf(source).flatMap(({start, text}) => (/^[ \t]*include(_if_exists|_dir)?[ \t]/.test(text) ? [start] : []));

/** Every record in order; comments and include lines are passed over. Throws Fault 'edit.parse' for a line that is none. */
export const recordsOf = (source: string): readonly HbaRecord[] => inTime('pg_hba.conf', () => readRecordsOf(source));

const readRecordsOf = (source: string): readonly HbaRecord[] => {
	const records: HbaRecord[] = [];
	const lines = linesOf(source);
	for (let at = 0; at < lines.length; at++) {
		const {start} = lines[at]!;
		while (lines[at]!.text.endsWith('\\') && lines[at + 1]) at++;
		const {end, next} = lines[at]!;
		const fields = fieldsOf(source, start, end);
		const first = fields[0]?.[0];
		if (!first || /^include(_if_exists|_dir)?$/.test(first.value)) continue;
		const local = first.value === 'local';
		if (!/^(local|host|host(no)?(ssl|gssenc))$/.test(first.value))
			throw parseFault(format, source, first.start, 'a record of no known type');
		const address = local ? '' : (fields[3]?.[0]?.value ?? '');
		const mask = !local && ipFamily(address) > 0 ? prefixOf(fields[4]?.[0]?.value ?? '') : undefined;
		const rest = fields.slice(local ? 3 : mask === undefined ? 4 : 5).flat();
		const [databases, users, method] = [fields[1], fields[2], rest[0]];
		if (!databases || !users || !method) throw parseFault(format, source, start, 'a record with fields missing');
		records.push({
			line: {start, end: next},
			type: first.value,
			databases,
			users,
			address: mask === undefined ? address : `${address}/${mask}`,
			method: {start: method.start, end: rest.at(-1)!.end, words: rest.map(({value}) => value)},
		});
	}
	return records;
};

/** 255.255.255.0 as 24; undefined when it is no mask. */
const prefixOf = (mask: string): number | undefined => {
	const family = ipFamily(mask);
	if (family === 0) return undefined;
	if (family === 4)
		return mask
			.split('.')
			.map(part => Number(part).toString(2).replaceAll('0', '').length)
			.reduce((a, b) => a + b, 0);
	return mask
		.split(':')
		.map(part => (part === '' ? 0 : Number.parseInt(part, 16)).toString(2).replaceAll('0', '').length)
		.reduce((a, b) => a + b, 0);
};

/** Fields are parted by blanks, and a comma goes on with the same one. */
const fieldsOf = (source: string, start: number, end: number): readonly (readonly HbaWord[])[] => {
	const fields: HbaWord[][] = [];
	let comma = false;
	for (let at = start; at < end; ) {
		const char = source[at] as string;
		if (char === '#') break;
		if (/[ \t\r\n\\]/.test(char) && (char !== '\\' || /[\r\n]/.test(source[at + 1] ?? ''))) {
			at++;
			continue;
		}
		if (char === ',') {
			comma = true;
			at++;
			continue;
		}
		const word = wordAt(source, at, end);
		if (comma) fields.at(-1)?.push(word);
		else fields.push([word]);
		comma = false;
		at = word.end;
	}
	return fields;
};

const wordAt = (source: string, start: number, end: number): HbaWord => {
	let value = '';
	let open = false;
	let at = start;
	for (; at < end; at++) {
		const char = source[at] as string;
		if (!open && (/[ \t\r\n,#]/.test(char) || /^\\\r?\n/.test(source.slice(at, at + 3)))) break;
		if (char !== '"') value += char;
		else if (open && source[at + 1] === '"') {
			value += char;
			at++;
		} else open = !open;
	}
	if (open) throw parseFault(format, source, start, 'a quote that is not closed');
	return {start, end: at, value, quoted: source[start] === '"'};
};
