/** Settles the answers step by step, in the stack's order, because a step's defaults may depend on the host and on earlier answers. */
import type {Json} from '#model/json.ts';
import type {AnyStep, Default, Stack} from '#model/step.ts';
import {invent} from '../file/invent.ts';
import {dropAt, setAt} from '../file/sets.ts';
import {branchesOf, branchFor, isMap, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {type Box, nameBoxes} from '../secrets/secrets-in-answers.ts';
import {check, type Problem} from './check-answers.ts';
import {type FillOptions, fill, type Layer} from './lay-defaults.ts';
import {type Found, nothingOffered, usesOf, withOffers} from './offers.ts';

/** Reads the facts that a step declares; asked only for steps that have `defaults`. */
export type FactsOf = (step: AnyStep) => Promise<Readonly<Record<string, unknown>>>;

export type SettleOptions = FillOptions & {
	readonly facts: FactsOf;
	/** What was answered, by step id. */
	readonly given: Readonly<Record<string, unknown>>;
	/** Answers to questions that are not asked now (another branch, an older setup) are passed over instead of being problems. */
	readonly onlyAsked?: boolean;
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
	/** What it uses of the steps before it, stand-ins where their answers have problems. */
	readonly found: Found;
};

/** Every step of the stack, good or bad. Throws what `facts` and a step's `defaults` throw, and Fault 'stack.uses' for a stack in the wrong order. */
export const settleStack = async (stack: Stack, options: SettleOptions): Promise<readonly Settled[]> => {
	const settled: Settled[] = [];
	let offering = nothingOffered;
	for (const step of stack.steps) {
		const found = usesOf(step, offering);
		const defaults = await stepDefaults(step, found, options.facts);
		const one = {...settleStep(stack, step, defaults, options), found};
		const answers = options.onlyAsked ? wholeOf(one)?.answers : one.output;
		if (step.offers) offering = withOffers(offering, step, answers ?? standIn(stack, step, defaults, options), found);
		settled.push(one);
	}
	return settled;
};

/** What was answered, by step id, in input form: `State.drafts[stack].answers`. Answers to questions of another branch may stay in it. */
export type Given = Readonly<Record<string, Json>>;

/** All steps settled with what is asked of the answers so far. */
export const settleGiven = (stack: Stack, given: Given, facts: FactsOf): Promise<readonly Settled[]> =>
	settleStack(stack, {given, facts, origins: new Map(), onlyAsked: true});

/** What later steps may use in place of answers with problems, so that their own problems are found in the same pass: the defaults, and examples. */
const standIn = (
	stack: Stack,
	step: AnyStep,
	defaults: Readonly<Record<string, Default>> | undefined,
	options: SettleOptions,
): unknown => settleStep(stack, step, defaults, {...options, given: {}, origins: new Map(), invent}).output;

/** The answers with stand-ins for what is missing or wrong, while they are still being given; undefined where even these do not fit. */
export const wholeOf = ({
	step,
	input,
	output,
	boxes,
	problems,
	layers,
}: Omit<Settled, 'found'>): {readonly answers: unknown; readonly boxes: readonly Box[]} | undefined => {
	if (output !== undefined) return {answers: output, boxes};
	const good = problems.reduce<unknown>((at, {path}) => dropAt(at, path.slice(1).map(String)), input);
	const checked = check(step.questions, fill(step.questions, good, layers, [step.id], {origins: new Map(), invent}), [
		step.id,
	]);
	return checked.ok ? nameBoxes(checked.output, step.id) : undefined;
};

const settleStep = (
	stack: Stack,
	step: AnyStep,
	defaults: Readonly<Record<string, Default>> | undefined,
	options: SettleOptions,
): Omit<Settled, 'found'> => {
	const layers: readonly Layer[] = [
		{value: stackLayer(stack, step.id), origin: {from: 'stack'}},
		...Object.entries(defaults ?? {}).map(
			([key, one]) => ({value: {[key]: one.value}, origin: {from: 'step', text: one.from}}) as const,
		),
	];
	const given = Object.hasOwn(options.given, step.id) ? options.given[step.id] : undefined;
	const filled = fill(step.questions, given ?? {}, layers, [step.id], options) as Json;
	const input = options.onlyAsked ? onlyAsked(step.questions, filled) : filled;
	const checked = check(step.questions, input, [step.id]);
	if (!checked.ok) {
		// Without its defaults a question without an answer may well have one.
		const problems = defaults
			? checked.problems
			: checked.problems.filter(problem => problem.about !== 'missing' || problem.path.length !== 2);
		return {step, input, output: undefined, boxes: [], problems, layers};
	}
	const {answers, boxes} = nameBoxes(checked.output, step.id);
	return {step, input, output: answers, boxes, problems: [], layers};
};

/** The input without keys that its schema does not have under the branches it chose. */
const onlyAsked = (schema: Schema, input: Json): Json => {
	const {core} = peel(schema);
	const union = branchesOf(core);
	if (!isMap(input)) return input;
	const shape = shapeOf(core) ?? (union && (branchFor(core, input)?.shape ?? {[union.key]: schema}));
	if (!shape) return input;
	return Object.fromEntries(
		Object.entries(input as Readonly<Record<string, Json>>).flatMap(([key, value]) =>
			Object.hasOwn(shape, key) ? [[key, onlyAsked(shape[key]!, value)] as const] : [],
		),
	);
};

/** undefined when they cannot be told, because what the step uses is not known, not even as a stand-in. */
const stepDefaults = async (
	step: AnyStep,
	{uses, known}: Found,
	facts: FactsOf,
): Promise<Readonly<Record<string, Default>> | undefined> => {
	if (!step.defaults) return {};
	return known ? step.defaults({facts: await facts(step), uses}) : undefined;
};

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
