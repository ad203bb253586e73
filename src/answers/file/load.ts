/** From an answers file to typed answers for every step, or to all that is wrong with it at once, on its own lines. */
import {resolve} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import type {Secret} from '#model/secret.ts';
import type {Stack} from '#model/step.ts';
import {askedOf, type SecretLimits, type SecretRef} from '../questions/secret-question.ts';
import {isMap, peel} from '../questions/shape.ts';
import {leaves} from '../resolve/answer-leaves.ts';
import {type Problem, schemaAt, showPath, valueAt} from '../resolve/check-answers.ts';
import {type Origins, originOf, showOrigin} from '../resolve/origins.ts';
import {type FactsOf, type Settled, settleStack} from '../resolve/resolve-answers.ts';
import {readHead} from './head.ts';
import {answerPlace, problemLines} from './problem-lines.ts';
import {readSheet, type Sheet} from './read-yaml.ts';
import {laySets, readSets} from './sets.ts';
import {type Opened, openSource, type Source} from './source.ts';

export type LoadOptions = {
	/** `step.key=value`, the last one winning. */
	readonly sets?: readonly string[];
	readonly facts: FactsOf;
};

/** One secret of the answers. Its box is empty until `resolveSecrets`. */
export type LoadedSecret = {
	/** `postgres.password`; with the stack before it, the key in the store. */
	readonly name: string;
	readonly secret: Secret;
	/** A relative file is already a whole path. */
	readonly ref: SecretRef;
	readonly limits: SecretLimits;
	/** See SecretOptions. */
	readonly once?: true;
	readonly title: string;
	/** The line that asked for it, for faults. */
	readonly at: string;
};

export type Loaded = {
	readonly stack: Stack;
	/** What each step's resources get, by step id, in the stack's order. */
	readonly answers: ReadonlyMap<string, unknown>;
	/** What each step uses of those before it, by step id. */
	readonly uses: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
	/** The same as it would be written in a file, defaults filled in, secrets as references. */
	readonly inputs: Readonly<Record<string, Json>>;
	/** `postgres.port` -> 'answers.yaml:12', '--set', 'stack', 'this host', 'guide default'. */
	readonly provenance: ReadonlyMap<string, string>;
	readonly secrets: readonly LoadedSecret[];
};

/**
 * Loads the answers for a stack. Throws Fault 'answers.file', 'usage.set', or 'answers.bad' whose details are all the
 * problems as `file:line:col: step.key: sentence`.
 */
export const loadAnswers = async (source: Source, stack: Stack, {sets = [], facts}: LoadOptions): Promise<Loaded> => {
	const settings = readSets(
		sets,
		stack.steps.map(step => step.id),
	);
	const opened = await openSource(source);
	const sheet = readSheet(opened.text);
	const origins = fileOrigins(sheet, opened.name);
	if (sheet.value === undefined) throw bad(opened, sheet, [], origins);
	const head = readHead(sheet.value, stack);
	if (!head.sections) throw bad(opened, sheet, head.problems, origins);
	const given = laySets(head.sections, settings, origins);
	const settled = await settleStack(stack, {given, facts, origins});
	const problems = [...head.problems, ...settled.flatMap(one => one.problems)];
	if (problems.length + sheet.problems.length > 0) throw bad(opened, sheet, problems, origins);
	return loaded(stack, settled, origins, opened);
};

const fileOrigins = (sheet: Sheet, name: string): Origins =>
	new Map([...sheet.places].map(([key, place]) => [key, {from: 'file', name, ...place}]));

const bad = (opened: Opened, sheet: Sheet, problems: readonly Problem[], origins: Origins): Fault => {
	const details = problemLines(sheet.problems, problems, origins, opened.name);
	return new Fault(
		'answers.bad',
		`${opened.name} has ${details.length === 1 ? 'a problem' : `${details.length} problems`}.`,
		'Mend these lines and check again with `setup answers check FILE`; `setup explain STEP` shows what each key takes.',
		{details},
	);
};

const loaded = (stack: Stack, settled: readonly Settled[], origins: Origins, {name, directory}: Opened): Loaded => {
	const secrets = settled.flatMap(({step, boxes}) =>
		boxes.map(({name: label, path, secret}): LoadedSecret => {
			const {ref, limits, once} = askedOf(secret)!;
			const base = originOf(origins, path)?.from === 'set' ? process.cwd() : directory;
			const schema = schemaAt(step.questions, settled.find(one => one.step === step)?.input, path.slice(1));
			const title = schema && peel(schema).meta.title;
			return {
				name: label,
				secret,
				limits,
				...(once && {once}),
				ref: 'file' in ref ? {file: resolve(base, ref.file)} : ref,
				title: title ?? label,
				at: answerPlace(path, origins, name),
			};
		}),
	);
	return {
		stack,
		secrets,
		answers: new Map(settled.map(one => [one.step.id, one.output])),
		uses: new Map(settled.map(one => [one.step.id, one.found.uses])),
		inputs: Object.fromEntries(settled.map(one => [one.step.id, wholePaths(one, secrets)])),
		provenance: new Map(
			settled.flatMap(({step, input}) =>
				leaves(step.questions, input, [step.id]).map(({path}) => {
					const origin = originOf(origins, path);
					return [showPath(path), origin ? showOrigin(origin) : 'default'] as const;
				}),
			),
		),
	};
};

/** References to files survive a move of the answers file. */
const wholePaths = ({input, boxes}: Settled, secrets: readonly LoadedSecret[]): Json =>
	boxes.reduce<Json>((at, {name, path}) => {
		const ref = secrets.find(one => one.name === name)?.ref;
		const written = valueAt(at, path.slice(1));
		return ref && 'file' in ref && isMap(written) && 'file' in written
			? replaceAt(at, path.slice(1), {file: ref.file})
			: at;
	}, input);

const replaceAt = (value: Json, [key, ...rest]: readonly (string | number)[], to: Json): Json => {
	if (key === undefined) return to;
	if (Array.isArray(value))
		return (value as readonly Json[]).map((one, index) => (index === key ? replaceAt(one, rest, to) : one));
	const map = value as Readonly<Record<string, Json>>;
	return {...map, [key]: replaceAt(map[key]!, rest, to)};
};
