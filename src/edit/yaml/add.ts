/** Adds a key to a YAML map, in the indentation of a block map or inside the braces of a flow map. */

import {isCollection, isMap, isPair, isScalar, type Node, type Pair, type YAMLMap} from 'yaml';
import type {Text} from '#model/secret.ts';
import {allBlank, trimmedEnd} from '../blanks.ts';
import {refusal, type Span, type Splice} from '../editor.ts';
import {insertLines, lineBefore, lineNumber} from '../lines.ts';

type Block = (keys: readonly string[], value: Text, indent: string) => readonly Text[];

/** `keys` are already written; several of them nest. `at` is the map, or the empty value of `pair` that becomes one. */
export const addKey = (
	source: string,
	at: Node | null,
	pair: Pair | undefined,
	keys: readonly string[],
	value: Text,
	block: Block,
): readonly Splice[] => {
	if (isMap(at)) return at.flow ? [intoFlow(source, at, keys, value)] : [intoBlock(source, at, keys, value, block)];
	const key = pair ? spanOf(pair.key as Node) : undefined;
	const inFlow = key && !/^[ \t\v\f\r\n-]*$/.test(lineBefore(source, key.start));
	if (!key || inFlow || (at && spanOf(at).end > spanOf(at).start))
		throw refusal(
			'YAML',
			`line ${lineNumber(source, at ? spanOf(at).start : 0)} has no map to put ${keys.join('.')} in`,
			'Change it by hand.',
		);
	const indent = lineBefore(source, key.start).replaceAll('-', ' ');
	return [insertLines(source, lineEnd(source, key.end), block(keys, value, `${indent}  `))];
};

/** The source of a node, without what follows it. */
export const spanOf = (node: Node): Span => ({start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0});

/** Where the last scalar in a node ends; a block map's own range goes on over comments and blank lines. */
export const endOf = (source: string, node: Node | null | undefined): number => {
	if (!node) return 0;
	if (!isCollection(node) || node.flow) return spanOf(node).end;
	return Math.max(
		0,
		...node.items.map(item =>
			isPair(item)
				? Math.max(endOf(source, item.key as Node), endOf(source, item.value as Node | null))
				: endOf(source, item as Node),
		),
	);
};

const intoFlow = (source: string, map: YAMLMap, keys: readonly string[], value: Text): Splice => {
	const close = spanOf(map).end - 1;
	const inner = source.slice(spanOf(map).start + 1, close);
	if (inner.includes('#'))
		throw refusal(
			'YAML',
			`the map on line ${lineNumber(source, spanOf(map).start)} has comments between its braces`,
			'Change it by hand.',
		);
	const at = close - (inner.length - trimmedEnd(inner).length);
	const lead = allBlank(inner) ? '' : trimmedEnd(inner).endsWith(',') ? ' ' : ', ';
	const [first, ...more] = keys;
	return {
		start: at,
		end: at,
		text: [`${lead}${first}: ${more.map(key => `{${key}: `).join('')}`, ...value, '}'.repeat(more.length)],
	};
};

const intoBlock = (source: string, map: YAMLMap, keys: readonly string[], value: Text, block: Block): Splice => {
	const first = map.items[0]?.key as Node | undefined;
	if (!first || !isScalar(first))
		throw refusal(
			'YAML',
			`the map on line ${lineNumber(source, spanOf(map).start)} has keys that are no scalars`,
			'Change it by hand.',
		);
	const before = lineBefore(source, spanOf(first).start);
	if (!/^[ \t\v\f\r\n-]*$/.test(before))
		throw refusal(
			'YAML',
			`the map on line ${lineNumber(source, spanOf(map).start)} does not start a line`,
			'Change it by hand.',
		);
	const end = endOf(source, map);
	const at = source[end - 1] === '\n' ? end : lineEnd(source, end);
	return insertLines(source, at, block(keys, value, before.replaceAll('-', ' ')));
};

/** Behind the line break of the line that holds an offset. */
const lineEnd = (source: string, offset: number): number => {
	const feed = source.indexOf('\n', offset);
	return feed < 0 ? source.length : feed + 1;
};
