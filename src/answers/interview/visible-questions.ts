/** Which questions of a step are asked under its present answers, and what each would be worth without an answer. */
import type {Json} from '#model/json.ts';
import {setAt} from '../file/sets.ts';
import {leafQuestion, type Question, unionQuestion, type When} from '../questions/describe.ts';
import {branchesOf, branchFor, isMap, own, type Peeled, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {fill} from '../resolve/lay-defaults.ts';
import {type Origin, type Origins, originOf} from '../resolve/origins.ts';
import type {Settled} from '../resolve/resolve-answers.ts';

export type Place = {
	readonly question: Question;
	/** Below the step. */
	readonly path: readonly string[];
	readonly schema: Schema;
	readonly peeled: Peeled;
	/** Chooses the branch that the questions below it belong to. */
	readonly decides: boolean;
	/** What it is worth without an answer, from the host, the stack, other answers or the schema. */
	readonly preset: Json | undefined;
	readonly presetOrigin: Origin | undefined;
};

/** In the order of the screen, a choice before what depends on it. */
export const placesOf = ({step, input, layers}: Settled): readonly Place[] => {
	const without = (choices: Readonly<Record<string, unknown>>): Defaults => {
		const origins: Origins = new Map();
		const filled = fill(step.questions, choices, layers, [step.id], {origins});
		return path => ({
			preset: at(filled, path) as Json | undefined,
			presetOrigin: originOf(origins, [step.id, ...path]),
		});
	};
	const walk = (schema: Schema, path: readonly string[], above: Above): readonly Place[] => {
		const peeled = peel(schema);
		const union = branchesOf(peeled.core);
		const shape = shapeOf(peeled.core);
		const value = at(input, path);
		// Nothing in a map that may be left out is missing while nothing of it is answered.
		const free = above.free || ((peeled.optional || peeled.nullable) && !isMap(value) && path.length > 0);
		const place = (question: Question, from: Defaults, decides: boolean): Place => {
			const {preset, presetOrigin} = from(question.path.split('.'));
			const {default: _, ...rest} = question;
			return {
				question: {...rest, required: question.required && !free, ...(preset !== undefined && {default: preset})},
				path: question.path.split('.'),
				schema,
				peeled,
				decides,
				preset,
				presetOrigin,
			};
		};
		if (shape) return Object.entries(shape).flatMap(([key, child]) => walk(child, [...path, key], {...above, free}));
		if (!union) return [place(leafQuestion(peeled, path, above.when), above.defaults, false)];
		const choice = isMap(value) ? own(value, union.key) : undefined;
		const question = unionQuestion(peeled, union, path, above.when);
		const first = place(question, above.defaults, true);
		const branch = branchFor(peeled.core, value);
		if (!branch) return [first];
		const choices = setAt(above.choices, [...path, union.key], choice);
		const below: Above = {
			choices,
			defaults: without(choices),
			free: false,
			when: [...above.when, {path: question.path, is: branch.values}],
		};
		return [
			first,
			...Object.entries(branch.shape).flatMap(([key, child]) =>
				key === union.key ? [] : walk(child, [...path, key], below),
			),
		];
	};
	return walk(step.questions, [], {choices: {}, defaults: without({}), free: false, when: []});
};

type Defaults = (path: readonly string[]) => Pick<Place, 'preset' | 'presetOrigin'>;
/** What was decided on the way to a question. */
type Above = {
	readonly choices: Readonly<Record<string, unknown>>;
	readonly defaults: Defaults;
	readonly free: boolean;
	readonly when: When;
};

/** The value at a path of maps. */
export const at = (value: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((part, key) => (isMap(part) ? own(part, key) : undefined), value);
