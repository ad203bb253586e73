/** What is wrong with an answer, as a sentence for its line. No sentence repeats a value: it may be a password in the wrong place. */
import type {z} from 'zod';
import type {Json} from '#model/json.ts';
import {isMap, own, peel, type Schema, shapeOf} from '../questions/shape.ts';
import {didYouMean, nearest} from './did-you-mean.ts';

export type RawIssue = z.core.$ZodRawIssue;

/** The error map of every check. A schema's own `error` goes before it. */
export const sentenceFor = (issue: RawIssue): string => {
	switch (issue.code) {
		case 'invalid_type':
			return wrongType(issue.expected, issue.input);
		case 'too_small':
			return `${tooFew[issue.origin as keyof typeof tooFew] ?? 'must be at least'} ${issue.minimum}`;
		case 'too_big':
			return `${tooMany[issue.origin as keyof typeof tooMany] ?? 'must be at most'} ${issue.maximum}`;
		case 'not_multiple_of':
			return `must be a multiple of ${issue.divisor}`;
		case 'invalid_value':
			return oneOf(issue.values as readonly Json[], issue.input);
		case 'invalid_union':
			return 'discriminator' in issue && typeof issue.discriminator === 'string'
				? oneOf(
						(issue.options ?? []) as readonly Json[],
						isMap(issue.input) ? own(issue.input, issue.discriminator) : undefined,
					)
				: 'has none of the forms allowed here';
		case 'unrecognized_keys':
			return 'has keys that are no questions';
		case 'invalid_key':
			return 'is not a key allowed here';
		default:
			return issue.code === 'custom' && issue.message ? issue.message : 'is not of the right form';
	}
};

const wrongType = (expected: string, input: unknown): string => {
	if (input === undefined) return missing;
	if (input === null) return 'has no value: write one, or take the line out';
	switch (expected) {
		case 'string':
			return typeof input === 'object' ? 'must be text' : 'must be text: put it in quotes';
		case 'int':
			return 'must be a whole number';
		case 'number':
			return typeof input === 'string' && /^-?\d+$/.test(input)
				? 'must be a number: write it without quotes'
				: 'must be a number';
		case 'boolean':
			return typeof input === 'string' && /^(?:yes|no|on|off|y|n)$/i.test(input)
				? 'must be true or false (yes and no are text in YAML 1.2)'
				: 'must be true or false';
		case 'array':
			return 'must be a list';
		case 'object':
		case 'record':
		case 'map':
			return 'must be a map of keys and values';
		default:
			return `must be ${expected}`;
	}
};

/** What a question without any answer or default says. */
export const missing = 'must be answered';

const oneOf = (values: readonly Json[], input: unknown): string => {
	const words = values.map(String);
	const list = words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(', ')}`;
	if (input === undefined) return `${missing}: ${words.join(', ')}`;
	return typeof input === 'string' ? list + didYouMean(input, words) : list;
};

const tooFew = {
	string: 'is too short; characters needed:',
	array: 'has too few entries; needed:',
	map: 'has too few entries; needed:',
} as const;
const tooMany = {
	string: 'is too long; characters allowed:',
	array: 'has too many entries; allowed:',
	map: 'has too many entries; allowed:',
} as const;

/** For a key that no question has. `elsewhere` names the branch that would have it: `mode: existing`. */
export const unknownKey = (key: string, known: readonly string[], elsewhere?: string): string =>
	elsewhere ? `does not belong here; it is a question of ${elsewhere}` : `is no question here${didYouMean(key, known)}`;

/** What to write instead of what stands where a secret goes. */
export const notASecret = (input: unknown, kinds: readonly (readonly [string, Schema])[], text: string): string => {
	if (input === undefined) return `${missing}: write ${text}`;
	if (!isMap(input))
		return typeof input === 'object' ? `must be one of ${text}` : `a secret is never written here: write ${text}`;
	const keys = Object.keys(input);
	const kind = kinds.find(([name]) => Object.hasOwn(input, name));
	if (!kind) {
		const meant =
			keys[0] === undefined
				? undefined
				: nearest(
						keys[0],
						kinds.map(([name]) => name),
					);
		return `must be one of ${text}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
	}
	const other = keys.find(key => !Object.hasOwn(shapeOf(peel(kind[1]).core) ?? {}, key));
	return other === undefined
		? `what follows '${kind[0]}:' is not right: write one of ${text}`
		: `{${kind[0]}: …} takes no other key: write one of ${text}`;
};

/** A key or a path as it may stand in a sentence: short, one line, nothing that moves the cursor. */
export const showKey = (key: string): string => {
	const clean = key.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
	return clean.length > 60 ? `${clean.slice(0, 57)}...` : clean;
};
