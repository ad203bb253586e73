/** Quoting happens inside the box: what a value needs is worked out, and refused, without anybody seeing it. */
import {quoteText, sameText, type Text} from '#model/secret.ts';
import {refusal} from './editor.ts';

/** The text quoted as a whole. A known secret is quoted at once, so that a value the format cannot hold is refused in the plan and not in the middle of a run. */
export const quoted = (text: Text, quote: (plain: string) => string): Text => {
	const out = quoteText(text, quote);
	sameText(out, '');
	return out;
};

/** Refuses NUL, which no text file survives, and half a surrogate pair, which no UTF-8 file can hold. */
export const sound = (format: string, plain: string): string => {
	if (plain.includes('\0')) throw refusal(format, 'the value holds a NUL character', 'Give another value.');
	if (!plain.isWellFormed())
		throw refusal(format, 'the value holds half a character (a lone surrogate)', 'Give another value.');
	return plain;
};

/** Refuses what the format has no way to write. The value itself is never in the sentence. */
export const cannotHold = (format: string, what: string) =>
	refusal(format, `the value holds ${what}, which this format cannot write`, 'Give another value.');

/** Looks at two lists of texts pairwise. */
export const sameTexts = (wanted: readonly Text[], plain: readonly string[]): boolean =>
	wanted.length === plain.length && wanted.every((text, at) => sameText(text, plain[at] ?? ''));
