/** What requirements files ask for, without pip: all their bytes for a digest, and the plain lines for packages that come from elsewhere. */
import {dirname, resolve} from 'node:path';
import {largestText} from '#host/files/bounds.ts';
import {type Included, noneIncluded, readIncluded} from '#host/files/include-files.ts';
import type {Reader} from '#model/host.ts';
import {plainName} from './distributions.ts';

/** The bytes of the files and of those they include (`-r`, `-c`), in order; undefined while one is not there. */
export const readRequirements = async (
	host: Reader,
	files: readonly string[],
	seen: Included = noneIncluded(largestText),
	by?: string,
): Promise<readonly string[] | undefined> => {
	const texts: string[] = [];
	for (const file of files) {
		if (seen.files.includes(file)) continue;
		const text = await readIncluded(host, file, seen, by);
		if (text === undefined) return undefined;
		// From the file's own folder, or from the root; what lies elsewhere is fetched by pip.
		const included = [...text.matchAll(/^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t=]+(\S+)/gm)]
			.map(match => match[1]!)
			.filter(name => !/^[a-z]+:\/\//i.test(name))
			.map(name => resolve(dirname(file), name));
		const more = await readRequirements(host, included, seen, file);
		if (more === undefined) return undefined;
		texts.push(text, ...more);
	}
	return texts;
};

export type Requirement = {
	readonly name: string;
	readonly bounds: readonly {readonly op: string; readonly version: string}[];
};

/** The lines that name a package. Options, URLs and lines with an environment marker are left to pip. */
export const parseRequirements = (text: string): readonly Requirement[] =>
	text
		.replace(/\\\n/g, ' ')
		.split('\n')
		.flatMap(line => {
			const plain = line
				.replace(/(^|\s)#.*$/, '')
				.replace(/\s--hash=\S+/g, '')
				.trim();
			const [, name, rest = ''] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)$/s.exec(plain) ?? [];
			const bounds = boundsIn(rest);
			return name === undefined || bounds === undefined ? [] : [{name: plainName(name), bounds}];
		});

/** One after the other, from left to right: one pattern for all of them could be made to try without end. Undefined where something else stands there. */
const boundsIn = (text: string): Requirement['bounds'] | undefined => {
	const next = /([<>=!~]=?=?)\s*([\w.*+!-]+)\s*,?\s*/y;
	const found: {op: string; version: string}[] = [];
	while (next.lastIndex < text.length) {
		const [, op, version] = next.exec(text) ?? [];
		if (op === undefined || version === undefined) return undefined;
		found.push({op, version});
	}
	return found;
};

/** Does a version meet the bounds? Releases are compared by their numbers; what has none to compare is taken as met. */
export const meets = (version: string, bounds: Requirement['bounds']): boolean =>
	bounds.every(({op, version: bound}) => {
		const [have, want] = [numbersOf(version), numbersOf(bound)];
		if (want.length === 0) return true;
		if (bound.endsWith('.*')) {
			const same = compare(have.slice(0, want.length), want) === 0;
			return op === '!=' ? !same : same;
		}
		const order = compare(have, want);
		if (op === '~=') return order >= 0 && compare(have.slice(0, want.length - 1), want.slice(0, -1)) === 0;
		return (
			{
				'==': order === 0,
				'===': order === 0,
				'!=': order !== 0,
				'>=': order >= 0,
				'<=': order <= 0,
				'>': order > 0,
				'<': order < 0,
			}[op] ?? true
		);
	});

const numbersOf = (version: string): readonly number[] =>
	(/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '')
		.split('.')
		.filter(part => part !== '')
		.map(Number);

const compare = (a: readonly number[], b: readonly number[]): number => {
	for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
		const step = (a[at] ?? 0) - (b[at] ?? 0);
		if (step !== 0) return step;
	}
	return 0;
};
