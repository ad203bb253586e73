/** A secret is answered by saying where it comes from, never by its value: the answers file can then be shown, mailed and kept in git. */
import {z} from 'zod';
import {Secret} from '#model/secret.ts';
import {notASecret} from '../resolve/problem-sentences.ts';

/** What an answers file may say. */
export type SecretRef =
	| {readonly secret: 'generate'; readonly length?: number | undefined}
	| {readonly file: string}
	| {readonly env: string}
	| {readonly credential: string}
	| {readonly prompt: true};

export type SecretLimits = {
	readonly min: number;
	readonly max: number;
	readonly multiline: boolean;
	readonly plain?: true;
};

export type SecretOptions = {
	/** Characters at least; default 8. */
	readonly min?: number;
	/** Characters at most; default 1024, or 65536 for several lines. */
	readonly max?: number;
	/** A key or a certificate with its line ends; default one line. */
	readonly multiline?: boolean;
	/** Letters, digits and -._~ alone: a program puts it into an address as it is. */
	readonly plain?: true;
	/** 'default': generated unless answered otherwise. 'never': what exists elsewhere already cannot be generated. Default 'allowed'. */
	readonly generate?: 'default' | 'allowed' | 'never';
	/** Needed to make something and never again: asked for only while something of its step is to be done. */
	readonly once?: true;
};

/**
 * A question for a secret. Its input is a reference, its output a Secret that is still empty: `resolveSecrets` fills it.
 * @example adminPassword: secret({generate: 'default'}).meta({title: 'Password of cn=admin'})
 */
export const secret = (options: SecretOptions = {}): z.ZodType<Secret, SecretRef> => {
	const {min = 8, multiline = false, generate = 'allowed', once, plain} = options;
	const limits: SecretLimits = {
		min,
		multiline,
		max: options.max ?? (multiline ? 65_536 : 1024),
		...(plain && {plain}),
	};
	const kinds: readonly Kind[] =
		generate === 'never' || multiline ? elsewhere : [['secret', generated(limits), '{secret: generate}'], ...elsewhere];
	const text = kinds
		.map(([, , example]) => example)
		.join(', ')
		.replace(/, ([^,]*)$/, ' or $1');
	const forms = z.union(kinds.map(([, form]) => form) as unknown as readonly [z.ZodType<SecretRef, SecretRef>], {
		error: issue =>
			notASecret(
				issue.input,
				kinds.map(([name, form]) => [name, form]),
				text,
			),
	});
	const question = forms.transform(ref => {
		const box = new Secret('a secret of the answers');
		asked.set(box, {ref, limits, ...(once && {once})});
		return box;
	});
	const marked = question.meta({kind: 'secret'});
	return generate === 'default' && !multiline
		? (marked.prefault({secret: 'generate'}) as unknown as z.ZodType<Secret, SecretRef>)
		: marked;
};

type Kind = readonly [string, z.ZodType<SecretRef, SecretRef>, string];

const generated = ({min, max}: SecretLimits): z.ZodType<SecretRef, SecretRef> =>
	z.strictObject({
		secret: z.literal('generate'),
		length: z.int().min(Math.max(min, 16)).max(Math.max(max, 16)).optional(),
	});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const oneLine = /^[^\u0000-\u001F\u007F]+$/;
const path = z.string().max(4095).regex(oneLine, {error: 'must be the path of a file'});

const elsewhere: readonly Kind[] = [
	['file', z.strictObject({file: path}), '{file: PATH}'],
	[
		'env',
		z.strictObject({
			env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, {error: 'must be the name of an environment variable'}),
		}),
		'{env: NAME}',
	],
	[
		'credential',
		z.strictObject({
			credential: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/, {
				error: 'must be the name of a systemd credential, as in LoadCredential=',
			}),
		}),
		'{credential: NAME}',
	],
	['prompt', z.strictObject({prompt: z.literal(true)}), '{prompt: true}'],
];

/** Which reference a box came from, and what it must hold. */
export const askedOf = (box: Secret): Asked | undefined => asked.get(box);

/** The same question's box under the name it has in its step. */
export const renamed = (box: Secret, name: string): Secret => {
	const known = asked.get(box);
	if (!known) return box;
	const named = new Secret(name);
	asked.set(named, known);
	return named;
};

const asked = new WeakMap<Secret, Asked>();

type Asked = {readonly ref: SecretRef; readonly limits: SecretLimits; readonly once?: true};
