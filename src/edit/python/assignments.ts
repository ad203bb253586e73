/** Every statement of a settings file that gives a name its value or changes it afterwards, so that an edit never sets a value which something else replaces. */
import type {Span} from '../editor.ts';
import {childrenOf, type PyNode, type PySource, plainString, textOf} from './read.ts';

export type PyPath = readonly (string | number)[];

/**
 * One statement about a name, or about an element under it. `value` is missing where it is no plain assignment (`+=`,
 * `.append()`, `import`, a loop variable). `conditional`: under if, try, with or a loop.
 */
export type Assignment = {
	readonly path: PyPath;
	readonly statement: Span;
	readonly value?: PyNode;
	readonly how: string;
	readonly conditional: boolean;
};

/** All of them in the order of the source; bodies of functions and classes have names of their own. */
export const assignmentsOf = (python: PySource): readonly Assignment[] =>
	childrenOf(python.top).flatMap(node => walk(python, node, false));

const blocks = /^(If|Try|With|For|While|Match)Statement$/;

const walk = (python: PySource, node: PyNode, conditional: boolean): readonly Assignment[] => {
	const children = childrenOf(node);
	if (node.name === 'StatementGroup') return children.flatMap(child => walk(python, child, conditional));
	if (blocks.test(node.name) || /^Match(Body|Clause)$/.test(node.name)) {
		return children.flatMap(child => {
			if (child.name === 'Body') return childrenOf(child).flatMap(inner => walk(python, inner, true));
			if (/^Match(Body|Clause)$/.test(child.name)) return walk(python, child, true);
			const binds = /^(as|for|,)$/.test(child.prevSibling?.name ?? '') && child.name === 'VariableName';
			return binds
				? [
						{
							path: [textOf(python, child)],
							statement: {start: node.from, end: node.to},
							how: 'bound',
							conditional: true,
						},
					]
				: [];
		});
	}
	return statement(python, node, children).map(one => ({
		...one,
		statement: {start: node.from, end: node.to},
		conditional,
	}));
};

type Said = Pick<Assignment, 'path' | 'how' | 'value'>;

const statement = (python: PySource, node: PyNode, children: readonly PyNode[]): readonly Said[] => {
	switch (node.name) {
		case 'AssignStatement':
			return assigned(python, children);
		case 'UpdateStatement':
			return targets(python, children.slice(0, 1), 'added to');
		case 'DeleteStatement':
			return targets(python, children.slice(1), 'deleted');
		case 'ExpressionStatement':
			return called(python, children[0]);
		case 'ImportStatement':
			return imported(python, children);
		case 'FunctionDefinition':
		case 'ClassDefinition':
			return targets(python, children.filter(({name}) => name === 'VariableName').slice(0, 1), 'defined');
		default:
			return [];
	}
};

const assigned = (python: PySource, children: readonly PyNode[]): readonly Said[] => {
	const [target] = children;
	const value = children.at(-1);
	const plain =
		children.filter(({name}) => name === 'AssignOp').length === 1 && !children.some(({name}) => name === ',');
	const path = plain && target ? pathOf(python, target) : undefined;
	if (path && value) return [{path, how: 'assigned', value}];
	return targets(
		python,
		children.slice(
			0,
			children.findLastIndex(({name}) => name === 'AssignOp'),
		),
		'assigned together with others, or by a computed index',
	);
};

const called = (python: PySource, call: PyNode | undefined): readonly Said[] => {
	const member = call?.name === 'CallExpression' ? call.firstChild : undefined;
	if (member?.name !== 'MemberExpression' || member.lastChild?.name !== 'PropertyName' || !member.firstChild) return [];
	return targets(python, [member.firstChild], `changed by .${textOf(python, member.lastChild)}()`);
};

const imported = (python: PySource, children: readonly PyNode[]): readonly Said[] => {
	const names = children.slice(children.findIndex(({name}) => name === 'import') + 1);
	return targets(
		python,
		names.filter(
			({name}, at) => name === 'VariableName' && names[at + 1]?.name !== 'as' && names[at - 1]?.name !== '.',
		),
		'imported',
	);
};

/** The names that a list of targets touches, however deep they are in it. */
const targets = (python: PySource, nodes: readonly PyNode[], how: string): readonly Said[] =>
	nodes.flatMap(node => {
		const path = pathOf(python, node);
		if (path) return [{path, how}];
		if (node.name === 'MemberExpression') return node.firstChild ? targets(python, [node.firstChild], how) : [];
		return /^(Tuple|Array|Parenthesized)Expression$/.test(node.name) ? targets(python, childrenOf(node), how) : [];
	});

/** `X`, `X['a']`, `X['a'][0]`; undefined for anything else. */
const pathOf = (python: PySource, node: PyNode): PyPath | undefined => {
	if (node.name === 'VariableName') return [textOf(python, node)];
	const [of, open, index, close] = node.name === 'MemberExpression' ? childrenOf(node) : [];
	const path = of && open?.name === '[' && close?.name === ']' ? pathOf(python, of) : undefined;
	if (!path || !index) return undefined;
	const key = index.name === 'Number' ? Number(textOf(python, index)) : plainString(python, index);
	return key === undefined || Number.isNaN(key) ? undefined : [...path, key];
};
