/** Finds the block a setting is for, and the place in it where a new directive goes with the indentation of its neighbours. */

import type {Text} from '#model/secret.ts';
import {allBlank, trimmedEnd} from '../blanks.ts';
import {refusal, type Span, type Splice} from '../editor.ts';
import {eolOf, indentAt, lineBefore, lineNumber} from '../lines.ts';
import {nginxQuote} from './quote.ts';
import type {Directive} from './read.ts';

/** A block by name; among several, by its arguments (`location /`), the name of a server, or its number from 0. */
export type BlockStep =
	| string
	| {readonly name: string; readonly args?: readonly string[]; readonly serverName?: string; readonly nth?: number};

/** A block or the main context (no `inside`). */
export type Inside = {readonly children: readonly Directive[]; readonly inside?: Span};

export const stepName = (step: BlockStep): string => {
	if (typeof step === 'string') return step;
	const {name, args = [], serverName, nth} = step;
	return `${[name, ...args].join(' ')}${serverName === undefined ? '' : `(${serverName})`}${nth === undefined ? '' : `[${nth}]`}`;
};

/** The innermost block that is there, and the steps that are not. Throws Fault 'edit.refused' where a step could mean several. */
export const blockAt = (
	source: string,
	top: readonly Directive[],
	steps: readonly BlockStep[],
): {readonly block: Inside; readonly missing: readonly BlockStep[]} => {
	let block: Inside = {children: top};
	for (const [at, step] of steps.entries()) {
		const found = block.children.filter(one => one.children !== undefined && fits(one, step));
		const [first, second] =
			typeof step === 'object' && step.nth !== undefined ? found.slice(step.nth, step.nth + 1) : found;
		if (!first?.children || !first.inside) return {block, missing: steps.slice(at)};
		if (second)
			throw refusal(
				'nginx',
				`${stepName(step)} stands on lines ${found.map(one => lineNumber(source, one.start)).join(', ')}`,
				'Say which of them: by its arguments, its server name or its number.',
			);
		block = {children: first.children, inside: first.inside};
	}
	return {block, missing: []};
};

/** A new directive at the end of a block, or behind the comment that shows its default; blocks that are missing come around it. */
export const newDirective = (
	source: string,
	block: Inside,
	missing: readonly BlockStep[],
	words: readonly (string | Text)[],
): readonly Splice[] => {
	const eol = eolOf(source);
	const inside = block.inside ?? {start: 0, end: source.length};
	if (block.inside && missing.length === 0 && !source.slice(inside.start, inside.end).includes('\n')) {
		const at = inside.start + trimmedEnd(source.slice(inside.start, inside.end)).length;
		return [{start: at, end: at, text: [' ', ...line(words), at === inside.end ? ' ' : '']}];
	}
	const place = placeFor(source, block, inside, missing.length === 0 ? plain(words[0]) : undefined);
	const indent = indentOf(source, block);
	const opened = missing.map((step, depth) => `${indent}${unit.repeat(depth)}${header(step)} {${eol}`);
	const closed = missing.map((_step, depth) => `${eol}${indent}${unit.repeat(depth)}}`).toReversed();
	const whole: Text = [...opened, `${indent}${unit.repeat(missing.length)}`, ...line(words), ...closed];
	const open = place > 0 && source[place - 1] !== '\n';
	const tail =
		open && !/^[ \t]*\r?\n/.test(source.slice(place)) && place < source.length
			? `${eol}${indentAt(source, block.inside?.start ?? 0)}`
			: open
				? ''
				: eol;
	return [{start: place, end: place, text: [open ? eol : '', ...whole, place === source.length && open ? eol : tail]}];
};

const unit = '    ';

const fits = (one: Directive, step: BlockStep): boolean => {
	if (typeof step === 'string') return one.name === step;
	if (one.name !== step.name) return false;
	if (step.args && (step.args.length !== one.args.length || !step.args.every((arg, at) => one.args[at]?.value === arg)))
		return false;
	return (
		step.serverName === undefined ||
		(one.children ?? []).some(
			child =>
				child.name === 'server_name' &&
				child.args.some(arg => arg.value.toLowerCase() === step.serverName?.toLowerCase()),
		)
	);
};

const header = (step: BlockStep): string => {
	if (typeof step === 'string') return step;
	if (step.nth !== undefined || step.serverName !== undefined)
		throw refusal('nginx', `there is no ${stepName(step)}`, 'Look whether this is the right file.');
	return [step.name, ...(step.args ?? []).map(nginxQuote(true))].join(' ');
};

const plain = (word: string | Text | undefined): string => (typeof word === 'string' ? word : '');

const line = (words: readonly (string | Text)[]): Text => [
	...words.flatMap((word, at) => [at === 0 ? '' : ' ', ...(typeof word === 'string' ? [word] : word)]),
	';',
];

/** In the main context before the first block, and a module before everything that may need it. Always at the start of a line where there is one. */
const placeFor = (source: string, block: Inside, inside: Span, name: string | undefined): number => {
	const shown = name === undefined ? undefined : commentFor(source, block, inside, name);
	if (shown !== undefined) return shown;
	const before =
		block.inside || name === undefined
			? undefined
			: block.children.find(one => name === 'load_module' || one.children !== undefined);
	if (before && allBlank(lineBefore(source, before.start)))
		return before.start - lineBefore(source, before.start).length;
	if (!block.inside) return source.length;
	const blank = lineBefore(source, inside.end);
	return allBlank(blank) && inside.end - blank.length > inside.start
		? inside.end - blank.length
		: inside.start + trimmedEnd(source.slice(inside.start, inside.end)).length;
};

/** Behind `#user  nobody;` on a line of its own, directly in the block. */
const commentFor = (source: string, block: Inside, inside: Span, name: string): number | undefined => {
	const shown = new RegExp(`^[ \\t]*#[ \\t]*${name}[ \\t][^\\n]*;[ \\t]*\\r?\\n`, 'gm');
	const found = [...source.slice(inside.start, inside.end).matchAll(shown)]
		.map(match => ({start: inside.start + match.index, end: inside.start + match.index + match[0].length}))
		.filter(({start}) => start === 0 || source[start - 1] === '\n')
		.filter(({start}) => !block.children.some(one => one.start < start && start < one.end));
	return found.at(-1)?.end;
};

const indentOf = (source: string, block: Inside): string => {
	const neighbour = block.children.find(one => allBlank(lineBefore(source, one.start)));
	if (neighbour) return lineBefore(source, neighbour.start);
	return block.inside ? indentAt(source, block.inside.start) + unit : '';
};
