/** The logical lines of a sudoers file and its words: what goes on behind a backslash, comments, quotes and escaped blanks. */

import {trimmed} from '#edit/blanks.ts';
import {endsOpen} from '#edit/lines.ts';

/** Where a line that goes on begins is its line. */
export type SudoLine = {readonly text: string; readonly line: number};

/** Without comments and empty ones. `#include` is none, nor is a user's number, `#1000`. */
export const sudoLines = (source: string): readonly SudoLine[] => {
	const found: SudoLine[] = [];
	let open: SudoLine | undefined;
	for (const [at, raw] of source.split('\n').entries()) {
		const plain = raw.replace(/\r$/, '');
		const goesOn = endsOpen(plain) && !/^[ \t]*#(?!include)/.test(plain);
		const piece = goesOn ? plain.slice(0, -1) : plain;
		const whole: SudoLine = {
			text: open ? `${open.text} ${piece.slice(piece.search(/[^ \t]|$/))}` : piece,
			line: open?.line ?? at + 1,
		};
		open = goesOn ? whole : undefined;
		if (goesOn) continue;
		const text = trimmed(withoutComment(whole.text));
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
			parts.push(trimmed(part));
			part = '';
		} else part += char;
	}
	return [...parts, trimmed(part)].filter(one => one !== '');
};

/** `"%domain admins"` and `%domain\ admins` are one name. */
export const unquoted = (word: string): string =>
	trimmed(word).replaceAll(/"|\\(.)/g, (_all, char: string | undefined) => char ?? '');

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

/** What a word stands for, with the aliases that `kind` finds: it has what is behind the word of its kind. */
export const aliasesIn = (lines: readonly SudoLine[], kind: RegExp): ((word: string) => readonly string[]) => {
	const aliases = new Map<string, readonly string[]>();
	for (const {text} of lines)
		for (const one of splitList(kind.exec(text)?.[1] ?? '', ':')) {
			const [name = '', members = ''] = splitOnce(one, '=');
			if (name !== '') aliases.set(trimmed(name), splitList(members, ',').map(unquoted));
		}
	const expand = (word: string, depth: number): readonly string[] =>
		depth < 20 && /^[A-Z][A-Z0-9_]*$/.test(word) && word !== 'ALL'
			? (aliases.get(word)?.flatMap(one => expand(one, depth + 1)) ?? [word])
			: [word];
	return word => expand(word, 0);
};

/** Every one of its hosts is plainly the name of another; an address, a group or a pattern may be this one. */
export const isElsewhere = (hosts: readonly string[], hostname: string): boolean =>
	hostname !== '' &&
	hosts.length > 0 &&
	hosts.every(one => /^[a-z][a-z0-9.-]*$/.test(one) && one.split('.')[0] !== hostname.split('.')[0]);

export const splitOnce = (text: string, by: string): readonly string[] => {
	const at = text.indexOf(by);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
