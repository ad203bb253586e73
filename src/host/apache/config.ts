/**
 * The whole configuration of Debian's Apache as a tree, includes in their place, each directive with its file and line. What stands under a
 * condition that does not hold (`<IfModule>`, `<IfDefine>`) is left out, as Apache does.
 */
import {resolve} from 'node:path';
import {trimmed, trimmedEnd} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {packages} from '../apt/packages.ts';
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

type Line = {readonly text: string; readonly number: number};

/** The logical lines of a file: a backslash at the end joins the next, a comment is none. */
export const linesIn = (source: string): readonly Line[] => {
	const lines: {text: string; number: number}[] = [];
	let open: {text: string; number: number} | undefined;
	for (const [at, raw] of source.split('\n').entries()) {
		const whole = open ? `${open.text} ${trimmed(raw)}` : trimmed(raw);
		const number = open?.number ?? at + 1;
		open = whole.endsWith('\\') ? {text: trimmedEnd(whole.slice(0, -1)), number} : undefined;
		if (open === undefined && whole !== '' && !whole.startsWith('#')) lines.push({text: whole, number});
	}
	return lines;
};

/** The words of a line; quotes hold spaces together. */
export const wordsIn = (text: string): readonly string[] =>
	[...text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^ \t\v\f\r\n]+)/g)].map(
		([, a, b, c]) => a ?? b ?? c ?? '',
	);

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
		const [, slash, section, rest = ''] = /^<(\/?)([A-Za-z]+)[ \t]*(.*)>/.exec(line.text) ?? [];
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
			const holds = await condition(name, args, run);
			// What does not count is still read to its end, without effect.
			const inner = await block(
				lines,
				name,
				file,
				holds === false
					? {...run, modules: new Map(), variables: new Map(), macros: new Map(), files: [], directories: new Set()}
					: run,
				depth,
			);
			if (holds === undefined) nodes.push({name, args, ...at, children: inner.nodes});
			else if (holds) nodes.push(...inner.nodes);
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
	const end = lines.findIndex(({text}) => new RegExp(`^</${section}\\s*>`, 'i').test(text));
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

/** Linked into Debian's apache2, so that no LoadModule names them. */
const builtIn = new Set(['core', 'so', 'watchdog', 'http', 'log_config', 'logio', 'version', 'unixd']);

/** undefined: a section of its own; otherwise whether its content counts. */
const condition = async (name: string, args: readonly string[], run: Run): Promise<boolean | undefined> => {
	const {modules, variables} = run;
	const word = args[0] ?? '';
	const plain = word.replace(/^!/, '');
	const negated = word.startsWith('!');
	const module = plain.replace(/^(mod_|http_(?=core))|\.c$|_module$/g, '');
	if (name === 'ifmodule') return (modules.has(module) || builtIn.has(module)) !== negated;
	if (name === 'ifdefine') return variables.has(plain) !== negated;
	if (name === 'ifversion') return ofVersion(args, run.version) !== negated;
	if (name === 'iffile') return ((await run.host.stat(resolve(apacheRoot, plain))) !== undefined) !== negated;
	if (name === 'ifdirective' || name === 'ifsection') return !negated;
	return undefined;
};

/** `>= 2.4.10`, `2.4`; a regular expression and a version that is not known hold. */
const ofVersion = (args: readonly string[], version: string): boolean => {
	const [first = '', second] = args.map(one => one.replace(/^!/, '')).filter(one => one !== '');
	const [operator, wanted] =
		second === undefined ? (/^([<>]=?|==?|~)?(.*)$/.exec(first) ?? []).slice(1) : [first, second];
	const own = version.split(/[.+~-]/).map(Number);
	const other = (wanted ?? '').split('.').map(Number);
	if (!Number.isInteger(own[0]) || other.some(Number.isNaN) || operator === '~') return true;
	const order = [0, 1, 2].map(at => Math.sign((own[at] || 0) - (other[at] ?? 0))).find(one => one !== 0) ?? 0;
	return {'<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0}[operator ?? '='] ?? order === 0;
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
