/**
 * The whole configuration of Debian's Apache as a tree, includes in their place, each directive with its file and line. What stands under a
 * condition that does not hold (`<IfModule>`, `<IfDefine>`) is left out, as Apache does.
 */
import {resolve} from 'node:path';
import {trimmed} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {packages} from '../apt/packages.ts';
import {filesBehind, type Included, readIncluded} from '../files/include-files.ts';
import type {Node} from '../nginx/config.ts';
import {apacheRoot, type Line, linesIn, wordsIn} from './logical-lines.ts';
import {conditionHolds} from './sections.ts';

/** Names of directives and sections in small letters. */
export type ApacheConfig = {
	readonly top: readonly Node[];
	readonly files: readonly string[];
	readonly directories: readonly string[];
	/** `ssl`, `mpm_event`: what LoadModule loads, with where. */
	readonly modules: ReadonlyMap<string, string>;
};

export const apacheConfig: Fact<ApacheConfig> = {
	id: 'apache-config',
	async read(host) {
		const variables = new Map(await variablesOf(host));
		const version = (await host.fact(packages)).all.get('apache2')?.version ?? '';
		const run: Run = {
			files: [],
			directories: new Set(),
			variables,
			modules: new Map(),
			macros: new Map(),
			version,
			host,
		};
		const top = await nodesOf(`${apacheRoot}/apache2.conf`, run, 0);
		return {top, files: run.files, directories: [...run.directories], modules: run.modules};
	},
};

type Run = Included & {
	readonly variables: Map<string, string>;
	readonly modules: Map<string, string>;
	readonly macros: Map<string, Macro>;
	/** Of its package. */
	readonly version: string;
	readonly host: Reader;
};

/** The lines of a `<Macro NAME $a @b>`, as they stand. */
type Macro = {readonly parameters: readonly string[]; readonly lines: readonly Line[]; readonly file: string};

const nodesOf = async (file: string, run: Run, depth: number): Promise<readonly Node[]> => {
	if (depth > 20) throw new Blocked({because: 'unreadable', need: `${file} includes itself`});
	const source = await readIncluded(run.host, file, run);
	if (source === undefined) throw new Blocked({because: 'unreadable', need: `${file} is not there`});
	const lines = [...linesIn(source)];
	const {nodes} = await block(lines, undefined, file, run, depth);
	return nodes;
};

/** Reads up to the end tag; `lines` is used up as it goes. */
const block = async (
	lines: Line[],
	closes: string | undefined,
	file: string,
	run: Run,
	depth: number,
): Promise<{readonly nodes: readonly Node[]}> => {
	const nodes: Node[] = [];
	for (;;) {
		const line = lines.shift();
		if (line === undefined) {
			if (closes !== undefined) throw new Blocked({because: 'unreadable', need: `${file}: <${closes}> is not closed`});
			return {nodes};
		}
		const [, slash, section, rest = ''] = /^<(\/?)([A-Za-z]+)(?![A-Za-z])[ \t]*(?![ \t])(.*)>/.exec(line.text) ?? [];
		if (section !== undefined && slash === '/') {
			if (section.toLowerCase() !== closes)
				throw new Blocked({because: 'unreadable', need: `${file}:${line.number}: </${section}> closes nothing`});
			return {nodes};
		}
		const where = `${file}:${line.number}`;
		const at = {file, line: line.number, where};
		if (section !== undefined) {
			const name = section.toLowerCase();
			const args = wordsIn(filled(rest, run));
			if (name === 'macro') {
				const [title = '', ...parameters] = wordsIn(rest);
				run.macros.set(title.toLowerCase(), {parameters, lines: linesTo(lines, 'macro', where), file});
				continue;
			}
			const counts = await conditionHolds(name, args, run);
			// What does not count is still read to its end, without effect.
			const inner = await block(
				lines,
				name,
				file,
				counts === false
					? {...run, modules: new Map(), variables: new Map(), macros: new Map(), files: [], directories: new Set()}
					: run,
				depth,
			);
			if (counts === undefined) nodes.push({name, args, ...at, children: inner.nodes});
			else if (counts) nodes.push(...inner.nodes);
			continue;
		}
		nodes.push(...(await directive(filled(line.text, run), at, run, depth)));
	}
};

const directive = async (
	text: string,
	at: Pick<Node, 'file' | 'line' | 'where'>,
	run: Run,
	depth: number,
): Promise<readonly Node[]> => {
	const {where} = at;
	const [word = '', ...args] = wordsIn(text);
	const name = word.toLowerCase();
	if (name === 'define' && args[0] !== undefined) run.variables.set(args[0], args[1] ?? '');
	if (name === 'loadmodule' && args[0] !== undefined) run.modules.set(args[0].replace(/_module$/, ''), where);
	if (name === 'undefmacro') run.macros.delete((args[0] ?? '').toLowerCase());
	if (name === 'use') return used(args, where, run, depth);
	if (name !== 'include' && name !== 'includeoptional') return [{name, args, ...at}];
	const parts: Node[] = [];
	const pattern = resolve(apacheRoot, args[0] ?? '');
	const found = await filesBehind(run.host, pattern, run);
	for (const one of found) {
		if (name === 'includeoptional' && (await run.host.stat(one)) === undefined) continue;
		parts.push(...(await nodesOf(one, run, depth + 1)));
	}
	return parts;
};

/** Up to the end tag, which goes too. */
const linesTo = (lines: Line[], section: string, where: string): readonly Line[] => {
	const end = lines.findIndex(({text}) => new RegExp(`^</${section}[ \\t\\v\\f\\r\\n]*>`, 'i').test(text));
	if (end < 0) throw new Blocked({because: 'unreadable', need: `${where}: <${section}> is not closed`});
	return lines.splice(0, end + 1).slice(0, -1);
};

/** `Use NAME a b`: the macro's lines with its parameters filled in, read where it is used. */
const used = async (args: readonly string[], where: string, run: Run, depth: number): Promise<readonly Node[]> => {
	const macro = run.macros.get((args[0] ?? '').toLowerCase());
	if (macro === undefined || depth > 20)
		throw new Blocked({because: 'unreadable', need: `${where}: Use ${args[0] ?? ''}`});
	const longest = macro.parameters
		.map((name, at) => ({name, value: args[at + 1] ?? ''}))
		.sort((a, b) => b.name.length - a.name.length);
	const lines = macro.lines.map(({text, number}) => ({
		number,
		text: longest.reduce((whole, {name, value}) => whole.replaceAll(name, () => value), text),
	}));
	return (await block(lines, undefined, macro.file, run, depth + 1)).nodes;
};

const filled = (text: string, {variables}: Run): string =>
	text.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => variables.get(name) ?? all);

/** What Debian's envvars exports, for the few that stand in its files. */
const variablesOf = async (host: Reader): Promise<readonly (readonly [string, string])[]> => {
	const text = Buffer.from((await host.read(`${apacheRoot}/envvars`)) ?? '').toString('utf8');
	return [...text.matchAll(/^[ \t]*(?:export[ \t]+)?(APACHE_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
		name,
		trimmed(value.replaceAll(/\$\{?SUFFIX\}?/g, '').replaceAll(/^["']|["']$/g, '')),
	]);
};
