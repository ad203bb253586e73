/**
 * A secret is a box that refuses to be printed: it throws in a template, in JSON and in console, so that a slip is an
 * error and not a leak. Only host/ and answers/ may call `reveal` and `fill` (a test holds that line).
 */
import {inspect} from 'node:util';

/** A value that must never be printed. `known` is false while it is still to be generated or read. */
export class Secret {
	#value: string | undefined;
	readonly name: string;
	readonly #from: Origin | undefined;

	constructor(name: string, value?: string, from?: Origin) {
		this.name = name;
		this.#from = from;
		if (value !== undefined) this.#keep(value);
	}

	get known(): boolean {
		const known = this.#value !== undefined || (this.#from !== undefined && isKnown(this.#from.text));
		if (!known) Secret.#inVain += 1;
		return known;
	}

	static #inVain = 0;

	static inVain(): number {
		return Secret.#inVain;
	}

	toString(): never {
		throw new TypeError(`the secret ${this.name} was about to be printed`);
	}

	toJSON(): never {
		throw new TypeError(`the secret ${this.name} was about to be written as JSON`);
	}

	[inspect.custom](): string {
		return `[secret ${this.name}]`;
	}

	[Symbol.toPrimitive](): never {
		throw new TypeError(`the secret ${this.name} was about to be printed`);
	}

	#keep(value: string): void {
		this.#value = value;
		values.add(value);
	}

	static plain(secret: Secret): string | undefined {
		if (secret.#value === undefined && secret.#from && isKnown(secret.#from.text))
			secret.#keep(secret.#from.how(reveal(secret.#from.text)));
		return secret.#value;
	}

	static fill(secret: Secret, value: string): void {
		secret.#keep(value);
	}
}

type Origin = {readonly text: Text; readonly how: (plain: string) => string};

/** Text that may hold secrets. It becomes bytes only inside Host; diffs, events and the journal see the dots. */
export type Text = readonly (string | Secret)[];

const values = new Set<string>();

/** Every plain secret this process has seen, longest first, for the redactor. */
export const secretValues = (): readonly string[] => [...values].sort((a, b) => b.length - a.length);

/** The plain text. Throws while a secret in it is not known. For host/ and answers/ only. */
export const reveal = (text: Text | Secret): string =>
	(text instanceof Secret ? [text] : text)
		.map(part => {
			if (typeof part === 'string') return part;
			const plain = Secret.plain(part);
			if (plain === undefined) throw new TypeError(`the secret ${part.name} is not known yet`);
			return plain;
		})
		.join('');

/** Gives an empty box its value, once generated or read. For answers/ only. */
export const fill = (secret: Secret, value: string): void => Secret.fill(secret, value);

/** A secret made of another by a pure function: quoted for Python, escaped for a URL, turned into a SCRAM verifier. Computed when needed, known when the other is. */
export const derive = (secret: Secret, how: (plain: string) => string): Secret =>
	new Secret(secret.name, undefined, {text: [secret], how});

/** A text quoted as a whole: `quote` sees the plain value of each secret only inside the box. Text without secrets gives plain text. */
export const quoteText = (text: Text, quote: (plain: string) => string): Text => {
	const first = text.find(part => part instanceof Secret);
	return first ? [new Secret(first.name, undefined, {text, how: quote})] : [quote(text.join(''))];
};

/** Is every secret in it known? */
export const isKnown = (text: Text): boolean => text.every(part => typeof part === 'string' || part.known);

/** How often this process has asked for a value that is not known. What asked while it grew says nothing of what the value would have shown. */
export const askedInVain = (): number => Secret.inVain();

/** True when the text equals a plain string; false while a secret in it is unknown. Reveals nothing. */
export const sameText = (text: Text, plain: string): boolean => isKnown(text) && reveal(text) === plain;

/** The text as it may be shown: secrets as dots with their name. */
export const showText = (text: Text): string =>
	text.map(part => (typeof part === 'string' ? part : `••••(${part.name})`)).join('');

export const hasSecret = (text: Text): boolean => text.some(part => part instanceof Secret);
