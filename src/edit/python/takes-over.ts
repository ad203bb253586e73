/**
 * Statements that may give any name of a settings file another value: `from .local import *`, `x.settings(locals())`,
 * `globals().update(…)`. What stands above one of them is no longer known from the file, for an editor and for the doctor alike.
 */
import {childrenOf, type PyNode, type PySource, textOf} from './read.ts';

/** Where it takes effect (offset; the end of the source for one inside a function, which may be called at any time) and where it is written. */
export type TakeOver = {readonly from: number; readonly at: number};

/** All of them, in the order of the source. */
export const takeOversOf = (python: PySource): readonly TakeOver[] => {
	const found: TakeOver[] = [];
	walk(python, python.top, 'module', found);
	return found;
};

/** The first one that comes into effect behind an offset; undefined where what stands there is the last word. */
export const takenOverBehind = (python: PySource, offset: number): TakeOver | undefined =>
	takeOversOf(python).find(({from}) => from > offset);

type Scope = 'module' | 'class' | 'function';

const walk = (python: PySource, node: PyNode, scope: Scope, found: TakeOver[]): void => {
	if (takes(python, node, scope)) {
		found.push({from: scope === 'function' ? python.source.length : node.from, at: node.from});
		return;
	}
	const inner =
		node.name === 'ClassDefinition' && scope === 'module'
			? 'class'
			: /^(FunctionDefinition|LambdaExpression)$/.test(node.name)
				? 'function'
				: scope;
	for (const child of childrenOf(node)) walk(python, child, inner, found);
};

const takes = (python: PySource, node: PyNode, scope: Scope): boolean => {
	if (node.name === 'ImportStatement') return scope === 'module' && childrenOf(node).some(({name}) => name === '*');
	if (node.name === 'MemberExpression')
		return textOf(python, node).replaceAll(/[ \t\v\f\r\n]/g, '') === 'sys.modules[__name__]';
	if (node.name !== 'CallExpression') return false;
	const callee = node.firstChild;
	if (!callee) return false;
	const name = textOf(python, callee);
	const args = childrenOf(node).find(one => one.name === 'ArgList');
	const empty = args !== undefined && childrenOf(args).length === 2;
	if (name === 'globals') return !onlyRead(python, node);
	// Without arguments they are the names of the place they stand in.
	if (name === 'locals' || name === 'vars') return empty && scope === 'module' && !onlyRead(python, node);
	if (name === 'exec' || name === 'execfile') return scope !== 'function';
	// django-split-settings and dynaconf reach into the module that calls them.
	return scope === 'module' && (name === 'include' || /(^|\.)DjangoDynaconf$/.test(name));
};

/** `globals().get('X')` and `'X' in globals()` change nothing. */
const onlyRead = (python: PySource, node: PyNode): boolean => {
	const parent = node.parent;
	if (parent?.name === 'MemberExpression' && parent.lastChild?.name === 'PropertyName')
		return /^(get|copy|items|keys|values)$/.test(textOf(python, parent.lastChild));
	return parent?.name === 'BinaryExpression' && node.prevSibling?.name === 'in';
};
