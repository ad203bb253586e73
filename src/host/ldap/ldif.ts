/**
 * LDIF (RFC 2849), the language of ldapsearch and ldapmodify. Everything that is not plainly safe goes as base64, so that no
 * value, however hostile, can end a line or begin a record.
 */
import {Fault} from '#model/fault.ts';
import {quoteText, type Text} from '#model/secret.ts';

/** Attribute names in lower case; values in the order of the server. */
export type LdifEntry = {readonly dn: string; readonly attributes: ReadonlyMap<string, readonly string[]>};

export type LdifValue = string | Uint8Array | Text;
export type LdifChange = {
	readonly op: 'add' | 'delete' | 'replace';
	readonly attribute: string;
	readonly values: readonly LdifValue[];
};

/** The entries of a search's output. Throws Fault 'ldif.parse' with the line. */
export const parseLdif = (text: string): readonly LdifEntry[] => {
	const entries: LdifEntry[] = [];
	let dn: string | undefined;
	let attributes = new Map<string, string[]>();
	const end = (): void => {
		if (dn !== undefined) entries.push({dn, attributes});
		dn = undefined;
		attributes = new Map();
	};
	for (const {line, number} of unfolded(text)) {
		if (line === '') end();
		if (line === '' || line.startsWith('#') || (dn === undefined && /^version:/i.test(line))) continue;
		const {name, value} = parseLine(line, number);
		if (dn === undefined && name !== 'dn') throw parseFault(number, 'an entry must begin with dn:');
		if (name === 'dn') {
			end();
			dn = value;
		} else {
			attributes.set(name, [...(attributes.get(name) ?? []), value]);
		}
	}
	end();
	return entries;
};

/** A new entry. */
export const addRecord = (dn: string, attributes: Readonly<Record<string, readonly LdifValue[]>>): Text => [
	...line('dn', dn),
	'changetype: add\n',
	...Object.entries(attributes).flatMap(([name, values]) => values.flatMap(value => line(name, value))),
	'\n',
];

/** Changes of one entry, done as one: all of them or none. */
export const modifyRecord = (dn: string, changes: readonly LdifChange[]): Text => [
	...line('dn', dn),
	'changetype: modify\n',
	...changes.flatMap(({op, attribute, values}) => [
		`${op}: ${checkedName(attribute)}\n`,
		...values.flatMap(value => line(attribute, value)),
		'-\n',
	]),
	'\n',
];

export const deleteRecord = (dn: string): Text => [...line('dn', dn), 'changetype: delete\n', '\n'];

/** Entries as a file to restore from. */
export const entryRecords = (
	entries: readonly {readonly dn: string; readonly attributes: ReadonlyMap<string, readonly LdifValue[]>}[],
): Text =>
	entries.flatMap(({dn, attributes}) => [
		...line('dn', dn),
		...[...attributes].flatMap(([name, values]) => values.flatMap(value => line(name, value))),
		'\n',
	]);

/** Lines joined where the next begins with a space, with the number of their first. */
const unfolded = (text: string): readonly {readonly line: string; readonly number: number}[] => {
	const out: {line: string; number: number}[] = [];
	for (const [index, raw] of text.split(/\r?\n/).entries()) {
		const last = out.at(-1);
		if (raw.startsWith(' ') && last !== undefined && last.line !== '') last.line += raw.slice(1);
		else out.push({line: raw, number: index + 1});
	}
	return out;
};

const parseLine = (line: string, number: number): {readonly name: string; readonly value: string} => {
	const match = /^([A-Za-z0-9.;_-]+):([:<]?) *([^\0]*)$/.exec(line);
	if (!match) throw parseFault(number, 'this is no attribute');
	const [, name = '', kind, value = ''] = match;
	if (kind === '<') throw parseFault(number, 'values from a URL are not read');
	return {name: name.toLowerCase(), value: kind === ':' ? Buffer.from(value, 'base64').toString('utf8') : value};
};

const line = (name: string, value: LdifValue): Text => {
	if (value instanceof Uint8Array) return [`${checkedName(name)}:: ${Buffer.from(value).toString('base64')}\n`];
	if (typeof value !== 'string')
		return [`${checkedName(name)}:: `, ...quoteText(value, plain => Buffer.from(plain).toString('base64')), '\n'];
	return [
		safe.test(value)
			? `${checkedName(name)}: ${value}\n`
			: `${checkedName(name)}:: ${Buffer.from(value).toString('base64')}\n`,
	];
};

/** SAFE-STRING of the RFC, and no space at the end, which some readers drop. */
const safe = /^(?:[\x21-\x39\x3b\x3d-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

const checkedName = (name: string): string => {
	if (!/^[A-Za-z0-9][A-Za-z0-9.;-]*$/.test(name))
		throw new Fault(
			'ldif.attribute',
			`${JSON.stringify(name)} is no name of an LDAP attribute`,
			'Use letters, digits and hyphens.',
		);
	return name;
};

const parseFault = (number: number, what: string): Fault =>
	new Fault(
		'ldif.parse',
		`LDIF: ${what} at line ${number}`,
		'The directory answered something unexpected; run the search by hand to see it.',
	);
