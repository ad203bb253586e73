/** YAML text to plain values that remember their lines. Written out by hand over the parsed nodes, because `toJS` forgets places, follows tags and expands bombs. */
import {
	type Alias,
	type Document,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	type Pair,
	parseDocument,
	type Scalar,
} from 'yaml';
import {showKey} from '../resolve/problem-sentences.ts';

export type Place = {readonly line: number; readonly column: number};
export type Path = readonly (string | number)[];
export type SheetProblem = {readonly place: Place; readonly path: Path; readonly sentence: string};

/** A parsed text: its value, the places of keys and values by `pathKey`, and what was wrong with it as YAML. */
export type Sheet = {
	readonly value: unknown;
	readonly places: ReadonlyMap<string, {readonly key: Place; readonly value: Place}>;
	readonly problems: readonly SheetProblem[];
};

export const pathKey = (path: Path): string => path.join('\0');

/** Reads one YAML 1.2 document of the core schema. Never throws for what the text holds. */
export const readSheet = (text: string): Sheet => {
	const lines = new LineCounter();
	const parsed = parsedText(text, lines);
	const placeOf = (offset: number): Place => {
		const {line, col} = lines.linePos(Math.min(offset, text.length));
		return {line: Math.max(line, 1), column: Math.max(col, 1)};
	};
	if (typeof parsed === 'string')
		return {value: undefined, places: new Map(), problems: [{place: {line: 1, column: 1}, path: [], sentence: parsed}]};
	const broken = [...parsed.errors, ...parsed.warnings.filter(warning => warning.code === 'BAD_DIRECTIVE')];
	// What follows the first error of a broken text is mostly its echo.
	if (broken[0])
		return {
			value: undefined,
			places: new Map(),
			problems: [{place: placeOf(broken[0].pos[0]), path: [], sentence: yamlFault(broken[0].code)}],
		};
	const walk: Walk = {
		placeOf,
		document: parsed,
		places: new Map(),
		problems: [],
		anchors: new Map(),
		open: new Set(),
		nodes: 0,
		full: false,
	};
	const value = plain(walk, parsed.contents, []);
	return {value, places: walk.places, problems: walk.problems};
};

const parsedText = (text: string, lineCounter: LineCounter): Document.Parsed | string => {
	if (text.length > 4 * 1024 * 1024) return 'is larger than 4 MiB, which no answers file is';
	try {
		return parseDocument(text, {version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false, lineCounter});
	} catch (error) {
		if (error instanceof RangeError) return tooMuch;
		throw error;
	}
};

type Walk = {
	readonly placeOf: (offset: number) => Place;
	readonly document: Document.Parsed;
	readonly places: Map<string, {key: Place; value: Place}>;
	readonly problems: SheetProblem[];
	readonly anchors: Map<string, Node>;
	/** Collections being read: an alias into one of them would never end. */
	readonly open: Set<Node>;
	nodes: number;
	full: boolean;
};

const tooMuch = 'is nested too deeply or grows too large through its aliases';

const plain = (walk: Walk, node: unknown, path: Path): unknown => {
	if (walk.full) return undefined;
	if (++walk.nodes > 20_000 || path.length > 24) {
		walk.full = true;
		return refuse(walk, node, path, tooMuch);
	}
	if (node === null || node === undefined) return null;
	if (isAlias(node)) return throughAlias(walk, node, path);
	if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
	if (node.anchor) walk.anchors.set(node.anchor, node);
	if (node.tag && !coreTags.has(node.tag)) return refuse(walk, node, path, 'has a YAML tag; tags are not used here');
	if (isScalar(node)) return node.value;
	walk.open.add(node);
	const value = isSeq(node)
		? node.items.map((item, index) =>
				within(walk, item, startOf(walk, item) ?? walk.placeOf(node.range![0]), [...path, index]),
			)
		: mapOf(walk, node.items as readonly Pair[], path, walk.placeOf(node.range![0]));
	walk.open.delete(node);
	return value;
};

