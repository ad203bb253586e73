/**
 * Which options of ./configure a source tree knows. OpenResty passes what it does not know to the bundled nginx, which rejects it only after
 * LuaJIT was built, so both are asked before. "Not in --help" is not "rejected": nginx's own parser takes options it no longer documents.
 */
import type {Host, Reader} from '#model/host.ts';

/** The options a help text names. */
export const optionsInHelp = (text: string): ReadonlySet<string> =>
	new Set(text.match(/(?<![\w-])--[A-Za-z][\w-]*/g) ?? []);

/** The options that nginx's `auto/options` has a case for, documented or not. */
export const optionsInCases = (source: string): ReadonlySet<string> =>
	new Set([...source.matchAll(/^\s*(--[A-Za-z][\w-]*)(?:=[\w*]*)?\)/gm)].map(match => match[1]!));

/** The flags whose option is in none of the sets. */
export const unknownFlags = (flags: readonly string[], ...known: readonly ReadonlySet<string>[]): readonly string[] =>
	flags.filter(flag => !known.some(set => set.has(flag.split('=', 1)[0]!)));

/** Asks an unpacked tree. Runs its `./configure --help` by way of `ask`. */
export const optionsOf = async (
	host: Host,
	tree: string,
	ask: (argv: readonly string[], cwd: string) => Promise<string>,
): Promise<readonly ReadonlySet<string>[]> => {
	const bundled = ((await host.list(`${tree}/bundle`)) ?? [])
		.filter(name => /^nginx-[\d.]+$/.test(name))
		.map(name => `${tree}/bundle/${name}`);
	const cases = await Promise.all(
		[tree, ...bundled].map(async one => optionsInCases(await textOf(host, `${one}/auto/options`))),
	);
	return [optionsInHelp(await ask(['./configure', '--help'], tree)), ...cases];
};

const textOf = async (host: Reader, path: string): Promise<string> =>
	Buffer.from((await host.read(path)) ?? '').toString('utf8');
