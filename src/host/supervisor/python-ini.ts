/**
 * supervisor's files as its own Python reads them (configparser's RawConfigParser, not strict, `;` and `#` behind blanks): all of them are one file, in which a
 * later section of the same name adds to the earlier one and overrides it. A reader that stops at each file would tell another user, or another program.
 */

/** One option: its value, and `path:line` of where it begins. */
type IniOption = {readonly value: string; readonly where: string};

export type IniSection = {
	readonly header: string;
	/** `path:line` of where it stands first. */
	readonly where: string;
	/** With what `[DEFAULT]` gives to every section. */
	readonly options: ReadonlyMap<string, IniOption>;
};

type Ini = {
	readonly sections: readonly IniSection[];
	/** The first place that Python refuses: supervisord does not start with this. */
	readonly refused: string | undefined;
};

/** Reads files in the order in which supervisord does. Nothing is thrown: what Python refuses is passed over and told in `refused`. */
export const readIni = (files: readonly {readonly path: string; readonly text: string}[]): Ini => {
	const sections = new Map<string, Draft>();
	const refused: string[] = [];
	for (const {path, text} of files) readFile(text, path, sections, refused);
	const defaults = sections.get('DEFAULT')?.options ?? new Map<string, Written>();
	return {
		sections: [...sections.values()]
			.filter(({header}) => header !== 'DEFAULT')
			.map(({header, where, options}) => ({
				header,
				where,
				options: new Map(
					[...defaults, ...options].map(([key, {lines, where: at}]) => [
						key,
						{value: strippedBehind(lines.join('\n')), where: at},
					]),
				),
			})),
		refused: refused[0],
	};
};

type Written = {readonly lines: string[]; readonly where: string};
type Draft = {readonly header: string; readonly where: string; readonly options: Map<string, Written>};

/** What is under way in a file: a line that is indented deeper than the last option's goes on with it. */
type Reading = {section: Draft | undefined; option: Written | undefined; indent: number};

const readFile = (text: string, path: string, sections: Map<string, Draft>, refused: string[]): void => {
	const now: Reading = {section: undefined, option: undefined, indent: 0};
	for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
		const where = `${path}:${index + 1}`;
		const comment = commentIn(line);
		const value = stripped(comment === undefined ? line : line.slice(0, comment));
		if (value === '') {
			if (comment === undefined) now.option?.lines.push('');
			continue;
		}
		const indent = line.length - strippedBefore(line).length;
		if (now.option !== undefined && indent > now.indent) {
			now.option.lines.push(value);
			continue;
		}
		now.indent = indent;
		const header = /^\[(.+)\]/.exec(value)?.[1];
		if (header !== undefined) {
			now.section = sections.get(header) ?? {header, where, options: new Map()};
			now.option = undefined;
			sections.set(header, now.section);
			continue;
		}
		if (now.section === undefined) {
			// Python reads no further in this file.
			refused.push(where);
			return;
		}
		const at = value.search(/[=:]/);
		if (at < 1) refused.push(where);
		// A line without a delimiter is no option: the one before it is still the last one.
		if (at < 0) continue;
		const option = {lines: [stripped(value.slice(at + 1))], where};
		now.section.options.set(stripped(value.slice(0, at)).toLowerCase(), option);
		now.option = at === 0 ? undefined : option;
	}
};

/** Where a comment begins: the whole line, or what stands behind a blank. */
const commentIn = (line: string): number | undefined => {
	if (/^[;#]/.test(strippedBefore(line))) return 0;
	const at = line.search(behindBlank);
	return at < 0 ? undefined : at + 1;
};

/** What Python takes for a blank: more than C, and no BOM. */
const blanks = ' \\t\\n\\v\\f\\r\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const isBlank = new RegExp(`^[${blanks}]$`);
const behindBlank = new RegExp(`[${blanks}][;#]`);
const allBlanks = new RegExp(`[${blanks}]+`);

/** As Python's `split()` does. */
export const words = (text: string): readonly string[] => text.split(allBlanks).filter(word => word !== '');

/** As Python's `strip()` does. */
export const stripped = (text: string): string => strippedBehind(strippedBefore(text));

const strippedBefore = (text: string): string => {
	let start = 0;
	while (start < text.length && isBlank.test(text[start]!)) start++;
	return text.slice(start);
};

const strippedBehind = (text: string): string => {
	let end = text.length;
	while (end > 0 && isBlank.test(text[end - 1]!)) end--;
	return text.slice(0, end);
};
