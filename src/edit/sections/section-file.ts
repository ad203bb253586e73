/** my.cnf, uwsgi's ini and systemd units are all sections of `key = value` lines; how each reads a value is its dialect. Never printed back: the npm package `ini` turns `!includedir X` into `!includedir X=true`. */
import {sameText, type Text} from '#model/secret.ts';
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {type Found, settle} from '../line-formats/lines-wanted.ts';
import {eolOf, insertLines, lineNumber} from '../lines.ts';
import {quoted} from '../quoted.ts';
import type {SectionDialect} from './dialect.ts';
import {type Entry, readSections, type Section, type SectionFile} from './read.ts';

/**
 * `value: true` is a bare flag (`skip-name-resolve`), null takes the key out, `values` is a line for each.
 * `variables` writes the value as it is where the format would expand something in it (`%i`, `$(HOME)`).
 */
export type SectionSetting =
	| {readonly section: string; readonly key: string; readonly value: Text | true | null; readonly variables?: true}
	| {readonly section: string; readonly key: string; readonly values: readonly Text[]; readonly variables?: true};

export const sectionEditor = (dialect: SectionDialect): Editor<SectionSetting> =>
	editorOf<SectionSetting>({
		format: dialect.format,
		name: ({section, key}) => `[${section}] ${key}`,
		one: (source, setting) => {
			check(dialect, setting);
			const file = readSections(dialect, source);
			const sections = named(dialect, file, setting.section);
			const wanted = valuesWanted(setting).map(value => wantedLine(dialect, setting, value));
			const section = sections.at(-1);
			const found = entriesOf(dialect, sections, setting.key);
			refuseConditional(dialect, source, found);
			const splices = section
				? settle(source, found, wanted, () => placeFor(source, section, setting.key))
				: wanted.length === 0
					? []
					: [
							newSection(
								source,
								setting.section,
								wanted.map(({line}) => line),
							),
						];
			if (splices.some(({start, end}) => start === source.length && end === start)) refuseOpenEnd(dialect, file);
			return splices;
		},
		all: (source, {section, key}) =>
			entriesOf(dialect, named(dialect, readSections(dialect, source), section), key).map(({line}) => line),
	});

const named = (dialect: SectionDialect, {sections}: SectionFile, name: string): readonly Section[] => {
	const plain = dialect.sectionName ?? (one => one);
	return sections.filter(one => plain(one.name) === plain(name));
};

const refuseConditional = (dialect: SectionDialect, source: string, found: readonly Entry[]): void => {
	const one = found.find(({conditional}) => conditional);
	if (one)
		throw refusal(
			dialect.format,
			`${one.key} is set under a condition on line ${lineNumber(source, one.line.start)}`,
			'Change it by hand: which value counts is decided when the file is read.',
		);
};

const refuseOpenEnd = (dialect: SectionDialect, {openEnd, openCondition}: SectionFile): void => {
	if (openEnd || openCondition)
		throw refusal(
			dialect.format,
			openEnd
				? 'the last line ends with a backslash and goes on with whatever comes behind it'
				: 'a condition is not closed at the end of the file',
			'End it by hand, then run the plan again.',
		);
};

const valuesWanted = (setting: SectionSetting): readonly (Text | true)[] => {
	if ('values' in setting) return setting.values;
	return setting.value === null ? [] : [setting.value];
};

const wantedLine = (dialect: SectionDialect, {key, variables}: SectionSetting, value: Text | true) => {
	const text: Text =
		value === true ? [] : quoted(value, plain => (variables ? dialect.raw(plain) : dialect.quote(plain, key)));
	return {
		line: value === true ? [key] : [`${key}${dialect.equals}`, ...text],
		value: (entry: Entry & Found): Text => (entry.flag && value !== true ? [dialect.equals, ...text] : text),
		holds: (entry: Entry): boolean => {
			if (value === true || entry.flag) return value === true && entry.flag;
			const read = dialect.read(entry.text, key);
			return variables ? sameText(value, entry.text) : read !== undefined && sameText(value, read);
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
	const shown = section.comments.findLast(
		line =>
			!line.conditional &&
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
	if (!/^[^\]\r\n]+$/.test(section) || !/^[^ \t\v\f\r\n=#;[!]([^=\r\n]*[^ \t\v\f\r\n=])?$/.test(key))
		throw refusal(
			dialect.format,
			'a section or key cannot have this name',
			'Use letters, digits, dashes and underscores.',
		);
};
