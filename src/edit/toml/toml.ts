/**
 * TOML files: read with smol-toml, changed with toml-patch, which keeps layout and notation. A stand-in goes through the
 * patch and the value takes its place afterwards, so a secret never reaches the library; whatever else the patch changed is refused.
 */
import {parse as parsePatch, patch} from '@decimalturn/toml-patch';
import {parse, TomlError} from 'smol-toml';
import {sameText, type Text} from '#model/secret.ts';
import {withAt} from '../at-path.ts';
import {type Editor, parseFault, refusal, type Span, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {quoted, sound} from '../quoted.ts';
import {remember} from '../remember.ts';
import {tomlSpan} from './read.ts';

export type TomlValue =
	| {readonly text: Text}
	| {readonly bool: boolean}
	| {readonly number: number}
	| {readonly list: readonly TomlValue[]};
/** `path`: keys of tables and positions in arrays. */
export type TomlSetting = {readonly path: readonly (string | number)[]; readonly value: TomlValue};

const format = 'TOML';

export const toml: Editor<TomlSetting> = editorOf<TomlSetting>({
	format,
	name: ({path}) => path.join('.'),
	one: (source, {path, value}) => {
		if (typeof path[0] !== 'string') throw refusal(format, 'a setting has no path', 'Name the key.');
		const held = at(read(source), path);
		return meansSame(value, held) ? [] : [patched(source, path, value)];
	},
	all: (source, {path}) => {
		if (at(read(source), path) === undefined) return [];
		const span = tomlSpan(source, path);
		return span ? [span.owned] : [];
	},
});

type Table = {[key: string]: unknown};

const read = remember((source: string): Table => {
	try {
		return parse(source.replace(/^\ufeff/, ''), {integersAsBigInt: 'asNeeded'});
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const before = source
			.split('\n')
			.slice(0, error.line - 1)
			.reduce((sum, line) => sum + line.length + 1, 0);
		throw parseFault(
			format,
			source,
			before + error.column - 1,
			error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'invalid',
		);
	}
});

const at = (table: unknown, path: readonly (string | number)[]): unknown =>
	path.reduce<unknown>((held, key) => {
		if (held === undefined) return undefined;
		const fits =
			typeof key === 'number'
				? Array.isArray(held)
				: typeof held === 'object' && held !== null && !Array.isArray(held) && !(held instanceof Date);
		if (!fits)
			throw refusal(format, `${path.join('.')}: the value around ${key} is of another kind`, 'Change it by hand.');
		return Object.hasOwn(held as object, key) ? (held as Table)[key] : undefined;
	}, table);

const meansSame = (wanted: TomlValue, held: unknown): boolean => {
	if ('text' in wanted) return typeof held === 'string' && sameText(wanted.text, held);
	if ('list' in wanted)
		return (
			Array.isArray(held) &&
			held.length === wanted.list.length &&
			wanted.list.every((one, n) => meansSame(one, held[n]))
		);
	return held === ('bool' in wanted ? wanted.bool : wanted.number);
};

/** One splice: the patched region, with quoted texts where the stand-ins are. */
const patched = (source: string, path: readonly (string | number)[], value: TomlValue): Splice => {
	const texts: Text[] = [];
	const mark = 'hs0standin';
	const standIn = (one: TomlValue): unknown => {
		if ('text' in one) return `${mark}${texts.push(one.text) - 1}e`;
		return 'list' in one ? one.list.map(standIn) : 'bool' in one ? one.bool : one.number;
	};
	if (source.includes(mark))
		throw refusal(format, 'the file holds a text that is used as a stand-in', 'Change it by hand.');
	const plain = standIn(value);
	const after = patchWith(source, path, plain);
	const before = commonStart(source, after);
	const tail = commonEnd(source, after, before);
	const literals = [...after.matchAll(new RegExp(`("""|'''|"|')${mark}(\\d+)e\\1`, 'g'))].map(found => ({
		start: found.index,
		end: found.index + found[0].length,
		text: texts[Number(found[2])] as Text,
	}));
	const start = Math.min(before, literals[0]?.start ?? before);
	const end = Math.max(after.length - tail, literals.at(-1)?.end ?? 0);
	const sourceEnd = source.length - (after.length - end);
	if (literals.length !== texts.length || sourceEnd < start) throw tooMuch(path);
	checkOnly(source, {start, end: sourceEnd}, path);
	const parts: Text[number][] = [];
	let from = start;
	for (const one of literals) {
		parts.push(after.slice(from, one.start), ...quoted(one.text, quoteToml));
		from = one.end;
	}
	return {start, end: sourceEnd, text: [...parts, after.slice(from, end)].filter(part => part !== '')};
};

const patchWith = (source: string, path: readonly (string | number)[], plain: unknown): string => {
	const updated: Table = parsePatch(source);
	if (patch(source, parsePatch(source)) !== source) throw tooMuch(path);
	const holder = path.slice(0, -1).reduce<Table>((held, key) => {
		held[key] ??= {};
		return held[key] as Table;
	}, updated);
	const last = path.at(-1) as string | number;
	if (Array.isArray(holder) && Number(last) >= holder.length)
		throw refusal(format, `${path.join('.')}: there is no such element`, 'Add it by hand.');
	holder[last] = plain;
	const after = patch(source, updated);
	if (JSON.stringify(withAt(read(after), path, null)) !== JSON.stringify(withAt(read(source), path, null)))
		throw tooMuch(path);
	if (JSON.stringify(at(read(after), path)) !== JSON.stringify(plain)) throw tooMuch(path);
	return after;
};

/** What goes must be the old value, or part of it, and nothing else: no comment, no other key. */
const checkOnly = (source: string, gone: Span, path: readonly (string | number)[]): void => {
	if (gone.start === gone.end) return;
	const value = tomlSpan(source, path)?.value;
	if (!value || gone.start < value.start || gone.end > value.end) throw tooMuch(path);
};

const tooMuch = (path: readonly (string | number)[]) =>
	refusal(format, `${path.join('.')} cannot be changed without changing more of the file`, 'Change it by hand.');

const commonStart = (a: string, b: string): number => {
	let n = 0;
	while (n < a.length && n < b.length && a[n] === b[n]) n++;
	return n;
};

const commonEnd = (a: string, b: string, from: number): number => {
	let n = 0;
	while (n < a.length - from && n < b.length - from && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
	return n;
};

/** A basic string; TOML has an escape for everything. */
const quoteToml = (plain: string): string =>
	JSON.stringify(sound(format, plain)).replaceAll(
		/[\x7f-\x9f]/g,
		char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
