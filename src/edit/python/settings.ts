/**
 * Settings files in Python (Django's settings.py): one literal is replaced, everything else stays. What the file computes,
 * assigns twice or changes afterwards is refused, because a new literal there would be a guess.
 */

import type {Text} from '#model/secret.ts';
import {trimmed} from '../blanks.ts';
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, lineNumber, wholeLines} from '../lines.ts';
import {type Assignment, assignmentsOf, type PyPath} from './assignments.ts';
import {type Element, elementOf, insertKey} from './dict.ts';
import {meansSame, type PyLiteral, type PyStyle, quotePython, writePython} from './literals.ts';
import {childrenOf, literalOf, type PyNode, type PySource, readPython, textOf} from './read.ts';
import {takenOverBehind, takeOversOf} from './takes-over.ts';

export type {PyLiteral} from './literals.ts';

/** `path`: the name, then dict keys and list positions. `language` is that of the interpreter that reads the file, 3 unless said. */
export type PythonSetting = {
	readonly path: PyPath;
	readonly value: PyLiteral;
	readonly replaceComputed?: true;
	readonly language?: 2 | 3;
};

const format = 'Python';

export const pythonSettings: Editor<PythonSetting> = editorOf<PythonSetting>({
	format,
	name: ({path}) => nameOf(path),
	one: (source, setting) => {
		checkPath(setting.path);
		const language = setting.language ?? 3;
		const python = readPython(source, language);
		const place = locate(python, setting.path);
		const style = {
			language,
			ascii: /^[ \t\f]*#.*?coding[:=][ \t]*(?!utf-?8)[\w.-]+/im.test(source.split('\n', 2).join('\n')),
		};
		const {found, rest} = place ?? {found: undefined, rest: setting.path};
		if (!found)
			return [
				insertLines(source, source.length, [[`${setting.path[0]} = `, ...nested(rest.slice(1), setting.value, style)]]),
			];
		if (rest.length === 0) return replace(python, found, setting, style);
		return insertKey(
			python,
			found,
			text(rest[0]),
			nested(rest.slice(1), setting.value, style),
			keyText(rest[0], style),
			nameOf(setting.path),
		);
	},
	all: (source, setting) => {
		const place = locate(readPython(source, setting.language ?? 3), setting.path);
		return place?.found && place.rest.length === 0 && place.owned
			? [setting.path.length > 1 ? place.owned : wholeLines(source, place.owned)]
			: [];
	},
	standIn: n => `'hs0secret${n}'`,
});

/** One expression on one line, which may stand behind `NAME = `. */
export const isPythonExpression = (text: string, language: 2 | 3 = 3): boolean => {
	if (/[\n\r\0;#]/.test(text) || trimmed(text) !== text || text === '') return false;
	try {
		const python = readPython(`x = ${text}\n`, language);
		const [one, ...more] = childrenOf(python.top);
		return (
			one?.name === 'AssignStatement' &&
			more.length === 0 &&
			childrenOf(one).filter(({name}) => name === 'AssignOp').length === 1
		);
	} catch {
		return false;
	}
};

/** How far the way into the file goes: the value at its end, and the part of the path that is not there. */
type Place = {readonly found: PyNode; readonly rest: PyPath; readonly owned: Element['pair'] | undefined};

const locate = (python: PySource, path: PyPath): Place | undefined => {
	const about = assignmentsOf(python).filter(one => starts(one.path, path) || starts(path, one.path));
	if (about.length === 0) {
		// A name of its own goes to the end, behind them all; an element needs what stands around it.
		const [taken] = path.length > 1 ? takeOversOf(python) : [];
		if (taken) refuseTaken(python, path, taken.at);
		return undefined;
	}
	const last = about.at(-1) as Assignment;
	const where = (one: Assignment): string => `line ${lineNumber(python.source, one.statement.start)}`;
	const odd = about.find(one => !one.value);
	if (odd)
		throw refusal(
			format,
			`${nameOf(odd.path)} is ${odd.how} on ${where(odd)}`,
			'Change it by hand: a literal would not be what counts.',
		);
	const conditional = about.find(one => one.conditional);
	if (conditional)
		throw refusal(
			format,
			`${nameOf(conditional.path)} is assigned under a condition on ${where(conditional)}`,
			'Change it by hand: which value counts is decided when the file runs.',
		);
	const order = about.every((one, at) => at === 0 || one.path.length > (about[at - 1]?.path.length ?? 0));
	if (!order || !starts(last.path, path))
		throw refusal(
			format,
			`${nameOf(last.path)} is assigned more than once: ${about.map(where).join(', ')}`,
			'Leave one assignment by hand, then run the plan again.',
		);
	const taken = takenOverBehind(python, last.statement.start);
	if (taken) refuseTaken(python, path, taken.at);
	let place: Place = {found: last.value as PyNode, rest: path.slice(last.path.length), owned: last.statement};
	while (place.rest.length > 0) {
		const element = elementOf(python, place.found, place.rest[0] as string | number, nameOf(path));
		if (!element) return place;
		place = {found: element.value, rest: place.rest.slice(1), owned: element.pair};
	}
	return place;
};

const refuseTaken = (python: PySource, path: PyPath, at: number): never => {
	throw refusal(
		format,
		`line ${lineNumber(python.source, at)} may give ${nameOf(path)} another value, whatever stands above it`,
		'Change it by hand where that line takes its values from, or below that line.',
	);
};

const starts = (short: PyPath, long: PyPath): boolean =>
	short.length <= long.length && short.every((key, at) => key === long[at]);

const replace = (python: PySource, node: PyNode, setting: PythonSetting, style: PyStyle): readonly Splice[] => {
	const read = literalOf(python, node);
	const {value} = setting;
	if ('expression' in value && textOf(python, node) === value.expression) return [];
	if (!read && !setting.replaceComputed && !('expression' in value))
		throw refusal(
			format,
			`${nameOf(setting.path)} is computed on line ${lineNumber(python.source, node.from)}`,
			'Change it by hand, or allow a computed value to be replaced.',
		);
	return read && meansSame(value, read) ? [] : [{start: node.from, end: node.to, text: writePython(value, style)}];
};

/** The value inside the dicts that are missing around it. */
const nested = (keys: PyPath, value: PyLiteral, style: PyStyle): Text =>
	keys.length === 0
		? writePython(value, style)
		: ['{', keyText(keys[0], style), ': ', ...nested(keys.slice(1), value, style), '}'];

const text = (key: string | number | undefined): string => {
	if (typeof key !== 'string')
		throw refusal(
			format,
			`there is no element ${key}`,
			'A list is only changed where it has the element; set the whole list instead.',
		);
	return key;
};

const keyText = (key: string | number | undefined, style: PyStyle): string => quotePython(text(key), style);

const nameOf = (path: PyPath): string =>
	`${path[0]}${path
		.slice(1)
		.map(key => (typeof key === 'number' ? `[${key}]` : `['${key}']`))
		.join('')}`;

const checkPath = (path: PyPath): void => {
	if (typeof path[0] !== 'string' || !/^[A-Za-z_]\w*$/.test(path[0]) || reserved.test(path[0]))
		throw refusal(format, 'a setting cannot have this name', 'Use a Python name of letters, digits and underscores.');
};

const reserved =
	/^(False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|exec|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|print|raise|return|try|while|with|yield)$/;
