/** The programs that a line of shell runs by their place: the first word of each command, and what a wrapper or an interpreter is handed. Arguments are data. */
import {basename} from 'node:path';
import {handedOn} from '../programs/handed-on.ts';

/** Absolute paths only; a name is looked for in a path that is asked about by itself. */
export const programsIn = (line: string): readonly string[] =>
	line
		.replaceAll(/(^|\s)#.*$/g, '')
		.split(/&&|\|\||[;|&(){}`]|\$\(|\b(?:then|else|do|if|while|exec|command|eval)\b/)
		// Most lines name no place, and cutting each into words was a tenth of a look.
		.flatMap(part => (part.includes('/') ? programsOf(wordsOf(part)) : []));

const wordsOf = (part: string): readonly string[] =>
	[...part.trim().matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

const programsOf = (words: readonly string[]): readonly string[] => {
	const at = words.findIndex(word => !/^([A-Za-z_]\w*=|!$|[-+@:!]+$)/.test(word));
	const [name = '', ...rest] = at < 0 ? [] : words.slice(at);
	if (name === '.' || name === 'source') return absolute(rest[0]);
	const {inner, script, drops} = handedOn([basename(name), ...rest]);
	return [
		...absolute(name),
		...(drops ? [] : absolute(script)),
		...(drops || inner === undefined ? [] : programsOf(inner)),
	];
};

const absolute = (word: string | undefined): readonly string[] => {
	const path = word?.replace(/^[-+@:!|]+/, '') ?? '';
	return /^\/[^$*?<>]+$/.test(path) ? [path] : [];
};
