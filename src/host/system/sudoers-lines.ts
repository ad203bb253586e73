/** The logical lines of a sudoers file and its words: what goes on behind a backslash, comments, quotes and escaped blanks. */

/** Where a line that goes on begins is its line. */
export type SudoLine = {readonly text: string; readonly line: number};

/** Without comments and empty ones. `#include` is none, nor is a user's number, `#1000`. */
export const sudoLines = (source: string): readonly SudoLine[] => {
	const found: SudoLine[] = [];
	let open: SudoLine | undefined;
	for (const [at, raw] of source.split('\n').entries()) {
		const plain = raw.replace(/\r$/, '');
		const goesOn = (/\\+$/.exec(plain)?.[0].length ?? 0) % 2 === 1 && !/^[ \t]*#(?!include)/.test(plain);
		const piece = goesOn ? plain.slice(0, -1) : plain;
		const whole: SudoLine = {
			text: open ? `${open.text} ${piece.replace(/^[ \t]+/, '')}` : piece,
			line: open?.line ?? at + 1,
		};
		open = goesOn ? whole : undefined;
		if (goesOn) continue;
		const text = withoutComment(whole.text).replace(/^[ \t]+|[ \t]+$/g, '');
		if (text !== '') found.push({...whole, text});
	}
	return found;
};

/** Parts of a list, by a separator outside of quotes, parentheses and escapes; at most `times` cuts. */
export const splitList = (text: string, by: string, times = Number.POSITIVE_INFINITY): readonly string[] => {
	const parts: string[] = [];
	let part = '';
	let depth = 0;
	let open = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at] as string;
		if (char === '\\') {
			part += char + (text[at + 1] ?? '');
			at++;
			continue;
		}
		if (char === '"') open = !open;
		if (!open && char === '(') depth++;
		if (!open && char === ')') depth--;
		if (char === by && !open && depth <= 0 && parts.length < times) {
			parts.push(part.trim());
			part = '';
		} else part += char;
	}
	return [...parts, part.trim()].filter(one => one !== '');
};

/** `"%domain admins"` and `%domain\ admins` are one name. */
export const unquoted = (word: string): string =>
	word.trim().replaceAll(/"|\\(.)/g, (_all, char: string | undefined) => char ?? '');

const withoutComment = (text: string): string => {
	let open = false;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (char === '\\') at++;
		else if (char === '"') open = !open;
		else if (
			char === '#' &&
			!open &&
			!/^#-?\d/.test(text.slice(at, at + 3)) &&
			!(at === 0 && /^#include(dir)?[ \t]/.test(text))
		)
			return text.slice(0, at);
	}
	return text;
};
