/** Elements of dict, list and tuple displays: finding one, and giving a dict a new one in the way its neighbours are laid out. */

import type {Text} from '#model/secret.ts';
import {allBlank} from '../blanks.ts';
import {refusal, type Span, type Splice} from '../editor.ts';
import {eolOf, indentAt, lineBefore, lineNumber} from '../lines.ts';
import {childrenOf, type PyNode, type PySource, plainString} from './read.ts';

/** `pair` reaches from the key (or the value, in a list) to the end of the value; the comma is shared with the neighbours. */
export type Element = {readonly value: PyNode; readonly pair: Span};

/** The element of a display; undefined when it has none of that key. Throws Fault 'edit.refused' for what is no display or holds the key twice. */
export const elementOf = (python: PySource, node: PyNode, key: string | number, name: string): Element | undefined => {
	if (node.name === 'ParenthesizedExpression') {
		const inner = childrenOf(node)[1];
		return inner && elementOf(python, inner, key, name);
	}
	const wanted = typeof key === 'number' ? /^(Array|Tuple)Expression$/ : /^DictionaryExpression$/;
	const where = lineNumber(python.source, node.from);
	if (!wanted.test(node.name))
		throw refusal(
			'Python',
			`${name}: the value around it, on line ${where}, is computed or of another kind`,
			'Change it by hand.',
		);
	const groups = groupsOf(node);
	if (typeof key === 'number') {
		if (groups.some(([first]) => first?.name === '*'))
			throw refusal('Python', `${name}: the list on line ${where} is computed`, 'Change it by hand.');
		return elementFrom(groups[key], 0);
	}
	const found = groups.flatMap((group, at) => (group[0] && plainString(python, group[0]) === key ? [at] : []));
	if (found.length > 1)
		throw refusal('Python', `${name}: the key stands twice in the dict on line ${where}`, 'Leave one of them by hand.');
	const [at] = found;
	if (at !== undefined && groups.slice(at).some(([first]) => first?.name === '**'))
		throw refusal(
			'Python',
			`${name}: the dict on line ${where} takes in another one behind the key`,
			'Change it by hand.',
		);
	return at === undefined ? undefined : elementFrom(groups[at], 2);
};

/** Adds `key: value` as the last element of a dict. */
export const insertKey = (
	python: PySource,
	node: PyNode,
	key: string,
	value: Text,
	written: string,
	name: string,
): readonly Splice[] => {
	const dict = node.name === 'ParenthesizedExpression' ? (childrenOf(node)[1] ?? node) : node;
	elementOf(python, dict, key, name);
	const {source} = python;
	const last = childrenOf(dict).at(-2);
	const empty = last?.name === '{';
	const close = dict.to - 1;
	const comma = !last || empty || last.name === ',' ? [] : [{start: last.to, end: last.to, text: [',']}];
	if (!allBlank(lineBefore(source, close))) {
		const at = last?.to ?? close;
		return [{start: at, end: at, text: [...(comma.length > 0 ? [', '] : empty ? [] : [' ']), written, ': ', ...value]}];
	}
	const first = childrenOf(dict)[1];
	const own =
		first && !empty && allBlank(lineBefore(source, first.from))
			? lineBefore(source, first.from)
			: `${indentAt(source, close)}    `;
	const at = close - lineBefore(source, close).length;
	return [...comma, {start: at, end: at, text: [`${own}${written}: `, ...value, `,${eolOf(source)}`]}];
};

/** The nodes between the commas, each group with its comma at its end. */
const groupsOf = (node: PyNode): readonly (readonly PyNode[])[] => {
	const groups: PyNode[][] = [[]];
	for (const child of childrenOf(node).slice(1, -1)) {
		groups.at(-1)?.push(child);
		if (child.name === ',') groups.push([]);
	}
	return groups.filter(group => group.length > 0);
};

const elementFrom = (group: readonly PyNode[] | undefined, at: number): Element | undefined => {
	const [first, value] = [group?.[0], group?.[at]];
	return first && value ? {value, pair: {start: first.from, end: value.to}} : undefined;
};
