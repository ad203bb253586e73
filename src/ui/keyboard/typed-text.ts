/** Takes out of text what no answer holds: control characters, line breaks, what cannot be seen or turns the writing around. */

export type Cleaned = {readonly text: string; readonly removed: number};

/** What was pasted: line breaks at its end go silently, those inside and everything unseen are counted. CR LF counts once. */
export const cleanPaste = (pasted: string): Cleaned => {
	let removed = 0;
	const text = pasted.replace(/[\r\n]+$/, '').replace(unwanted, () => {
		removed++;
		return '';
	});
	return {text, removed};
};

/** What was typed: the same without a count; it holds no line breaks. */
export const cleanTyped = (typed: string): string => typed.replace(unwanted, '');

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, zero-width space and its kin, marks that turn the writing around, and what
 * stands for bytes that are no UTF-8. The joiners stay: emoji and several scripts need them.
 */
const unwanted = /\r\n|[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd]/gu;
