/** postgresql.conf: the last assignment of a name counts, each is shown commented out with its default, and that is where a new one goes. */
import {sameText, type Text} from '#model/secret.ts';
import {type Editor, refusal} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {settle} from '../line-formats/lines-wanted.ts';
import {linesOf} from '../lines.ts';
import {quoted, sound} from '../quoted.ts';
import {type ConfEntry, confEntriesOf} from './postgresql-conf-read.ts';

/** `value: null` takes every assignment out, so that the default counts. */
export type PostgresqlSetting = {readonly key: string; readonly value: Text | null};

const format = 'postgresql.conf';

export const postgresqlConf: Editor<PostgresqlSetting> = editorOf<PostgresqlSetting>({
	format,
	name: ({key}) => key,
	one: (source, {key, value}) => {
		if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/.test(key))
			throw refusal(format, 'a setting cannot have this name', 'Use the name from the manual.');
		const found = find(source, key);
		if (value === null) return settle<ConfEntry>(source, found, [], () => source.length);
		const bare = quoted(value, quote);
		return settle(
			source,
			found.slice(-1),
			[
				{
					line: [`${key} = `, ...bare],
					value: entry => (entry.quoted ? quoted(value, always) : bare),
					holds: entry => sameText(value, entry.plain),
				},
			],
			() => placeFor(source, key),
		);
	},
	all: (source, {key}) => find(source, key).map(({line}) => line),
	standIn: n => `'hs0secret${n}'`,
});

const escapes: Readonly<Record<string, string>> = {
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
	'\b': '\\b',
	'\f': '\\f',
	'\\': '\\\\',
	"'": "''",
};

/** In quotes: '' for a quote, and the escapes of guc-file.l. */
const always = (plain: string): string =>
	`'${sound(format, plain)
		.replaceAll(/[\n\r\t\b\f\\']/g, char => escapes[char] ?? char)
		.replaceAll(/(?![\x7f-\x9f])\p{Cc}/gu, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}'`;

/** Whole numbers with a unit, fractions without one and plain words need no quotes. */
const quote = (plain: string): string =>
	/^(-?\d+[A-Za-z]{0,3}|-?\d+\.\d+|[A-Za-z_]\w*)$/.test(plain) ? plain : always(plain);

const find = (source: string, key: string): readonly ConfEntry[] =>
	confEntriesOf(source).filter(entry => entry.key.toLowerCase() === key.toLowerCase());

/** Behind the commented default and the comment lines that go on from it. */
const placeFor = (source: string, key: string): number => {
	const lines = linesOf(source);
	const shown = lines.findLastIndex(({text}) =>
		new RegExp(`^#[ \\t]?${key.replaceAll(/\W/g, '\\$&')}[ \\t]*=`, 'i').test(text),
	);
	if (shown < 0) return source.length;
	const more = lines.slice(shown + 1).findIndex(({text}) => !/^[ \t]+#/.test(text));
	return (more < 0 ? lines.at(-1) : lines[shown + more])?.next ?? source.length;
};
