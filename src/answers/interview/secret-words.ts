/** A secret's reference in words for the screen, which never shows the value itself. */
import {stat} from 'node:fs/promises';
import type {Json} from '#model/json.ts';
import {isMap, own, type Peeled, peel, shapeOf} from '../questions/shape.ts';
import {readSecretStore} from '../secrets/secret-store.ts';

/** Where typed secrets of a stack lie, below the state directory. */
export const typedFolder = (stack: string): string => `typed/${stack}`;

/** The names, `step.path`, of a stack's secrets in the store; none where it cannot be read: the run will say why. */
export const generatedSecrets = async (store: string | undefined, stack: string): Promise<ReadonlySet<string>> => {
	const kept =
		store === undefined
			? new Map<string, string>()
			: await readSecretStore(store).catch(() => new Map<string, string>());
	return new Set(
		[...kept.keys()].filter(name => name.startsWith(`${stack}/`)).map(name => name.slice(stack.length + 1)),
	);
};

/** 'to be generated', 'generated earlier', 'typed', a path, '$NAME'; and what is wrong when what was typed is no longer there. */
export const secretWords = async (
	value: Json | undefined,
	stack: string,
	made: boolean,
): Promise<{readonly words?: string; readonly problem?: string}> => {
	if (!isMap(value)) return {};
	if (own(value, 'secret') !== undefined) return {words: made ? 'generated earlier, and kept' : 'to be generated'};
	if (own(value, 'prompt') !== undefined) return {words: 'asked for when it is needed'};
	const [env, credential, file] = ['env', 'credential', 'file'].map(key => own(value, key));
	if (typeof env === 'string') return {words: `$${env}`};
	if (typeof credential === 'string') return {words: `credential ${credential}`};
	if (typeof file !== 'string') return {};
	if (!file.includes(`/${typedFolder(stack)}/`)) return {words: file};
	const there = await stat(file).then(
		() => true,
		(error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
	);
	return {words: 'typed', ...(!there && {problem: 'was typed, and is no longer there: type it again'})};
};

/** Can this secret be made up? One that exists elsewhere already cannot. */
export const mayGenerate = ({core}: Peeled): boolean => {
	const def = core._zod.def;
	return def.type === 'union' && def.options.some(option => Object.hasOwn(shapeOf(peel(option).core) ?? {}, 'secret'));
};
