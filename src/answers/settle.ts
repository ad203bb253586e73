/** Settles the answers step by step, in the stack's order, because a step's defaults may depend on the host and on earlier answers. */
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import type {AnyStep, Default, Stack, Steps} from '#model/step.ts';
import {type Box, nameBoxes} from './boxes.ts';
import {check, type Problem} from './check.ts';
import {type FillOptions, fill, type Layer} from './fill.ts';
import {invent} from './invent.ts';
import {setAt} from './sets.ts';

/** Reads the facts that a step declares; asked only for steps that have `defaults`. */
export type FactsOf = (step: AnyStep) => Promise<Readonly<Record<string, unknown>>>;

export type SettleOptions = FillOptions & {
	readonly facts: FactsOf;
	/** What was answered, by step id. */
	readonly given: Readonly<Record<string, unknown>>;
};

export type Settled = {
	readonly step: AnyStep;
	/** Input form with the defaults filled in. */
	readonly input: Json;
	/** What the step's resources get; undefined when there are problems. */
	readonly output: unknown;
	readonly boxes: readonly Box[];
	readonly problems: readonly Problem[];
	/** The defaults of stack and step, for showing what another choice would give. */
	readonly layers: readonly Layer[];
};

/** Every step of the stack, good or bad. Throws what `facts` and a step's `defaults` throw, and Fault 'stack.uses' for a stack in the wrong order. */
export const settleStack = async (stack: Stack, options: SettleOptions): Promise<readonly Settled[]> => {
	const settled: Settled[] = [];
	const outputs = new Map<string, unknown>();
	for (const step of stack.steps) {
		const defaults = await stepDefaults(step, outputs, options.facts);
		const one = settleStep(stack, step, defaults, options);
		outputs.set(step.id, one.output ?? standIn(stack, step, defaults, options));
		settled.push(one);
	}
	return settled;
};

/** What later steps may use in place of answers with problems, so that their own problems are found in the same pass: the defaults, and examples. */
const standIn = (stack: Stack, step: AnyStep, defaults: Readonly<Record<string, Default>> | undefined, options: SettleOptions): unknown =>
	settleStep(stack, step, defaults, {...options, given: {}, origins: new Map(), invent}).output;

const settleStep = (stack: Stack, step: AnyStep, defaults: Readonly<Record<string, Default>> | undefined, options: SettleOptions): Settled => {
	const layers: readonly Layer[] = [
		{value: stackLayer(stack, step.id), origin: {from: 'stack'}},
		...Object.entries(defaults ?? {}).map(([key, one]) => ({value: {[key]: one.value}, origin: {from: 'step', text: one.from}}) as const),
	];
	const given = Object.hasOwn(options.given, step.id) ? options.given[step.id] : undefined;
	const input = fill(step.questions, given ?? {}, layers, [step.id], options) as Json;
	const checked = check(step.questions, input, [step.id]);
	if (!checked.ok) {
		// Without its defaults a question without an answer may well have one.
		const problems = defaults ? checked.problems : checked.problems.filter(problem => problem.about !== 'missing' || problem.path.length !== 2);
		return {step, input, output: undefined, boxes: [], problems, layers};
	}
	const {answers, boxes} = nameBoxes(checked.output, step.id);
	return {step, input, output: answers, boxes, problems: [], layers};
};

/** undefined when they cannot be told, because a step it uses has not even a stand-in. */
const stepDefaults = async (step: AnyStep, outputs: ReadonlyMap<string, unknown>, facts: FactsOf): Promise<Readonly<Record<string, Default>> | undefined> => {
	const uses = usesOf(step, outputs);
	if (!step.defaults) return {};
	if (Object.values(uses).includes(undefined)) return undefined;
	return step.defaults({facts: await facts(step), uses});
};

/** The answers of the steps that a step uses, by the names it gave them. Throws Fault 'stack.uses' where one does not come earlier. */
const usesOf = (step: AnyStep, answers: ReadonlyMap<string, unknown>): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries((step.uses ?? {}) as Steps).map(([name, used]) => {
			if (!answers.has(used.id))
				throw new Fault(
					'stack.uses',
					`The step ${step.id} uses the answers of ${used.id}, which the stack does not have before it.`,
					'Put the step it uses earlier in the stack.',
				);
			return [name, answers.get(used.id)];
		}),
	);

/** The stack's defaults, `{'postgres.server.port': 5433}`, as the section of one step. */
export const stackLayer = ({defaults = {}}: Stack, step: string): Record<string, unknown> => {
	let section: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(defaults)) {
		const [id, ...keys] = name.split('.');
		if (id !== step || keys.length === 0) continue;
		section = setAt(section, keys, value);
	}
	return section;
};
