/**
 * Writes checks/index.ts, stacks/index.ts and src/resources/index.ts: `node make-lists.ts`, and by itself before a build and before tests. The lists
 * are made, not kept by hand and not committed: a check and a resource type are a file, a stack is a folder, and two people who add one do not meet in
 * the same lines.
 */
import {globSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const root = import.meta.dirname;

/** A file is written only where its text changes: a build is made anew when its sources are newer. */
export const makeLists = (): void => {
	for (const [file, text] of [
		['checks/index.ts', checksList()],
		['stacks/index.ts', stacksList()],
		['src/resources/index.ts', typesList()],
	] as const)
		writeNew(join(root, file), text);
};

/** A check is a file SUBJECT/NAME.ts that exports `check`. */
const checksList = (): string => {
	const names = filesIn('checks', '*/*.ts').filter(name =>
		/^export const check = /m.test(readFileSync(join(root, 'checks', `${name}.ts`), 'utf8')),
	);
	const rows = [...Map.groupBy(names, name => name.split('/')[0])].map(
		([, list]) => `\t${list.map(identifier).join(', ')},`,
	);
	return [
		'/** Made by make-lists.ts. All checks, by subject and name. */',
		"import type {AnyCheck} from '#model/check.ts';",
		...names.map(name => `import {check as ${identifier(name)}} from './${name}.ts';`),
		'',
		'export const checks: readonly AnyCheck[] = [',
		...rows,
		'];',
		'',
	].join('\n');
};

/** A stack is a folder whose stack.ts exports `stack`; its id is the folder's name. */
const stacksList = (): string =>
	[
		'/** Made by make-lists.ts. The stacks by id, each loaded when it is asked for. */',
		"import type {Stack} from '#model/step.ts';",
		'',
		'export const stacks: Readonly<Record<string, () => Promise<Stack>>> = {',
		...filesIn('stacks', '*/stack.ts').map(
			name => `\t'${name.split('/')[0]}': async () => (await import('./${name}.ts')).stack,`,
		),
		'};',
		'',
	].join('\n');

/** A resource type is an `export const NAMEType: ResourceType<...>` in a file of src/resources/SUBJECT/. */
const typesList = (): string => {
	const found = filesIn('src/resources', '*/*.ts').flatMap(name => {
		const source = readFileSync(join(root, 'src/resources', `${name}.ts`), 'utf8');
		const types = [...source.matchAll(/^export const (\w+Type): ResourceType</gm)].map(match => match[1] ?? '');
		return types.length === 0 ? [] : [{name, types}];
	});
	return [
		'/** Made by make-lists.ts. All resource types, by subject and file. */',
		"import type {ResourceType} from '#model/resource.ts';",
		...found.map(({name, types}) => `import {${types.join(', ')}} from './${name}.ts';`),
		'',
		'// biome-ignore lint/suspicious/noExplicitAny: the journal knows only names; each type reads back its own record.',
		'export type AnyType = ResourceType<any, any>;',
		'',
		'export const types: readonly AnyType[] = [',
		...found.flatMap(({types}) => types.map(type => `\t${type},`)),
		'];',
		'',
	].join('\n');
};

const filesIn = (folder: string, pattern: string): readonly string[] =>
	globSync(pattern, {cwd: join(root, folder)})
		.map(file => file.replace(/\.ts$/, ''))
		.toSorted((a, b) => (a < b ? -1 : 1));

/** `redis/restart-pending` is redisRestartPending. */
const identifier = (name: string): string => name.replace(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase());

/** Others may read it at this moment: they see the old one or the new one. */
const writeNew = (file: string, text: string): void => {
	try {
		if (readFileSync(file, 'utf8') === text) return;
	} catch {
		// Not there yet.
	}
	const draft = `${file}.${process.pid}.tmp`;
	writeFileSync(draft, text);
	renameSync(draft, file);
};

// `import.meta.main` is not in Node 22.
if (process.argv[1] === import.meta.filename) makeLists();
