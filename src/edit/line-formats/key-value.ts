/**
 * Files of `key value` lines: nslcd.conf and redis.conf. A key may have several words (`map passwd homeDirectory`), a
 * directive may be repeated, and then its lines are one value: three `save` lines become one `save ""`.
 */
import type {Text} from '#model/secret.ts';
import {blank, wordsIn} from '../blanks.ts';
import type {Editor, Span} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {linesOf} from '../lines.ts';
import {quoted} from '../quoted.ts';
import {settle} from './lines-wanted.ts';
import {nslcdWords, redisWords, type WordDialect} from './word-lines.ts';

/**
 * `value`: one line with this value, null for none. `values`: a line for each. `words`: one line of several words, each
 * quoted on its own (`bind 127.0.0.1 ::1`). Keys are compared without case, as both programs do.
 */
export type KeyValueSetting =
	| {readonly key: string; readonly value: Text | null}
	| {readonly key: string; readonly values: readonly Text[]}
	| {readonly key: string; readonly words: readonly Text[]};

type Entry = {readonly line: Span; readonly value: Span; readonly words: readonly string[]; readonly empty: boolean};

const editor = (dialect: WordDialect): Editor<KeyValueSetting> =>
	editorOf<KeyValueSetting>({
		format: dialect.format,
		name: setting => setting.key,
		one: (source, setting) => {
			const found = find(dialect, source, setting.key);
			return settle(
				source,
				found,
				linesWanted(setting).map(words => {
					const text = quotedWords(dialect, words);
					return {
						value: one => (one.empty ? [' ', ...text] : text),
						line: [`${setting.key} `, ...text],
						holds: one => dialect.same(words, one.words, source.slice(one.value.start, one.value.end)),
					};
				}),
				() => placeFor(source, setting.key),
			);
		},
		all: (source, {key}) => find(dialect, source, key).map(({line}) => line),
	});

/** nslcd.conf(5). */
export const nslcdConf = editor(nslcdWords);

/** redis.conf. */
export const redisConf = editor(redisWords);

const linesWanted = (setting: KeyValueSetting): readonly (readonly Text[])[] => {
	if ('words' in setting) return [setting.words];
	if ('values' in setting) return setting.values.map(value => [value]);
	return setting.value === null ? [] : [[setting.value]];
};

const quotedWords = (dialect: WordDialect, words: readonly Text[]): Text =>
	words.flatMap((word, at) => [...(at === 0 ? [] : [' ']), ...quoted(word, dialect.quote)]);

const find = (dialect: WordDialect, source: string, key: string): readonly Entry[] => {
	const wanted = key.split(' ');
	const entries: Entry[] = [];
	for (const line of linesOf(source)) {
		if ((wordsIn(line.text)[0]?.text ?? '#').startsWith('#')) continue;
		const words = dialect.split(source, line);
		const values = words.slice(wanted.length);
		if (!wanted.every((word, at) => words[at]?.value.toLowerCase() === word.toLowerCase())) continue;
		if (
			dialect.longer?.(
				wanted,
				values.map(({value}) => value),
			)
		)
			continue;
		const start = values[0]?.start ?? words[wanted.length - 1]?.end ?? line.end;
		entries.push({
			line: {start: line.start, end: line.next},
			value: {start, end: values.at(-1)?.end ?? start},
			words: values.map(({value}) => value),
			empty: values.length === 0,
		});
	}
	return entries;
};

/** Behind the line that shows the default as a comment (`# requirepass foobared`), else at the end. */
const placeFor = (source: string, key: string): number => {
	const shown = new RegExp(
		`^#[ \\t]?${key.replaceAll(/[^\w ]/g, '\\$&').replaceAll(' ', '[ \\t]+')}[ \\t]+[^${blank}]+[ \\t]*$`,
		'i',
	);
	return linesOf(source).findLast(line => shown.test(line.text))?.next ?? source.length;
};
