/**
 * Whatever is answered, what it needs is brought: each combination of the choices within a step, and each pair of such of two steps. An answer that
 * makes a program necessary which nobody installs is found by no other test but an install of just those answers.
 */
import {describe, expect, test} from 'vitest';
import {describeQuestions, type Question} from '#answers/questions/describe.ts';
import {orderOf} from '#engine/order.ts';
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import type {AnyStep} from '#model/step.ts';
import {stacks} from '#stacks/index.ts';
import {openStack} from '#tasks/open-stack.ts';
import {given} from './given.ts';

type Section = Readonly<Record<string, Json>>;

describe.each(Object.keys(stacks))('the stack %s', id => {
	test('brings what any answers need', {timeout: 300_000}, async () => {
		const stack = await stacks[id]!();
		const reader = createReader();
		const steps = stack.steps.map(step => ({id: step.id as string, variants: variantsOf(step)}));
		const lacking = new Map<string, string>();
		let tried = 0;
		for (const sections of pairs(steps)) {
			tried += 1;
			const text = JSON.stringify({version: 1, stack: id, ...sections});
			const said = await needsOf(text).catch(error => {
				if (error instanceof Fault) return [`${error.code}: ${error.details.join('; ') || error.sentence}`];
				throw error;
			});
			for (const line of said) if (!lacking.has(line)) lacking.set(line, text);
		}
		expect(tried).toBeGreaterThan(steps.length > 3 ? 99 : 0);
		expect([...lacking]).toEqual([]);

		async function needsOf(text: string): Promise<readonly string[]> {
			const items = await (await openStack({text, name: 'answers'}, [], reader)).items();
			const {makers} = orderOf(items);
			return items.flatMap(({resource}) =>
				(resource.needs ?? [])
					// A file that an answer names is the operator's to bring.
					.filter(
						thing => !makers.has(thing) && !given.test(thing) && !text.includes(`"${thing.replace(/^path:/, '')}"`),
					)
					.map(thing => `${resource.id} needs ${thing}`),
			);
		}
	});
});

type Steps = readonly {readonly id: string; readonly variants: readonly Section[]}[];

/** Each variant of each step alone, and with each of each other step, all further ones as nobody answers them; each once. */
const pairs = function* (steps: Steps): Generator<Readonly<Record<string, Section>>> {
	const plain = Object.fromEntries(steps.map(({id, variants}) => [id, variants[0] ?? {}]));
	yield plain;
	for (const {id, variants} of steps) for (const mine of variants.slice(1)) yield {...plain, [id]: mine};
	for (const [at, one] of steps.entries())
		for (const other of steps.slice(at + 1))
			for (const mine of one.variants.slice(1))
				for (const theirs of other.variants.slice(1)) yield {...plain, [one.id]: mine, [other.id]: theirs};
};

/**
 * Every combination of the choices that others of a step depend on; then what nobody answers, with one of its further choices turned. An example
 * for each question that has no default. What nobody answers comes first.
 */
const variantsOf = (step: AnyStep): readonly Section[] => {
	const questions = describeQuestions(step);
	const deciding = new Set(questions.flatMap(({when}) => when.map(({path}) => path)));
	let found: readonly ReadonlyMap<string, Json>[] = [new Map()];
	for (const question of questions)
		found = found.flatMap(before => {
			const values = valuesOf(question, before);
			return (deciding.has(question.path) ? values : values.slice(0, 1)).map(value =>
				new Map(before).set(question.path, value),
			);
		});
	const plain = found[0] ?? new Map<string, Json>();
	const turned = questions
		.filter(({path}) => !deciding.has(path))
		.flatMap(question =>
			valuesOf(question, plain)
				.slice(1)
				.map(value => new Map(plain).set(question.path, value)),
		);
	return [...found, ...turned].map(answers => {
		const section: Record<string, Json> = {};
		for (const [path, value] of answers) if (value !== unasked) lay(section, path.split('.'), value);
		return section;
	});
};

/** Stands for a question that these answers do not ask, or that keeps its default. */
const unasked = '\0unasked';

const valuesOf = (question: Question, before: ReadonlyMap<string, Json>): readonly Json[] => {
	const {when, choices, required, type, example} = question;
	if (!when.every(({path, is}) => is.includes(before.get(path) ?? null))) return [unasked];
	// The default is one of them; a choice of findings to accept, or of several, changes nothing that is needed.
	const first = question.default;
	if (type === 'one of' && choices !== undefined)
		return choices.map(({value}) => value).toSorted((a, b) => Number(b === first) - Number(a === first));
	if (typeof first === 'boolean') return [first, !first];
	if (type === 'secret') return [{env: 'SECRET'}];
	// What one branch asks with a default, another may ask without one.
	if (when.some(({is}) => is.length > 1)) return [first ?? example ?? unasked];
	return required ? [example ?? 'x'] : [unasked];
};

const lay = (into: Record<string, Json>, [head = '', ...rest]: readonly string[], value: Json): void => {
	if (rest.length === 0) into[head] = value;
	else lay((into[head] ??= {}) as Record<string, Json>, rest, value);
};
