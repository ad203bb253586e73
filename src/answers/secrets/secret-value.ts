/** What a secret may be: long enough for its question, and nothing that would break the line of a file, a statement or a prompt. */
import {randomBytes} from 'node:crypto';
import type {SecretLimits} from '../questions/secret-question.ts';

/** Why a value cannot be the secret, without repeating it; undefined when it can. */
export const secretFault = (value: string, {min, max, multiline, plain}: SecretLimits): string | undefined => {
	const characters = [...value].length;
	if (characters < min) return characters === 0 ? 'is empty' : `is too short: at least ${min} characters`;
	if (characters > max) return `is too long: at most ${max} characters`;
	if (plain && !/^[A-Za-z0-9._~-]*$/.test(value))
		return 'holds more than letters, digits and -._~, which a program puts into an address as it is';
	if (!value.isWellFormed()) return 'is not valid Unicode';
	const refused = multiline ? otherControls : controls;
	return refused.test(value)
		? `holds ${multiline ? 'control characters' : 'control characters or more than one line'}`
		: undefined;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const controls = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const otherControls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** A new secret of the URL-safe alphabet, 6 bits a character; its first is a letter or a digit, so that no program takes it for an option. */
export const newSecret = (length: number): string => {
	for (;;) {
		const value = randomBytes(Math.ceil((length * 3) / 4))
			.toString('base64url')
			.slice(0, length);
		if (/^[A-Za-z0-9]/.test(value)) return value;
	}
};

/** How long a generated secret is: what the reference asks for, else 32 or the question's least. */
export const generatedLength = (asked: number | undefined, {min, max}: SecretLimits): number =>
	Math.max(asked ?? Math.min(32, Math.max(max, 16)), min);
