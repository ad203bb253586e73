/** Where a TOML key stands: as a line of a table, or inside an inline table or array. */
import {parseDocument} from '@decimalturn/toml-patch';
import type {Span} from '../editor.ts';
import {linesOf, wholeLines} from '../lines.ts';
import {remember} from '../remember.ts';

type Path = readonly (string | number)[];
type Block = ReturnType<typeof blocksOf>[number];
type KeyValue = Extract<Block, {type: 'KeyValue'}>;

/** What the path owns: the whole line of a key, the pair in an inline table, the element of an array. `value` is the value alone. */
export const tomlSpan = (source: string, path: Path): {readonly owned: Span; readonly value: Span} | undefined => {
	const seen = new Map<string, number>();
	for (const block of blocksOf(source)) {
		if (block.type === 'Comment') continue;
		const at: Path = block.type === 'KeyValue' ? [] : prefixOf(block, seen);
		const pairs = block.type === 'KeyValue' ? [block] : block.items.filter(item => item.type === 'KeyValue');
		for (const pair of pairs) {
			const found = inPair(source, pair, at, path);
			if (found) return found;
		}
	}
	return undefined;
};

const blocksOf = remember((source: string) => parseDocument(source).cst);

/** Tables under an array of tables belong to its last element. */
const prefixOf = (block: Exclude<Block, {type: 'KeyValue' | 'Comment'}>, seen: Map<string, number>): Path => {
	const keys = block.key.item.value;
	const name = JSON.stringify(keys);
	if (block.type === 'TableArray') seen.set(name, (seen.get(name) ?? -1) + 1);
	return keys.flatMap((key, at) => {
		const count = seen.get(JSON.stringify(keys.slice(0, at + 1)));
		return count === undefined ? [key] : [key, count];
	});
};

const inPair = (
	source: string,
	pair: KeyValue,
	prefix: Path,
	path: Path,
): {readonly owned: Span; readonly value: Span} | undefined => {
	const here = [...prefix, ...pair.key.value];
	return here.every((key, at) => path[at] === key)
		? inValue(source, pair.value as Node, spanOf(source, pair), path.slice(here.length))
		: undefined;
};

type Node = KeyValue['value'];

const inValue = (
	source: string,
	value: Node,
	holder: Span,
	rest: Path,
): {readonly owned: Span; readonly value: Span} | undefined => {
	if (rest.length === 0) return {owned: wholeLines(source, holder), value: spanOf(source, value)};
	if (value.type === 'InlineTable') {
		for (const {item} of value.items) {
			const found = inPair(source, item, [], rest);
			if (found) return found;
		}
	}
	const item =
		value.type === 'InlineArray' && typeof rest[0] === 'number'
			? (value.items[rest[0]]?.item as Node | undefined)
			: undefined;
	return item && inValue(source, item, spanOf(source, item), rest.slice(1));
};

/** The library counts lines from 1 and columns from 0. */
const spanOf = (source: string, {loc}: {readonly loc: {readonly start: Place; readonly end: Place}}): Span => ({
	start: offset(source, loc.start),
	end: offset(source, loc.end),
});

type Place = {readonly line: number; readonly column: number};

const offset = (source: string, {line, column}: Place): number => (starts(source)[line - 1] ?? source.length) + column;

const starts = remember((source: string) => linesOf(source).map(line => line.start));
