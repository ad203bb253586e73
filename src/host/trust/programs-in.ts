/** The programs that a line of shell runs by their place: the first word of each command, and what a wrapper or an interpreter is handed. Arguments are data. */
import {basename, join} from 'node:path';
import {handedOn} from '../programs/handed-on.ts';

/** Absolute paths only, those after a `cd` made so; a name is looked for in a path that is asked about by itself. `cwd`: where the line begins. */
export const programsIn = (line: string, cwd?: string): readonly string[] => {
	let at = absolute(cwd)[0];
	return (
		line
			.replaceAll(/(^|\s)#.*$/g, '')
			// What a shell is handed as text is a line of its own.
			.replaceAll(/\b(?:ba|da)?sh\s+-[a-z]*c\s+(?:"([^"]*)"|'([^']*)')/g, ' $1$2 ')
			.split(/&&|\|\||[;|&(){}`]|\$\(|\b(?:then|else|do|if|while|exec|command|eval)\b/)
			// Most lines name no place, and cutting each into words was a tenth of a look.
			.flatMap(part => {
				if (at === undefined && !part.includes('/')) return [];
				const words = wordsOf(part);
				if (words[0] === 'cd') {
					at = absolute(words[1])[0];
					return [];
				}
				return programsOf(words, at);
			})
	);
};

/** Files that a command line hands to a program as its configuration or its code, by what they are called. */
export const configsIn = (words: readonly string[]): readonly string[] =>
	words.flatMap(word => {
		const path = word.replace(/^--?[\w-]+=/, '');
		return /^\/[^$%*?<>\s]+\.(?:ini|conf|cfg|cnf|ya?ml|toml|json|py|pl|sh|rb|js|php|so)$/.test(path) ? [path] : [];
	});

const wordsOf = (part: string): readonly string[] =>
	[...part.trim().matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

const programsOf = (words: readonly string[], cwd: string | undefined): readonly string[] => {
	const start = words.findIndex(word => !/^([A-Za-z_]\w*=|!$|[-+@:!]+$)/.test(word));
	const [name = '', ...rest] = start < 0 ? [] : words.slice(start);
	const placed = (word: string | undefined): readonly string[] =>
		cwd !== undefined && word !== undefined && /^[\w.][^$*?<>]*$/.test(word) ? [join(cwd, word)] : absolute(word);
	if (name === '.' || name === 'source') return placed(rest[0]);
	const {inner, script, drops} = handedOn([basename(name), ...rest]);
	return [
		...(name.includes('/') ? placed(name) : []),
		// An interpreter looks for more beside the script, and in the directory where it begins.
		...(drops ? [] : placed(script)),
		...(!drops && cwd !== undefined && takesFromCwd.test(basename(name)) ? [cwd] : []),
		...(drops || inner === undefined ? [] : programsOf(inner, cwd)),
	];
};

const takesFromCwd = /^(python[\d.]*|node|nodejs|perl|ruby|php|make|npm|npx|bundle|rake|composer)$/;

const absolute = (word: string | undefined): readonly string[] => {
	const path = word?.replace(/^[-+@:!|]+/, '') ?? '';
	return /^\/[^$*?<>]+$/.test(path) ? [path] : [];
};
