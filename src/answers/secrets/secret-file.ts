/** A file that is named for a secret is looked into at once: a password that is too short should not stop the run an hour later. */
import type {z} from 'zod';
import type {Json} from '#model/json.ts';
import {Secret} from '#model/secret.ts';
import {askedOf, type SecretLimits} from '../questions/secret-question.ts';
import {isMap, own, type Schema} from '../questions/shape.ts';
import {readExisting} from './secret-sources.ts';
import {secretFault} from './secret-value.ts';

/** What a secret's question takes; undefined for any other question. */
export const limitsOf = (question: Schema): SecretLimits | undefined => {
	const parsed = (question as z.ZodType).safeParse({prompt: true});
	return parsed.success && parsed.data instanceof Secret ? askedOf(parsed.data)?.limits : undefined;
};

/** Why the file of a reference does not do; undefined when it does, and for any other reference. */
export const unfitFile = async (question: Schema, ref: Json | undefined): Promise<string | undefined> => {
	const file = isMap(ref) ? own(ref, 'file') : undefined;
	const limits = limitsOf(question);
	if (typeof file !== 'string' || !limits) return undefined;
	const found = await readExisting({file}, {});
	if ('why' in found) return found.why;
	const why = secretFault(found.value, limits);
	return why === undefined ? undefined : `what is in the file ${why}`;
};
