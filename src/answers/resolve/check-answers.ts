/** Checks answers against a schema and gives every problem with its path. zod stops at a discriminator it does not know; here the other keys are still looked at. */
import type {z} from 'zod';
import {type Path, pathKey} from '../file/read-yaml.ts';
import {branchesOf, branchFor, isMap, own, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {missing, sentenceFor, showKey, unknownKey} from './problem-sentences.ts';

export type Problem = {
	readonly path: Path;
	readonly sentence: string;
	/** Whether it is about the key or its value, or about something that is not there. */
	readonly about: 'key' | 'value' | 'missing';
};

export type Checked<T> =
	| {readonly ok: true; readonly output: T}
	| {readonly ok: false; readonly problems: readonly Problem[]};

/** The output, or all problems, one per path, paths starting with `at`. */
export const check = <T>(schema: z.ZodType<T>, value: unknown, at: Path = []): Checked<T> => {
	const result = schema.safeParse(value, {error: sentenceFor});
	if (result.success) return {ok: true, output: result.data};
	const problems = result.error.issues.flatMap(issue => problemsOf(issue, schema, value));
	const seen = new Set<string>();
	return {
		ok: false,
		problems: problems
			.filter(({path, about}) => seen.size < seen.add(pathKey([...path, about === 'key' ? 'key' : ''])).size)
			.map(problem => ({...problem, path: [...at, ...problem.path]})),
	};
};

const problemsOf = (issue: z.core.$ZodIssue, schema: Schema, value: unknown): readonly Problem[] => {
	const path = issue.path.map(part => (typeof part === 'number' ? part : String(part)));
	if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, schema, value);
	const about = valueAt(value, path) === undefined ? 'missing' : 'value';
	const problem: Problem = {path, sentence: issue.message || missing, about};
	if (issue.code !== 'invalid_union' || typeof issue.discriminator !== 'string') return [problem];
	const parent = path.slice(0, -1);
	return [problem, ...restOfUnion(schemaAt(schema, value, parent), valueAt(value, parent), parent)];
};

const unknownKeys = (keys: readonly string[], path: Path, schema: Schema, value: unknown): readonly Problem[] => {
	const peeled = peel(schemaAt(schema, value, path) ?? schema).core;
	const union = branchesOf(peeled);
	const known = Object.keys(shapeOf(peeled) ?? branchFor(peeled, valueAt(value, path))?.shape ?? {});
	return keys.map(key => {
		const elsewhere = union?.branches.find(branch => Object.hasOwn(branch.shape, key));
		return {
			path: [...path, key],
			sentence: unknownKey(key, known, elsewhere && `${union!.key}: ${elsewhere.values.join(' or ')}`),
			about: 'key',
		};
	});
};

/** Which branch was meant is not known: a key is wrong if it is wrong in every branch that has it. */
const restOfUnion = (schema: Schema | undefined, value: unknown, path: Path): readonly Problem[] => {
	const union = schema && branchesOf(peel(schema).core);
	if (!union || !isMap(value)) return [];
	return Object.keys(value)
		.filter(key => key !== union.key)
		.flatMap((key): readonly Problem[] => {
			const candidates = union.branches.flatMap(branch =>
				Object.hasOwn(branch.shape, key) ? [branch.shape[key]!] : [],
			);
			if (candidates.length === 0) {
				const known = [...new Set(union.branches.flatMap(branch => Object.keys(branch.shape)))];
				return [{path: [...path, key], sentence: unknownKey(key, known), about: 'key'}];
			}
			const results = candidates.map(candidate => check(candidate as z.ZodType, own(value, key), [...path, key]));
			const first = results[0]!;
			return results.some(result => result.ok) || first.ok ? [] : first.problems;
		});
};

/** The schema that a path of a value is checked with. */
export const schemaAt = (schema: Schema, value: unknown, path: Path): Schema | undefined => {
	const [key, ...rest] = path;
	if (key === undefined) return schema;
	const {core} = peel(schema);
	const def = core._zod.def;
	const shape = shapeOf(core) ?? branchFor(core, value)?.shape;
	const below = shape
		? (own(shape, String(key)) as Schema | undefined)
		: def.type === 'array'
			? def.element
			: def.type === 'record'
				? def.valueType
				: def.type === 'tuple'
					? def.items[Number(key)]
					: undefined;
	return below && schemaAt(below, valueAt(value, [key]), rest);
};

export const valueAt = (value: unknown, path: Path): unknown =>
	path.reduce<unknown>((part, key) => {
		if (Array.isArray(part)) return (part as readonly unknown[])[Number(key)];
		return isMap(part) ? own(part, String(key)) : undefined;
	}, value);

/** `postgres.server.port`, `application.settings[2].name`: how a path is written in sentences. */
export const showPath = (path: Path): string =>
	path
		.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${showKey(part)}`))
		.join('');