const coreTags = new Set(
	['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map(name => `tag:yaml.org,2002:${name}`),
);

const mapOf = (walk: Walk, pairs: readonly Pair[], path: Path, place: Place): Record<string, unknown> => {
	const value: Record<string, unknown> = {};
	for (const pair of pairs) {
		if (walk.full) break;
		const at = startOf(walk, pair.key) ?? place;
		if (!isScalar(pair.key) || pair.key.value === null || typeof pair.key.value === 'object') {
			walk.problems.push({place: at, path, sentence: 'has a key that is no text'});
			continue;
		}
		const key = keyText(pair.key);
		if (key === '__proto__') walk.problems.push({place: at, path, sentence: '__proto__ is no question'});
		else if (Object.hasOwn(value, key))
			walk.problems.push({
				place: at,
				path: [...path, key],
				sentence: `is given twice; the first is on line ${walk.places.get(pathKey([...path, key]))?.key.line ?? 1}`,
			});
		else value[key] = within(walk, pair.value, at, [...path, key]);
	}
	return value;
};

/** `8080:` and `1.10:` as they were written, not as numbers print. */
const keyText = (key: Scalar): string =>
	typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));

const within = (walk: Walk, node: unknown, key: Place, path: Path): unknown => {
	walk.places.set(pathKey(path), {key, value: startOf(walk, node) ?? key});
	return plain(walk, node, path);
};

const throughAlias = (walk: Walk, alias: Alias, path: Path): unknown => {
	const target = walk.anchors.get(alias.source);
	if (!target)
		return refuse(walk, alias, path, 'refers to an anchor that is not there (text that starts with * needs quotes)');
	return walk.open.has(target) ? refuse(walk, alias, path, 'refers to itself') : plain(walk, target, path);
};

const startOf = (walk: Walk, node: unknown): Place | undefined => {
	const range = (node as Node | null | undefined)?.range;
	// A value that is not there has a place after its key, where an editor shows nothing.
	return range && range[1] > range[0] ? walk.placeOf(range[0]) : undefined;
};

const refuse = (walk: Walk, node: unknown, path: Path, sentence: string): undefined => {
	walk.problems.push({place: startOf(walk, node) ?? {line: 1, column: 1}, path, sentence});
	return undefined;
};

const yamlFault = (code: string): string =>
	`is not YAML: ${yamlFaults[code] ?? showKey(code.toLowerCase().replaceAll('_', ' '))}`;

/** The parser's own sentences repeat the text, which may be a password. */
const yamlFaults: Readonly<Record<string, string>> = {
	ALIAS_PROPS: 'an alias takes neither tag nor anchor',
	BAD_ALIAS: 'a bad alias; text that starts with * needs quotes',
	BAD_DIRECTIVE: 'a directive (%) that is not known here',
	BAD_DQ_ESCAPE: 'an escape that double quotes do not know; use single quotes, or double the backslash',
	BAD_INDENT: 'the indentation does not fit what stands above, or a bracket is not closed',
	BAD_SCALAR_START: 'text that starts with @ or ` needs quotes',
	BLOCK_AS_IMPLICIT_KEY: 'a map inside a line; text that holds ": " needs quotes',
	BLOCK_IN_FLOW: 'text that holds ": " needs quotes',
	KEY_OVER_1024_CHARS: 'a key of more than 1024 characters',
	MISSING_CHAR: 'a quote, a bracket or a colon is missing',
	MULTILINE_IMPLICIT_KEY: 'a line without a colon',
	MULTIPLE_ANCHORS: 'a value takes one anchor',
	MULTIPLE_DOCS: 'more than one document (---)',
	MULTIPLE_TAGS: 'a value takes one tag',
	RESOURCE_EXHAUSTION: tooMuch,
	TAB_AS_INDENT: 'tabs do not indent; use spaces',
	TAG_RESOLVE_FAILED: 'a tag that does not fit its value',
	UNEXPECTED_TOKEN: 'something stands where nothing fits',
};
