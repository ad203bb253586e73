/**
 * Writes checks/index.ts: `node checks/make-index.ts`. A check is a file SUBJECT/NAME.ts that exports `check`; the list is made, not
 * kept by hand, so that two people who add one do not meet in the same lines.
 */
import {globSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const folder = import.meta.dirname;
const target = join(folder, 'index.ts');

/** The text of checks/index.ts for the files as they are. */
export const indexText = (): string => {
	const names = globSync('*/*.ts', {cwd: folder})
		.filter(file => /^export const check = /m.test(readFileSync(join(folder, file), 'utf8')))
		.map(file => file.replace(/\.ts$/, ''))
		.toSorted(byName);
	return [
		'/** Made by `node checks/make-index.ts`, because whoever adds a check should not have to edit a list. All checks, by subject and name. */',
		"import type {AnyCheck} from '#model/check.ts';",
		...names.map(name => `import {check as ${identifier(name)}} from './${name}.ts';`),
		'',
		...(names.length === 0
			? ['export const checks: readonly AnyCheck[] = [];']
			: [
					'// biome-ignore format: made by a program, one line for each subject',
					'export const checks: readonly AnyCheck[] = [',
					...bySubject(names),
					'];',
				]),
		'',
	].join('\n');
};

const bySubject = (names: readonly string[]): readonly string[] =>
	[...Map.groupBy(names, name => name.split('/')[0])].map(([, list]) => `\t${list.map(identifier).join(', ')},`);

const byName = (a: string, b: string): number => (a < b ? -1 : 1);

/** `redis/restart-pending` is redisRestartPending. */
const identifier = (name: string): string => name.replace(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase());

if (import.meta.main) writeFileSync(target, indexText());
