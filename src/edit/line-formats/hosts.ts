/** /etc/hosts: names of this host's network. A name is taken from wrong addresses and given to the right one; no other name ever goes, localhost least of all. */

import {wordsIn} from '../blanks.ts';
import {type Editor, refusal, type Span, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {ipFamily} from '../ip-family.ts';
import {insertLines, linesOf} from '../lines.ts';

/** The name resolves to the address (among others of the other family). `present: false`: the name is not with that address. */
export type HostsSetting = {readonly name: string; readonly address: string; readonly present?: false};

const format = 'hosts';

export const hosts: Editor<HostsSetting> = {
	...editorOf<HostsSetting>({
		format,
		name: setting => `${setting.name} -> ${setting.address}`,
		one: (source, setting) => {
			check(setting);
			const entries = entriesOf(source);
			const has = (entry: HostsEntry): boolean => entry.names.some(one => sameName(one.name, setting.name));
			const right = entries.filter(entry => has(entry) && sameAddress(entry.address, setting.address));
			if (setting.present === false) return right.flatMap(entry => withoutName(entry, setting.name));
			const wrong = entries.filter(
				entry =>
					has(entry) &&
					!sameAddress(entry.address, setting.address) &&
					family(entry.address) === family(setting.address),
			);
			const taken = wrong.flatMap(entry => withoutName(entry, setting.name));
			return right.length > 0
				? taken
				: [...taken, insertLines(source, source.length, [[`${setting.address}\t${setting.name}`]])];
		},
		all: (source, {name, address}) =>
			entriesOf(source)
				.filter(entry => sameAddress(entry.address, address) && entry.names.some(one => sameName(one.name, name)))
				.map(entry => entry.line),
	}),
	without: ({name, address}) => ({name, address, present: false}),
};

/** One line: an address and the names it has, with the offsets of each. */
export type HostsEntry = {
	readonly line: Span;
	readonly address: string;
	readonly names: readonly (Span & {readonly name: string})[];
};

/** The lines of a hosts file as glibc reads them: one whose address is none (a BOM or a no-break space is a part of it) is passed over. */
export const entriesOf = (source: string): readonly HostsEntry[] =>
	linesOf(source).flatMap(line => {
		const words = wordsIn(line.text.split('#', 1)[0] ?? '').map(({text, index}) => ({
			name: text,
			start: line.start + index,
			end: line.start + index + text.length,
		}));
		const [address, ...names] = words;
		return address === undefined || ipFamily(address.name.split('%')[0] ?? '') === 0
			? []
			: [{line: {start: line.start, end: line.next}, address: address.name, names}];
	});

/** The whole line goes with its last name. A name takes the blanks behind it along, at the end of the line those before it. */
const withoutName = ({line, names}: HostsEntry, name: string): readonly Splice[] => {
	const kept = names.findLastIndex(one => !sameName(one.name, name));
	const last = names[kept];
	if (last === undefined) return [{...line, text: []}];
	const inside = names
		.slice(0, kept)
		.flatMap((one, at) =>
			sameName(one.name, name) ? [{start: one.start, end: names[at + 1]?.start ?? one.end, text: []}] : [],
		);
	const end = names.at(-1)?.end ?? last.end;
	return end === last.end ? inside : [...inside, {start: last.end, end, text: []}];
};

/** Host names have no case. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `::1` and `0:0:0:0:0:0:0:1` are one address. */
const sameAddress = (a: string, b: string): boolean =>
	a === b || (ipFamily(a) === 6 && ipFamily(b) === 6 && shortest(a) === shortest(b));

const shortest = (address: string): string =>
	address.includes('%') ? address.toLowerCase() : new URL(`http://[${address}]`).hostname;

const family = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

const check = ({name, address}: HostsSetting): void => {
	if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name))
		throw refusal(format, 'a host name has characters it cannot have', 'Use letters, digits, dots and hyphens.');
	if (!/^[0-9a-fA-F:.%]+$/.test(address))
		throw refusal(format, `${JSON.stringify(address)} is no address`, 'Give an IPv4 or IPv6 address.');
	if (/^localhost$|^ip6-(localhost|loopback)$/.test(name))
		throw refusal(format, `${name} belongs to the loopback lines`, 'Leave it to them.');
};
