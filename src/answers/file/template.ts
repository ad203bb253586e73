/** `setup answers init STACK`: every question with what it is for and what it is worth, ready to be edited, and loading as it is. */
import type {Stack} from '#model/step.ts';
import {typeName} from '../questions/describe.ts';
import {branchesOf, isMap, literalsOf, own, type Peeled, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {fill} from '../resolve/lay-defaults.ts';
import {type Origin, type Origins, originOf, showOrigin} from '../resolve/origins.ts';
import {type FactsOf, type Settled, settleStack} from '../resolve/resolve-answers.ts';
import {answersVersion} from './head.ts';
import {invent} from './invent.ts';
import type {Path} from './read-yaml.ts';
import {commentLines, yamlEntry, yamlKey, yamlValue} from './write-yaml.ts';

/**
 * A commented answers file for a stack on this host. What the guide or the stack says is written out; what was found on
 * the host or follows from other answers stands as a comment, so that it is found anew. Throws what `facts` throws.
 */
export const answersTemplate = async (stack: Stack, facts: FactsOf): Promise<string> => {
	const origins: Origins = new Map();
	const settled = await settleStack(stack, {given: {}, facts, origins, invent});
	const head = [
		...commentLines(`Answers for ${stack.id}: ${stack.title}`, ''),
		...commentLines(stack.about, ''),
		'#',
		...commentLines(
			'Edit what should be otherwise; a line that is taken out falls back to its default. Secrets are never written here: {secret: generate} makes one once and keeps it, {file: PATH}, {env: NAME}, {credential: NAME} and {prompt: true} take one from elsewhere.',
			'',
		),
		`version: ${answersVersion}`,
		`stack: ${yamlValue(stack.id)}`,
	];
	return `${[...head, ...settled.flatMap(one => section(one, origins))].join('\n')}\n`;
};

const section = (settled: Settled, origins: Origins): readonly string[] => {
	const {step, input} = settled;
	return [
		'',
		...commentLines(`${step.title}. ${step.about}`, ''),
		`${yamlKey(step.id)}:`,
		...entries(step.questions, input, [step.id], {settled, origins}),
	];
};

type Sheet = {readonly settled: Settled; readonly origins: Origins};

const indentOf = (path: Path): string => '  '.repeat(path.length);

/** The lines of a map's keys. */
const entries = (schema: Schema, value: unknown, path: Path, sheet: Sheet): readonly string[] => {
	const peeled = peel(schema);
	const map = isMap(value) ? value : {};
	const union = branchesOf(peeled.core);
	if (!union)
		return Object.entries(shapeOf(peeled.core) ?? {}).flatMap(([key, child]) =>
			entry(child, key, own(map, key), [...path, key], sheet),
		);
	const chosen =
		union.branches.find(branch => branch.values.includes(own(map, union.key) as never)) ?? union.branches[0]!;
	const others = union.branches.filter(branch => branch !== chosen);
	return [
		...choiceLines(peeled, union, own(map, union.key), [...path, union.key], sheet),
		...Object.entries(chosen.shape).flatMap(([key, child]) =>
			key === union.key ? [] : entry(child, key, own(map, key), [...path, key], sheet),
		),
		...others.flatMap(branch => alternative(branch.schema, union.key, branch.values[0], path, sheet)),
	];
};

/** The discriminator, with the titles of what it chooses between. */
const choiceLines = (
	peeled: Peeled,
	union: NonNullable<ReturnType<typeof branchesOf>>,
	value: unknown,
	path: Path,
	{origins}: Sheet,
): readonly string[] => {
	const indent = indentOf(path.slice(0, -1));
	const choices = union.branches.flatMap(branch => {
		const {meta} = peel(branch.shape[union.key]!);
		return branch.values.map(one => `${yamlValue(one)}${meta.title === undefined ? '' : ` (${meta.title})`}`);
	});
	const kinds = `one of ${choices.join(', ')}; ${originWords(originOf(origins, path))}`;
	const origin = originOf(origins, path);
	// Further down the title stands above the map already.
	const title = path.length > 2 ? `[${kinds}]` : `${peeled.meta.title ?? union.key} [${kinds}]`;
	return [
		...commentLines(title, indent),
		...(peeled.meta.help === undefined || path.length > 2 ? [] : commentLines(peeled.meta.help, indent)),
		// What stands below goes by it: a file is read without the host, where it would be the first.
		...written(indent, union.key, value, goesWithout(union, value) ? origin : {from: 'stack'}),
	];
};

/** Nothing stands below it, or it is what a file without it means. */
const goesWithout = ({branches}: NonNullable<ReturnType<typeof branchesOf>>, value: unknown): boolean => {
	const chosen = branches.find(branch => branch.values.includes(value as never));
	return chosen === undefined || chosen === branches[0] || Object.keys(chosen.shape).length === 1;
};

/** Another branch of a union, all of it as comment. */
const alternative = (schema: Schema, key: string, value: unknown, path: Path, sheet: Sheet): readonly string[] => {
	const indent = indentOf(path);
	const origins: Origins = new Map();
	const filled = fill(schema, {[key]: value}, path.length === 1 ? sheet.settled.layers : [], path, {origins, invent});
	const lines = Object.entries(shapeOf(peel(schema).core) ?? {}).flatMap(([name, child]) =>
		name === key
			? [`${indent}${yamlKey(key)}: ${yamlValue(value)}`]
			: entry(child, name, own(filled as Readonly<Record<string, unknown>>, name), [...path, name], {
					...sheet,
					origins,
				}),
	);
	return [`${indent}# Or, instead of the above:`, ...lines.map(line => `${indent}# ${line.slice(indent.length)}`)];
};

const entry = (schema: Schema, key: string, value: unknown, path: Path, sheet: Sheet): readonly string[] => {
	const peeled = peel(schema);
	const indent = indentOf(path.slice(0, -1));
	const origin = originOf(sheet.origins, path);
	const nested = branchesOf(peeled.core) !== undefined || shapeOf(peeled.core) !== undefined;
	const about = (words: string): readonly string[] => [
		...commentLines(`${peeled.meta.title ?? key}${words === '' ? '' : ` [${words}]`}`, indent),
		...(peeled.meta.help === undefined ? [] : commentLines(peeled.meta.help, indent)),
	];
	if (nested && isMap(value))
		return [...about(''), `${indent}${yamlKey(key)}:`, ...entries(schema, value, path, sheet)];
	if (nested && peeled.optional) return [...about('may be left out'), ...optionalMap(schema, key, path, sheet)];
	return [
		...about(hint(peeled, value, origin)),
		...written(
			indent,
			key,
			value === undefined ? peeled.meta.example : value,
			value === undefined ? undefined : origin,
		),
	];
};

const optionalMap = (schema: Schema, key: string, path: Path, sheet: Sheet): readonly string[] => {
	const indent = indentOf(path.slice(0, -1));
	const origins: Origins = new Map();
	const lines = entries(schema, fill(schema, {}, [], path, {origins, invent}), path, {...sheet, origins});
	return [`${indent}# ${yamlKey(key)}:`, ...lines.map(line => `${indent}# ${line.slice(indent.length)}`)];
};

/** A line with an answer; one that would be found anew anyway is a comment. */
const written = (indent: string, key: string, value: unknown, origin: Origin | undefined): readonly string[] => {
	const lines = value === undefined ? [`${indent}${yamlKey(key)}:`] : yamlEntry(indent, key, value);
	return origin === undefined || origin.from === 'step'
		? lines.map(line => `${indent}# ${line.slice(indent.length)}`)
		: lines;
};

const hint = (peeled: Peeled, value: unknown, origin: Origin | undefined): string => {
	const literals = literalsOf(peeled.core);
	const type = literals
		? `one of ${literals.map(one => yamlValue(one) + (peeled.meta.choices?.[String(one)] === undefined ? '' : ` (${peeled.meta.choices[String(one)]})`)).join(', ')}`
		: typeName(peeled);
	return `${type}; ${value === undefined ? 'may be left out' : originWords(origin)}`;
};

const originWords = (origin: Origin | undefined): string => {
	if (origin === undefined) return 'default';
	return origin.from === 'example'
		? 'must be answered, this is an example'
		: origin.from === 'stack'
			? 'default of the stack'
			: origin.from === 'step'
				? `default: ${origin.text}`
				: showOrigin(origin);
};
