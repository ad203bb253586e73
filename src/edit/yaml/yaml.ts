/** YAML files: one scalar is changed or one key added. The parser gives spans only; its printer would move comments and indentation. */

import {
	type Document,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	type Node,
	type Pair,
	parseAllDocuments,
	type YAMLMap,
} from 'yaml';
import type {Text} from '#model/secret.ts';
import {withAt} from '../at-path.ts';
import {allBlank} from '../blanks.ts';
import {type Editor, parseFault, refusal, type Splice, spliced} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {eolOf, insertLines, lineNumber, wholeLines} from '../lines.ts';
import {remember} from '../remember.ts';
import {addKey, endOf, spanOf} from './add.ts';
import {tooDeep} from './depth.ts';
import {quoteYaml, sameScalar, writeScalar, type YamlScalar, type YamlStyle} from './scalar.ts';

export type {YamlScalar} from './scalar.ts';

/** `path`: keys of maps and positions in sequences. */
export type YamlSetting = {readonly path: readonly (string | number)[]; readonly value: YamlScalar};

const format = 'YAML';

export const yaml: Editor<YamlSetting> = editorOf<YamlSetting>({
	format,
	name: ({path}) => path.join('.'),
	one: (source, setting) => {
		if (setting.path.length === 0) throw refusal(format, 'a setting has no path', 'Name the key.');
		return onlyThat(source, setting, change(source, setting));
	},
	all: (source, setting) => {
		const {at, pair, rest} = locate(source, setting.path);
		if (rest.length > 0) return [];
		const start = pair ? spanOf(pair.key as Node).start : at ? spanOf(at).start : 0;
		return [wholeLines(source, {start, end: Math.max(start, endOf(source, pair ? (pair.value as Node) : at))})];
	},
});

const change = (source: string, setting: YamlSetting): readonly Splice[] => {
	const {root, at, pair, rest} = locate(source, setting.path);
	if (rest.length === 0) return replace(source, at, pair, setting);
	const keys = rest.map(key => {
		if (typeof key === 'number')
			throw refusal(format, `${setting.path.join('.')}: there is no element ${key}`, 'Add it by hand.');
		return quoteYaml(key, 'plain');
	});
	const value = writeScalar(setting.value, 'plain');
	return root
		? addKey(source, at ?? root, pair, keys, value, block)
		: [insertLines(source, source.length, block(keys, value, ''))];
};

/** Indentation has meaning, so the changed file is read again: everything but the one scalar must be as before. */
const onlyThat = (source: string, {path}: YamlSetting, splices: readonly Splice[]): readonly Splice[] => {
	if (splices.length === 0) return splices;
	const shown = splices.map(one => ({
		...one,
		text: one.text.map(part => (typeof part === 'string' ? part : '"secret"')),
	}));
	const [before, after] = [source, spliced(source, shown)].map(text =>
		JSON.stringify(withAt(plainOf(text), path, null)),
	);
	if (before !== after)
		throw refusal(
			format,
			`${path.join('.')} cannot be changed without changing more of the file`,
			'Change it by hand.',
		);
	return splices;
};

/** An alias of something that is not there shows only when its value is wanted. */
const plainOf = (source: string): unknown => {
	try {
		return documentOf(source)?.toJS() ?? null;
	} catch (error) {
		if (error instanceof ReferenceError) throw parseFault(format, source, 0, 'an alias of something that is not there');
		throw error;
	}
};

/** Lines of nested keys with the value at the innermost. */
const block = (keys: readonly string[], value: Text, indent: string): readonly Text[] =>
	keys.map((key, depth) => {
		const line = `${indent}${'  '.repeat(depth)}${key}:`;
		return depth === keys.length - 1 ? [`${line} `, ...value] : [line];
	});

