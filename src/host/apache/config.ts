/**
 * The whole configuration of Debian's Apache as a tree, includes in their place, each directive with its file and line. What stands under a
 * condition that does not hold (`<IfModule>`, `<IfDefine>`) is left out, as Apache does.
 */
import {resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import type {Node} from '../nginx/config.ts';
import {filesBehind, type Included} from '../web/include-files.ts';

/** Names of directives and sections in small letters. */
export type ApacheConfig = {
	readonly top: readonly Node[];
	readonly files: readonly string[];
	readonly directories: readonly string[];
	/** `ssl`, `mpm_event`: what LoadModule loads, with where. */
	readonly modules: ReadonlyMap<string, string>;
};

export const apacheRoot = '/etc/apache2';

export const apacheConfig: Fact<ApacheConfig> = {
	id: 'apache-config',
	async read(host) {
		const variables = new Map(await variablesOf(host));
		const run: Run = {files: [], directories: new Set(), variables, modules: new Map(), host};
		const top = await nodesOf(`${apacheRoot}/apache2.conf`, run, 0);
		return {top, files: run.files, directories: [...run.directories], modules: run.modules};
	},
};

type Run = Included & {
	readonly variables: Map<string, string>;
	readonly modules: Map<string, string>;
	readonly host: Reader;
};

type Line = {readonly text: string; readonly number: number};

/** The logical lines of a file: a backslash at the end joins the next, a comment is none. */
export const linesIn = (source: string): readonly Line[] => {
	const lines: {text: string; number: number}[] = [];
	let open: {text: string; number: number} | undefined;
	for (const [at, raw] of source.split('\n').entries()) {
		const whole = open ? `${open.text} ${raw.trim()}` : raw.trim();
		const number = open?.number ?? at + 1;
		open = whole.endsWith('\\') ? {text: whole.slice(0, -1).trimEnd(), number} : undefined;
		if (open === undefined && whole !== '' && !whole.startsWith('#')) lines.push({text: whole, number});
	}
	return lines;
};

/** The words of a line; quotes hold spaces together. */
export const wordsIn = (text: string): readonly string[] =>
	[...text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

const nodesOf = async (file: string, run: Run, depth: number): Promise<readonly Node[]> => {
	if (depth > 20) throw new Blocked({because: 'unreadable', need: `${file} includes itself`});
	const bytes = await run.host.read(file);
	if (bytes === undefined) throw new Blocked({because: 'unreadable', need: `${file} is not there`});
	run.files.push(file);
	const lines = [...linesIn(Buffer.from(bytes).toString('utf8'))];
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
		const [, slash, section, rest = ''] = /^<(\/?)([A-Za-z]+)\s*([^>]*)>/.exec(line.text) ?? [];
		if (section !== undefined && slash === '/') {
			if (section.toLowerCase() !== closes)
				throw new Blocked({because: 'unreadable', need: `${file}:${line.number}: </${section}> closes nothing`});
			return {nodes};
		}
		const where = `${file}:${line.number}`;
		if (section !== undefined) {
			const name = section.toLowerCase();
			const args = wordsIn(filled(rest, run));
			const holds = condition(name, args[0] ?? '', run);
			// What does not count is still read to its end, without effect.
			const inner = await block(
				lines,
				name,
				file,
				holds === false ? {...run, modules: new Map(), variables: new Map(), files: [], directories: new Set()} : run,
				depth,
			);
			if (holds === undefined) nodes.push({name, args, file, where, children: inner.nodes});
			else if (holds) nodes.push(...inner.nodes);
			continue;
		}
		nodes.push(...(await directive(filled(line.text, run), where, file, run, depth)));
	}
};

const directive = async (
	text: string,
	where: string,
	file: string,
	run: Run,
	depth: number,
): Promise<readonly Node[]> => {
	const [word = '', ...args] = wordsIn(text);
	const name = word.toLowerCase();
	if (name === 'define' && args[0] !== undefined) run.variables.set(args[0], args[1] ?? '');
	if (name === 'loadmodule' && args[0] !== undefined) run.modules.set(args[0].replace(/_module$/, ''), where);
	if (name !== 'include' && name !== 'includeoptional') return [{name, args, file, where}];
	const parts: Node[] = [];
	const pattern = resolve(apacheRoot, args[0] ?? '');
	const found = await filesBehind(run.host, pattern, run);
	for (const one of found) {
		if (name === 'includeoptional' && (await run.host.stat(one)) === undefined) continue;
		parts.push(...(await nodesOf(one, run, depth + 1)));
	}
	return parts;
};

/** undefined: a section of its own; otherwise whether its content counts. */
const condition = (name: string, word: string, {modules, variables}: Run): boolean | undefined => {
	const plain = word.replace(/^!/, '');
	const negated = word.startsWith('!');
	if (name === 'ifmodule') return modules.has(plain.replace(/^mod_|\.c$|_module$/g, '')) !== negated;
	if (name === 'ifdefine') return variables.has(plain) !== negated;
	if (name === 'ifversion') return true;
	return undefined;
};

const filled = (text: string, {variables}: Run): string =>
	text.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => variables.get(name) ?? all);

/** What Debian's envvars exports, for the few that stand in its files. */
const variablesOf = async (host: Reader): Promise<readonly (readonly [string, string])[]> => {
	const text = Buffer.from((await host.read(`${apacheRoot}/envvars`)) ?? '').toString('utf8');
	return [...text.matchAll(/^\s*(?:export\s+)?(APACHE_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
		name,
		value
			.replaceAll(/\$\{?SUFFIX\}?/g, '')
			.replaceAll(/^["']|["']$/g, '')
			.trim(),
	]);
};
