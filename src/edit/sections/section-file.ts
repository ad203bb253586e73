/** my.cnf, uwsgi's ini and systemd units are all sections of `key = value` lines; how each reads a value is its dialect. Never printed back: the npm package `ini` turns `!includedir X` into `!includedir X=true`. */
import {sameText, type Text} from '#model/secret.ts';
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {type Found, settle} from '../line-formats/lines-wanted.ts';
import {eolOf, insertLines} from '../lines.ts';
import {quoted} from '../quoted.ts';
import {type Entry, type Section, sectionsOf} from './read.ts';

/**
 * `value: true` is a bare flag (`skip-name-resolve`), null takes the key out, `values` is a line for each.
 * `variables` writes the value as it is where the format would expand something in it (`%i`, `$(HOME)`).
 */
export type SectionSetting =
	| {readonly section: string; readonly key: string; readonly value: Text | true | null; readonly variables?: true}
	| {readonly section: string; readonly key: string; readonly values: readonly Text[]; readonly variables?: true};

export type SectionDialect = {
	readonly format: string;
	/** Between key and value on a new line. */
	readonly equals: string;
	/** Does a backslash at its end continue a line? */
	readonly continues: boolean;
	/** Lines that are neither section nor key: `!includedir`. */
	readonly other: RegExp;
	/** May a key stand without a value? */
	readonly flags: boolean;
	sameKey(a: string, b: string): boolean;
	/** How far the value reaches on its line: before a comment, for those that have one there. */
	valueEnd?(text: string): number;
	quote(plain: string, key: string): string;
	/** What is written when the format may expand in it. */
	raw(plain: string): string;
	/** What the program reads; undefined when it expands something. */
	read(written: string, key: string): string | undefined;
};

export const sectionEditor = (dialect: SectionDialect): Editor<SectionSetting> =>
	editorOf<SectionSetting>({
		format: dialect.format,
		name: ({section, key}) => `[${section}] ${key}`,
		one: (source, setting) => {
			check(dialect, setting);
			const sections = sectionsOf(dialect, source).filter(({name}) => name === setting.section);
			const wanted = valuesWanted(setting).map(value => wantedLine(dialect, source, setting, value));
			const section = sections.at(-1);
			if (section)
				return settle(source, entriesOf(dialect, sections, setting.key), wanted, () =>
					placeFor(source, section, setting.key),
				);
			return wanted.length === 0
				? []
				: [
						newSection(
							source,
							setting.section,
							wanted.map(({line}) => line),
						),
					];
		},
		all: (source, {section, key}) =>
			entriesOf(
				dialect,
				sectionsOf(dialect, source).filter(({name}) => name === section),
				key,
			).map(({line}) => line),
	});

const valuesWanted = (setting: SectionSetting): readonly (Text | true)[] => {
	if ('values' in setting) return setting.values;
	return setting.value === null ? [] : [setting.value];
};

const wantedLine = (dialect: SectionDialect, source: string, {key, variables}: SectionSetting, value: Text | true) => {
	const text: Text =
		value === true ? [] : quoted(value, plain => (variables ? dialect.raw(plain) : dialect.quote(plain, key)));
	return {
		line: value === true ? [key] : [`${key}${dialect.equals}`, ...text],
		value: (entry: Entry & Found): Text => (entry.flag && value !== true ? [dialect.equals, ...text] : text),
		holds: (entry: Entry): boolean => {
			if (value === true || entry.flag) return value === true && entry.flag;
			const written = source.slice(entry.written.start, entry.written.end);
			const read = dialect.read(written, key);
			return variables ? sameText(value, written) : read !== undefined && sameText(value, read);
		},
	};
};

/** A flag is made by taking out `= value`, a value changed by replacing just that. */
const entriesOf = (dialect: SectionDialect, sections: readonly Section[], key: string): readonly (Entry & Found)[] =>
	sections
		.flatMap(({entries}) => entries)
		.filter(entry => dialect.sameKey(entry.key, key))
		.map(entry => ({...entry, value: entry.written}));

const placeFor = (source: string, section: Section, key: string): number => {
	const shown = section.comments.findLast(line =>
		new RegExp(`^[#;][ \\t]*${key.replaceAll(/\W/g, '\\$&')}[ \\t]*(=|$)`).test(source.slice(line.start, line.end)),
	);
	return shown?.next ?? section.entries.at(-1)?.line.end ?? section.header.end;
};

const newSection = (source: string, name: string, lines: readonly Text[]): Splice => {
	const blank = source === '' || /\n\r?\n$/.test(source);
	const added = insertLines(source, source.length, [[`[${name}]`], ...lines]);
	if (blank) return added;
	const eol = eolOf(source);
	return {
		...added,
		text: [source.endsWith('\n') ? '' : eol, eol, ...(source.endsWith('\n') ? added.text : added.text.slice(1))],
	};
};

const check = (dialect: SectionDialect, {section, key}: SectionSetting): void => {
	if (!/^[^\]\r\n]+$/.test(section) || !/^[^\s=#;[!]([^=\r\n]*[^\s=])?$/.test(key))
		throw refusal(
			dialect.format,
			'a section or key cannot have this name',
			'Use letters, digits, dashes and underscores.',
		);
};