const documentOf = remember((source: string): Document.Parsed | undefined => {
	const deep = tooDeep(source);
	if (deep !== undefined) throw parseFault(format, source, deep, 'brackets that are nested too deeply');
	const documents = parseAllDocuments(source, {keepSourceTokens: true});
	if (!Array.isArray(documents)) return undefined;
	const error = documents.flatMap(one => one.errors)[0];
	if (error) throw parseFault(format, source, error.pos[0], error.message.split(' at line ')[0] ?? error.code);
	if (documents.length > 1 || /^\.\.\.[ \t\v\f\r\n]*$/m.test(source))
		throw refusal(format, 'the file holds several documents, or an end mark', 'Change it by hand.');
	return documents[0];
});

const rootOf = (source: string): Node | null => {
	const contents = documentOf(source)?.contents ?? null;
	return isScalar(contents) && contents.value === null ? null : contents;
};

type Place = {
	readonly root: Node | null;
	readonly at: Node | null | undefined;
	readonly pair: Pair | undefined;
	readonly rest: readonly (string | number)[];
};

const locate = (source: string, path: readonly (string | number)[]): Place => {
	const root = rootOf(source);
	let at: Node | null | undefined = root;
	let pair: Pair | undefined;
	for (const [depth, key] of path.entries()) {
		const name = path.join('.');
		if (!at || (isScalar(at) && at.value === null && pair)) return {root, at, pair, rest: path.slice(depth)};
		if (isAlias(at) || at.anchor)
			throw refusal(
				format,
				`${name} stands in an alias or anchor on line ${lineNumber(source, spanOf(at).start)}`,
				'Change it by hand: it counts in several places.',
			);
		if (isSeq(at) && typeof key === 'number') {
			const item: Node | undefined = at.items[key] as Node | undefined;
			if (!item) return {root, at, pair, rest: path.slice(depth)};
			[at, pair] = [item, undefined];
			continue;
		}
		if (!isMap(at) || typeof key === 'number')
			throw refusal(
				format,
				`${name}: the value around it, on line ${lineNumber(source, spanOf(at).start)}, is of another kind`,
				'Change it by hand.',
			);
		const found = pairOf(at, key);
		if (!found) return {root, at, pair, rest: path.slice(depth)};
		[at, pair] = [found.value as Node | null, found];
	}
	return {root, at, pair, rest: []};
};

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
	map.items.find(({key: one}) => isScalar(one) && (String(one.value) === key || one.source === key));

const replace = (
	source: string,
	at: Node | null | undefined,
	pair: Pair | undefined,
	setting: YamlSetting,
): readonly Splice[] => {
	const name = setting.path.join('.');
	if (at && (!isScalar(at) || at.anchor || at.tag))
		throw refusal(
			format,
			`${name} is no plain scalar on line ${lineNumber(source, spanOf(at).start)}`,
			'Change it by hand: it has a tag, an anchor or elements.',
		);
	const style = styleOf(at);
	const span = at ? spanOf(at) : undefined;
	if (!span || span.start === span.end) {
		if ('none' in setting.value) return [];
		const text = writeScalar(setting.value, 'plain');
		const key = pair ? spanOf(pair.key as Node) : undefined;
		const colon = key ? source.indexOf(':', key.end) : -1;
		if (key && (colon < 0 || !allBlank(source.slice(key.end, colon))))
			throw refusal(format, `${name} has no value and no colon`, 'Change it by hand.');
		const start = colon < 0 ? (span?.start ?? source.length) : colon + 1;
		return [{start, end: start, text: [' ', ...text]}];
	}
	if (isScalar(at) && sameScalar(setting.value, at.value, style)) return [];
	const tail = source.slice(span.start, span.end).endsWith('\n') ? [eolOf(source)] : [];
	return [{...span, text: [...writeScalar(setting.value, style), ...tail]}];
};

const styleOf = (at: Node | null | undefined): YamlStyle => {
	const type = isScalar(at) ? at.type : undefined;
	if (type === 'QUOTE_SINGLE') return 'single';
	return type === 'PLAIN' || type === undefined ? 'plain' : 'double';
};
