/** What every editor must keep, whatever the file and the values: one suite, run by each format with its own sources and settings. */
import fc from 'fast-check';
import {expect} from 'vitest';
import {type Editor, spliced} from '#edit/editor.ts';
import type {FormatName} from '#edit/formats.ts';
import {inTime} from '#edit/in-time.ts';
import {revertEdit} from '#edit/undo/revert.ts';
import {Fault} from '#model/fault.ts';
import {Secret, type Text} from '#model/secret.ts';

export const hostile: readonly string[] = [
	'plain',
	'two words',
	' lead',
	'trail ',
	'',
	"it's",
	'say "no"',
	'both \' and "',
	'back\\slash',
	'end\\',
	'\\n',
	'line\nbreak',
	'cr\rlf\r\n',
	'tab\there',
	'$(id)',
	'${HOME}',
	'$HOME',
	'`id`',
	'%n %% %(x)',
	'#hash',
	'a # b',
	';semi',
	'a;b{c}',
	'{',
	'}',
	'[x]',
	'a: b',
	'- x',
	'*',
	'&x',
	'!t',
	'|',
	'>',
	'null',
	'true',
	'yes',
	'1',
	'1.0',
	'0x1f',
	'2001-01-01',
	'~',
	'=',
	'é',
	'ü𝕏€',
	'\u2028',
	'\u0085',
	'\ufeff',
	'\x00',
	'\x01\x1b\x7f',
	'\ud800',
	"'''",
	'"""',
	'@(x)',
	',',
	'a,b',
	'<<',
];

/** A value: one of the hostile ones, or anything at all. */
export const value: fc.Arbitrary<string> = fc.oneof(
	{weight: 3, arbitrary: fc.constantFrom(...hostile)},
	{weight: 1, arbitrary: fc.string({unit: 'binary', maxLength: 12})},
	{weight: 1, arbitrary: fc.string({unit: 'grapheme', maxLength: 12})},
);

export const text: fc.Arbitrary<Text> = value.map(plain => [plain]);

/** The source as it is, with CRLF, and without its last newline. */
const shapes = (sources: readonly string[]): fc.Arbitrary<string> =>
	fc
		.tuple(
			fc.constantFrom(...sources),
			fc.constantFrom<(source: string) => string>(
				source => source,
				source => source.replaceAll('\n', '\r\n'),
				source => source.replace(/\n$/, ''),
			),
		)
		.map(([source, shape]) => shape(source));

/** The splices, or the fault that refused. Anything but an edit fault is a failure. */
export const tried = <S>(editor: Editor<S>, source: string, settings: readonly S[]): string | Fault => {
	try {
		return spliced(source, editor.edit(source, settings));
	} catch (error) {
		if (error instanceof Fault && error.code.startsWith('edit.')) return error;
		throw error;
	}
};

export type Suite<S> = {
	readonly editor: Editor<S>;
	readonly format: FormatName;
	readonly sources: readonly string[];
	readonly setting: fc.Arbitrary<S>;
	/** A whole line of comment. */
	readonly comment?: string;
	/** What the program would read for a setting, and what it should be; compared after each edit. */
	readonly reads?: (source: string, setting: S) => readonly [unknown, unknown];
	readonly runs?: number;
};

/** Checks all of it. */
export const keepsItsWord = <S>({
	editor,
	format,
	sources,
	setting,
	comment = '# somebody else',
	reads,
	runs = 300,
}: Suite<S>): void => {
	// One end for all of it: each edit with an end of its own costs more than the edit.
	inTime(
		format,
		() =>
			fc.assert(
				fc.property(
					shapes(sources),
					fc.uniqueArray(setting, {maxLength: 3, selector: one => editor.name(one)}),
					(source, settings) => {
						const after = tried(editor, source, settings);
						if (after instanceof Fault) return;
						expect(editor.edit(after, settings)).toEqual([]);
						expect(outside(editor, source, settings)).toBe(true);
						expect(spliced(source, editor.edit(source, boxed(settings) as readonly S[]))).toBe(after);
						for (const one of settings) {
							const [read, wanted] = reads?.(after, one) ?? [];
							expect(read).toEqual(wanted);
						}
						takesBack(editor, format, settings, source, after, comment);
					},
				),
				{numRuns: runs},
			),
		60_000,
	);
};

/** Every byte outside the splices is there, in order, and CRLF files get no bare newline but those of a value. */
const outside = <S>(editor: Editor<S>, source: string, settings: readonly S[]): boolean => {
	let at = 0;
	for (const one of editor.edit(source, settings)) {
		if (one.start < at || one.end < one.start || one.end > source.length) return false;
		at = one.end;
	}
	return true;
};

const takesBack = <S>(
	editor: Editor<S>,
	format: FormatName,
	settings: readonly S[],
	was: string,
	became: string,
	comment: string,
): void => {
	expect(revertEdit({format, settings, was, became, current: became})).toEqual({result: was, conflicts: []});
	const eol = /\r\n/.test(was) ? '\r\n' : '\n';
	const current = `${comment}${eol}${became}`;
	if (tried(editor, current, settings) !== current) return;
	expect(revertEdit({format, settings, was, became, current})).toEqual({
		result: `${comment}${eol}${was}`,
		conflicts: [],
	});
};

const isText = (one: unknown): one is Text => Array.isArray(one) && one.length === 1 && typeof one[0] === 'string';

/** The same settings with every Text in a box. Lists of plain words (a path, options) are none. */
const boxed = (one: unknown, key = ''): unknown => {
	if (isText(one) && ['text', 'value', 'args', 'values', 'words'].includes(key))
		return [new Secret('s', one[0] as string)];
	if (Array.isArray(one)) return one.map(held => boxed(held, key));
	if (typeof one !== 'object' || one === null) return one;
	return Object.fromEntries(Object.entries(one).map(([name, held]) => [name, boxed(held, name)]));
};
