/** Reads a Python source as far as settings need it: with @lezer/python, whose offsets are UTF-16 units and so fit any source. */

import {parser} from '@lezer/python';
import {trimmed} from '../blanks.ts';
import {parseFault} from '../editor.ts';
import {remember} from '../remember.ts';
import {decodePython, type PyRead} from './literals.ts';

export type PyNode = ReturnType<typeof parser.parse>['topNode'];
export type PySource = {
	readonly source: string;
	readonly language: 2 | 3;
	readonly unicodeLiterals: boolean;
	readonly top: PyNode;
};

/** Throws Fault 'edit.parse' with line and column. */
export const readPython = (source: string, language: 2 | 3): PySource => {
	const parsed = asPythonReads(source);
	return {
		source,
		language,
		unicodeLiterals: /^from[ \t\v\f\r\n]+__future__[ \t\v\f\r\n]+import\b.*\bunicode_literals\b/m.test(parsed),
		top: topOf(parsed),
	};
};

/**
 * Python passes over a BOM at the start, and a form feed at the start of a line begins its indentation anew; the parser
 * does neither. What stands in for them has the same length, so every offset fits the source.
 */
const asPythonReads = (source: string): string =>
	source.replace(/^\uFEFF/, '\n').replaceAll(/^([ \t]*)\f/gm, (_all, indent: string) => `${indent}\n`);

/** It stops at the first error: what it tries to go on takes memory without end where a million brackets are open. */
const strict = parser.configure({strict: true});

const topOf = remember((source: string): PyNode => {
	const tree = treeOf(source);
	let depth = 0;
	tree.iterate({
		enter: node => {
			if (node.type.isError) throw parseFault('Python', source, node.from, 'something that does not parse');
			depth += 1;
			if (depth > deepest) throw parseFault('Python', source, node.from, 'brackets that are nested too deeply');
		},
		leave: () => void (depth -= 1),
	});
	return tree.topNode;
});

/** Nodes within one another: Python itself reads 200 brackets. */
const deepest = 1000;

const treeOf = (source: string): ReturnType<typeof parser.parse> => {
	try {
		return strict.parse(source);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		const at = Number(/No parse at (\d+)/.exec(error.message)?.[1] ?? 0);
		throw parseFault('Python', source, at, 'something that does not parse');
	}
};

/** The children of a node but comments. */
export const childrenOf = (node: PyNode): readonly PyNode[] => {
	const out: PyNode[] = [];
	for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment') out.push(child);
	return out;
};

export const textOf = ({source}: PySource, node: PyNode): string => source.slice(node.from, node.to);

/** The literal that a node is; undefined when any part of it is computed. */
export const literalOf = (python: PySource, node: PyNode): PyRead | undefined => {
	const text = textOf(python, node);
	const parts = childrenOf(node).filter(({name}) => !/^[()[\]{},:]$/.test(name));
	switch (node.name) {
		case 'String':
		case 'ContinuedString':
			return stringOf(python, node.name === 'String' ? [node] : parts);
		case 'Boolean':
			return {bool: text === 'True'};
		case 'None':
			return {none: true};
		case 'Number':
			return numberOf(text);
		case 'UnaryExpression': {
			const number =
				parts.at(-1)?.name === 'Number' && text.startsWith('-') ? numberOf(trimmed(text.slice(1))) : undefined;
			return number && {number: -number.number};
		}
		case 'ParenthesizedExpression':
			return parts[0] && literalOf(python, parts[0]);
		case 'ArrayExpression':
			return allOf(python, parts, list => ({list}));
		case 'TupleExpression':
			return allOf(python, parts, tuple => ({tuple}));
		case 'DictionaryExpression':
			return parts.some(({name}) => name === '**')
				? undefined
				: allOf(python, parts, read => ({
						dict: read.flatMap((key, at) =>
							at % 2 > 0 ? [] : [['text' in key ? key.text : undefined, read[at + 1] as PyRead] as const],
						),
					}));
		default:
			return undefined;
	}
};

/** The text of a string node, or of several in a row; undefined when it is none that can be worked out. */
export const plainString = (python: PySource, node: PyNode): string | undefined => {
	const read = node.name === 'String' || node.name === 'ContinuedString' ? literalOf(python, node) : undefined;
	return read && 'text' in read ? read.text : undefined;
};

const stringOf = (python: PySource, parts: readonly PyNode[]): PyRead | undefined => {
	if (parts.some(({name}) => name !== 'String')) return undefined;
	const texts = parts.map(part => decodePython(textOf(python, part), python.language, python.unicodeLiterals));
	return {text: texts.includes(undefined) ? undefined : texts.join('')};
};

const allOf = (
	python: PySource,
	parts: readonly PyNode[],
	make: (read: readonly PyRead[]) => PyRead,
): PyRead | undefined => {
	const read = parts.map(part => literalOf(python, part));
	return read.every(one => one !== undefined) ? make(read) : undefined;
};

const numberOf = (text: string): {readonly number: number} | undefined => {
	const plain = text.replaceAll('_', '').replace(/[lL]$/, '');
	const number = Number(/^0[0-7]*[1-7][0-7]*$/.test(plain) ? `0o${plain}` : plain);
	return Number.isNaN(number) ? undefined : {number};
};
