/** The questions of a step as data: for `setup explain`, the help texts, the docs and the template. */
import type {Json} from '#model/json.ts';
import type {AnyStep} from '#model/step.ts';
import {branchesOf, isMap, literalsOf, own, type Peeled, peel, type Schema, shapeOf} from './shape.ts';

export type Choice = {readonly value: Json; readonly title?: string; readonly help?: string};

export type Question = {
	/** As in the answers file, below the step: `mode`, `server.port`. */
	readonly path: string;
	readonly title: string;
	readonly help?: string;
	/** 'host name', 'one of', 'list of text', 'secret'. */
	readonly type: string;
	/** No default is declared. The step may still find one on the host. */
	readonly required: boolean;
	readonly default?: Json;
	/** Where the default comes from: 'guide'. */
	readonly from?: string;
	readonly choices?: readonly Choice[];
	readonly example?: Json;
	/** Asked only when these answers were given. */
	readonly when: readonly {readonly path: string; readonly is: readonly Json[]}[];
};

/** Every question of a step, a choice before what depends on it. */
export const describeQuestions = (step: AnyStep): readonly Question[] => below(step.questions, [], []);

export type When = Question['when'];

const below = (schema: Schema, path: readonly string[], when: When): readonly Question[] => {
	const peeled = peel(schema);
	const union = branchesOf(peeled.core);
	const shape = shapeOf(peeled.core);
	if (shape) return Object.entries(shape).flatMap(([key, child]) => below(child, [...path, key], when));
	if (!union) return [leafQuestion(peeled, path, when)];
	const question = unionQuestion(peeled, union, path, when);
	const seen = new Map<string, Question>();
	for (const branch of union.branches) {
		const here: When = [...when, {path: question.path, is: branch.values}];
		for (const [name, child] of Object.entries(branch.shape)) {
			if (name === union.key) continue;
			for (const one of below(child, [...path, name], here)) merge(seen, one, when.length);
		}
	}
	return [question, ...seen.values()];
};

/** A question that two branches share is one question, asked in both. */
const merge = (seen: Map<string, Question>, one: Question, depth: number): void => {
	const before = seen.get(one.path);
	if (!before) seen.set(one.path, one);
	else if (before.when.length === one.when.length && before.when.length > depth) {
		const when = one.when.map((condition, index) =>
			index === depth ? {path: condition.path, is: [...before.when[depth]!.is, ...condition.is]} : condition,
		);
		seen.set(one.path, {...before, when});
	}
};

/** The question that chooses between the branches of a union. */
export const unionQuestion = (
	peeled: Peeled,
	union: NonNullable<ReturnType<typeof branchesOf>>,
	path: readonly string[],
	when: When,
): Question => {
	const preset = isMap(peeled.preset) ? (own(peeled.preset, union.key) as Json | undefined) : undefined;
	const first = union.branches[0];
	const meta = {...(first && peel(first.shape[union.key]!).meta), ...peeled.meta};
	return {
		path: [...path, union.key].join('.'),
		// A branch's literal has the title of its choice, so the question's own stands at the union.
		title: peeled.meta.title ?? union.key,
		...(peeled.meta.help !== undefined && {help: peeled.meta.help}),
		...(peeled.meta.help !== undefined && {help: peeled.meta.help}),
		type: 'one of',
		required: false,
		default: preset ?? first?.values[0] ?? null,
		...(meta.from !== undefined && {from: meta.from}),
		choices: union.branches.flatMap(branch =>
			branch.values.map(value => choice(value, peel(branch.shape[union.key]!))),
		),
		when,
	};
};

/** A question that stands for itself. */
export const leafQuestion = (peeled: Peeled, path: readonly string[], when: When): Question => {
	const {meta, core} = peeled;
	const literals = literalsOf(core);
	return {
		path: path.join('.'),
		title: meta.title ?? path.at(-1) ?? '',
		...(meta.help !== undefined && {help: meta.help}),
		type: typeName(peeled),
		required: !peeled.optional && !peeled.hasDefault,
		...(peeled.preset !== undefined && {default: peeled.preset}),
		...(meta.from !== undefined && {from: meta.from}),
		...(literals && {
			choices: literals.map(value => ({
				value,
				...(meta.choices?.[String(value)] !== undefined && {title: meta.choices[String(value)]!}),
			})),
		}),
		...(meta.example !== undefined && {example: meta.example as Json}),
		when,
	};
};

const choice = (value: Json, {meta}: Peeled): Choice => ({
	value,
	...((meta.choices?.[String(value)] ?? meta.title) !== undefined && {
		title: meta.choices?.[String(value)] ?? meta.title!,
	}),
	...(meta.help !== undefined && {help: meta.help}),
});

/** What a question takes, in words. */
export const typeName = ({core, meta}: Peeled, depth = 0): string => {
	if (meta.kind !== undefined) return meta.kind;
	const def = core._zod.def;
	// A type that holds itself (any JSON) has no end.
	if (depth > 2) return 'value';
	switch (def.type) {
		case 'string':
			return 'text';
		case 'number':
			return 'format' in def ? 'whole number' : 'number';
		case 'boolean':
			return 'true or false';
		case 'literal':
		case 'enum':
			return depth === 0 ? 'one of' : (literalsOf(core) ?? []).join(', ');
		case 'array':
			return `list of ${typeName(peel(def.element), depth + 1)}`;
		case 'record':
			return `map of ${typeName(peel(def.valueType), depth + 1)}`;
		case 'object':
			return `map (${Object.keys(def.shape).join(', ')})`;
		case 'union':
			return def.options.length > 3
				? 'value'
				: def.options.map(option => typeName(peel(option), depth + 1)).join(' or ');
		default:
			return def.type;
	}
};
