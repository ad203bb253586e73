/** The answers so far as questions on a screen: each with its value, where that came from, and what is wrong with it. */
import type {Json} from '#model/json.ts';
import type {Stack} from '#model/step.ts';
import {at, type Place, placesOf} from './asked.ts';
import type {Problem} from './check.ts';
import type {Choice, Question} from './describe.ts';
import {kindOf, lineOf} from './one-line.ts';
import {showOrigin} from './origins.ts';
import {offeredProbes} from './probes.ts';
import {mayGenerate, secretWords} from './secret-words.ts';
import {type FactsOf, type Given, type Settled, settleGiven} from './settle.ts';

/** A question as it stands. */
export type Asked = Question & {
	/** In input form; undefined where nothing is known. A secret's is its reference. */
	readonly value: Json | undefined;
	/** The value as the operator would type it into one line; '' for a secret. */
	readonly text: string;
	/** 'guide default', 'this host', 'your answer', 'answers.yaml:12'. */
	readonly origin: string;
	/** The operator (or a file) answered it; false: it is a default. */
	readonly answered: boolean;
	/** For a secret: 'to be generated', 'typed', '/path', '$NAME'. */
	readonly secret?: string;
	/** May a secret be generated? */
	readonly mayGenerate?: boolean;
	readonly problem?: string;
	/** It needs an answer and has none; that alone is no problem yet. */
	readonly missing?: boolean;
};

export type AskedStep = {
	readonly id: string;
	readonly title: string;
	readonly about: string;
	readonly guide: string;
	/** Only those that are asked under the present answers, a choice before what depends on it. */
	readonly questions: readonly Asked[];
	/** What is wrong with the step as a whole (no question has it). */
	readonly problems: readonly string[];
	readonly probes: readonly {readonly id: string; readonly title: string; readonly about: readonly string[]}[];
};

export type Interview = {
	readonly stack: string;
	readonly steps: readonly AskedStep[];
	/** No question lacks an answer and none has a problem. */
	readonly complete: boolean;
	/** Every answer in input form, defaults filled in, secrets as references: what a plan, an export and the run take once it is complete. */
	readonly inputs?: Readonly<Record<string, Json>>;
};

export type {Given} from './settle.ts';

export type InterviewOptions = {
	readonly facts: FactsOf;
	/** `step.path` -> where an answer came from, where that is not the operator. */
	readonly provenance?: Readonly<Record<string, string>>;
};

/** The stack's questions under what was answered so far. Throws what `facts` throws. */
export const interview = async (stack: Stack, given: Given, {facts, provenance = {}}: InterviewOptions): Promise<Interview> => {
	const settled = await settleGiven(stack, given, facts);
	const steps: AskedStep[] = [];
	for (const one of settled) steps.push(await askedStep(one, settled, given, {stack, facts, provenance}));
	return {
		stack: stack.id,
		steps,
		complete: steps.every(step => step.problems.length === 0 && step.questions.every(question => question.problem === undefined && !question.missing)),
		inputs: Object.fromEntries(settled.map(one => [one.step.id, one.input])),
	};
};

type Context = {readonly stack: Stack; readonly facts: FactsOf; readonly provenance: Readonly<Record<string, string>>};

const askedStep = async (settled: Settled, all: readonly Settled[], given: Given, context: Context): Promise<AskedStep> => {
	const {step, input, problems} = settled;
	const places = placesOf(settled);
	const questions: Asked[] = [];
	for (const place of places) {
		const value = at(input, place.path) as Json | undefined;
		const answered = at(given[step.id], place.path) !== undefined;
		questions.push({
			...place.question,
			...choicesOf(place, value),
			...(await secretOf(place, value, context.stack.id)),
			...wrong(place, value, problems),
			value,
			text: lineOf(place.peeled, value),
			origin: answered
				? (context.provenance[`${step.id}.${place.question.path}`] ?? 'your answer')
				: value === undefined || place.presetOrigin === undefined
					? ''
					: showOrigin(place.presetOrigin),
			answered,
		});
	}
	return {
		id: step.id,
		title: step.title,
		about: step.about,
		guide: step.guide,
		questions,
		problems: problems.filter(problem => !places.some(place => isAbout(problem, place))).map(problem => problem.sentence),
		probes: (await offeredProbes(settled, all, context.facts)).map(({id, title, about}) => ({id, title, about})),
	};
};

const choicesOf = ({peeled, question}: Place, value: Json | undefined): {readonly choices?: readonly Choice[]} => {
	if (kindOf(peeled) === 'boolean')
		return {
			choices: [
				{value: true, title: 'yes'},
				{value: false, title: 'no'},
			],
		};
	if (peeled.meta.kind !== 'time zone') return question.choices ? {choices: question.choices} : {};
	const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')];
	return {choices: (typeof value === 'string' && !zones.includes(value) ? [value, ...zones] : zones).map(zone => ({value: zone}))};
};

const secretOf = async ({peeled}: Place, value: Json | undefined, stack: string): Promise<Partial<Asked>> => {
	if (kindOf(peeled) !== 'secret') return {};
	const {words, problem} = await secretWords(value, stack);
	return {mayGenerate: mayGenerate(peeled), ...(words !== undefined && {secret: words}), ...(problem !== undefined && {problem})};
};

const wrong = (place: Place, value: Json | undefined, problems: readonly Problem[]): {readonly problem?: string; readonly missing?: boolean} => {
	const sentence = problemOf(place, problems);
	if (sentence === undefined) return {};
	return value === undefined ? {missing: true} : {problem: sentence};
};

/** What is wrong with a question's answer; of a list the entry is named. */
export const problemOf = (place: Place, problems: readonly Problem[]): string | undefined => {
	const problem = problems.find(one => isAbout(one, place));
	if (!problem) return undefined;
	const inside = problem.path.slice(place.path.length + 1).map(part => (typeof part === 'number' ? `entry ${part + 1}` : part));
	return inside.length === 0 ? problem.sentence : `${inside.join(', ')} ${problem.sentence}`;
};

const isAbout = ({path}: Problem, place: Place): boolean => place.path.every((key, index) => path[index + 1] === key);
