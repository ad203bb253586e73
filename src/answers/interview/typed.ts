/** What an operator typed into one question becomes an answer, or a sentence that says what is wrong with it. */
import {resolve} from 'node:path';
import type {Json} from '#model/json.ts';
import type {Stack} from '#model/step.ts';
import {dropAt, setAt} from '../file/sets.ts';
import {check} from '../resolve/check-answers.ts';
import {showKey} from '../resolve/problem-sentences.ts';
import {type FactsOf, type Given, type Settled, settleGiven} from '../resolve/resolve-answers.ts';
import {unfitFile} from '../secrets/secret-file.ts';
import {problemOf} from './interview.ts';
import {kindOf, lineOf, meanings} from './one-line.ts';
import {at, type Place, placesOf} from './visible-questions.ts';

export type Typed = {
	readonly step: string;
	/** As in `Asked.path`. */
	readonly path: string;
	/** A line for the question; without `text` and `value` the default is taken and nothing is noted. */
	readonly text?: string;
	/** A chosen value, or a secret's reference, in input form. */
	readonly value?: Json;
};

/**
 * The answers with one more, or what is wrong with it; questions without an answer elsewhere do not matter. Answers to
 * questions of another branch are kept, so that they are there again when the operator goes back.
 */
export const readTyped = async (
	stack: Stack,
	given: Given,
	typed: Typed,
	{facts}: {readonly facts: FactsOf},
): Promise<{readonly given: Given} | {readonly problem: string}> => {
	const place = await placeOf(stack, given, typed, facts);
	if (!place) return {problem: `${showKey(typed.path)} is not asked under the present answers`};
	const read = meant(place, typed);
	if ('problem' in read) return read;
	const unfit = kindOf(place.peeled) === 'secret' ? await unfitFile(place.schema, read.value) : undefined;
	if (unfit !== undefined) return {problem: unfit};
	const after = read.value === undefined ? clearTyped(given, typed) : answered(given, typed, read.value);
	return judged(stack, after, typed, place, facts);
};

/** The answers without one; its default counts again. */
export const clearTyped = (given: Given, {step, path}: {readonly step: string; readonly path: string}): Given =>
	dropAt(given, [step, ...path.split('.')]) as Given;

const answered = (given: Given, {step, path}: Typed, value: Json): Given =>
	setAt(given, [step, ...path.split('.')], value) as Given;

type Found = Place & {readonly settled: Settled; readonly value: Json | undefined; readonly given: boolean};

const placeOf = async (stack: Stack, given: Given, {step, path}: Typed, facts: FactsOf): Promise<Found | undefined> => {
	const settled = (await settleGiven(stack, given, facts)).find(one => one.step.id === step);
	const place = settled && placesOf(settled).find(one => one.question.path === path);
	return (
		place && {
			...place,
			settled,
			value: at(settled.input, place.path) as Json | undefined,
			given: at(given[step], place.path) !== undefined,
		}
	);
};

/** undefined: its default. */
const meant = (place: Found, {text, value}: Typed): {readonly value: Json | undefined} | {readonly problem: string} => {
	if (value !== undefined) return {value: kindOf(place.peeled) === 'secret' ? wholePath(value) : value};
	// The line that shows the default, sent back as it was, is the default.
	if (text === undefined || (!place.given && place.value !== undefined && text === lineOf(place.peeled, place.value)))
		return {value: undefined};
	if (text.trim() === '' && !takesNothing(place))
		return place.peeled.nullable && place.preset !== null ? {value: null} : {value: undefined};
	const all = meanings(place.peeled, text);
	const fits = all.find(one => 'value' in one && check(place.schema as Parameters<typeof check>[0], one.value).ok);
	const best = fits ?? all[0];
	if ('problem' in best) return best;
	return {value: kindOf(place.peeled) === 'secret' ? wholePath(best.value) : best.value};
};

/** Is the empty line an answer of its own: an empty list or map, or text that may be empty where nothing else would stand? */
const takesNothing = ({peeled, preset}: Found): boolean => {
	const kind = kindOf(peeled);
	return (
		((kind === 'list' || kind === 'map') && !peeled.nullable && !(peeled.optional && preset === undefined)) ||
		(kind === 'text' && typeof preset === 'string' && check(peeled.core as never, '').ok)
	);
};

/** A draft has no directory that a relative path could start from. */
const wholePath = (value: Json): Json => {
	const file = at(value, ['file']);
	return typeof file === 'string' ? {...(value as object), file: resolve(file)} : value;
};

const judged = async (
	stack: Stack,
	given: Given,
	typed: Typed,
	place: Found,
	facts: FactsOf,
): Promise<{readonly given: Given} | {readonly problem: string}> => {
	const settled = (await settleGiven(stack, given, facts)).find(one => one.step.id === typed.step)!;
	const places = placesOf(settled);
	const now = places.find(one => one.question.path === typed.path);
	const problem = now && problemOf(now, settled.problems);
	if (problem !== undefined) return {problem};
	if (!place.decides) return {given};
	// What was answered in another branch under the same name may not fit in this one.
	const branch = place.path.slice(0, -1);
	const unfit = places.filter(
		one =>
			one !== now &&
			branch.every((key, index) => one.path[index] === key) &&
			at(given[typed.step], one.path) !== undefined &&
			problemOf(one, settled.problems) !== undefined,
	);
	return {given: unfit.reduce((left, one) => clearTyped(left, {step: typed.step, path: one.question.path}), given)};
};
