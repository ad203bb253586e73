/** What requirements files ask for, without pip: all their bytes for a digest, and the plain lines for packages that come from elsewhere. */
import {dirname, join} from 'node:path';
import type {Reader} from '#model/host.ts';
import {plainName} from './distributions.ts';

/** The bytes of the files and of those they include (`-r`, `-c`), in order; undefined while one is not there. */
export const readRequirements = async (
	host: Reader,
	files: readonly string[],
	seen: Set<string> = new Set(),
): Promise<readonly string[] | undefined> => {
	const texts: string[] = [];
	for (const file of files) {
		if (seen.has(file)) continue;
		seen.add(file);
		const bytes = await host.read(file);
		if (bytes === undefined) return undefined;
		const text = Buffer.from(bytes).toString('utf8');
		const included = [...text.matchAll(/^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/gm)].map(match =>
			join(dirname(file), match[1]!),
		);
		const more = await readRequirements(host, included, seen);
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
			const [, name, bounds = ''] =
				/^([A-Za-z0-9][\w.-]*?)\s*(?:\[[^\]]*\])?\s*((?:[<>=!~]=?=?\s*[\w.*+!-]+\s*,?\s*)*)$/.exec(plain) ?? [];
			return name === undefined
				? []
				: [
						{
							name: plainName(name),
							bounds: [...bounds.matchAll(/([<>=!~]=?=?)\s*([\w.*+!-]+)/g)].map(match => ({
								op: match[1]!,
								version: match[2]!,
							})),
						},
					];
		});

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
