/** The keys and values of a section file as its program reads them, with their lines: the editors' reader, for what only looks. */
import {lineNumber} from '#edit/lines.ts';
import type {SectionDialect} from '#edit/sections/dialect.ts';
import {readSections} from '#edit/sections/read.ts';

export type SectionLines = readonly {readonly key: string; readonly value: string; readonly line: number}[];

/** By section, those of one name together. A line that is none of the format is passed over; a flag has an empty value. */
export const sectionLines = (dialect: SectionDialect, source: string): ReadonlyMap<string, SectionLines> => {
	const found = new Map<string, SectionLines>();
	for (const {name, entries} of readSections(dialect, source, () => undefined).sections)
		found.set(name, [
			...(found.get(name) ?? []),
			...entries.map(({key, text, line}) => ({key, value: text, line: lineNumber(source, line.start)})),
		]);
	return found;
};
