/** Holds the lines that a type cannot: who may import whom, who may open a secret, who may print, who may end the process. */
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = globSync(['src/**/*.{ts,tsx}', '{steps,stacks,checks}/**/*.ts'], {cwd: root})
	.filter(file => !file.endsWith('.test.ts'))
	.toSorted();
const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** `src/host/programs/run.ts` and `steps/postgres.ts` belong to `host` and `steps`. */
const layerOf = (file: string): string => file.replace(/^src\//, '').split('/')[0] ?? '';

const low = ['edit', 'host', 'model'];
const middle = ['engine', 'doctor', 'answers', ...low];
const everything = ['ui', 'report', 'runner', 'rehearse', 'stacks', 'steps', 'checks', 'resources', ...middle];
const tasks = ['tasks', ...everything];

/** The layer and what it may import besides itself. The same table stands in biome.json, for the editor. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	'cli.ts': ['commands', 'wizard', ...tasks],
	commands: ['wizard', ...tasks],
	wizard: tasks,
	tasks: everything,
	ui: ['report', 'runner', 'rehearse', ...middle],
	report: ['runner', 'rehearse', ...middle],
	runner: middle,
	rehearse: middle,
	engine: ['model'],
	doctor: ['model'],
	stacks: ['steps', 'checks', 'resources', 'answers', ...low],
	steps: ['resources', 'answers', ...low],
	checks: ['resources', 'answers', ...low],
	resources: low,
	answers: low,
	host: ['edit', 'model'],
	edit: ['model'],
	model: [],
};

/** Static and dynamic imports, and re-exports. */
const importsOf = (file: string): readonly string[] =>
	[...sourceOf(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g)].map(match => match[2] ?? '');

const codeOf = (file: string): string => sourceOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const allBut = (allowed: RegExp): readonly string[] => files.filter(file => !allowed.test(file));
const using = (pattern: RegExp, candidates: readonly string[]): readonly string[] =>
	candidates.filter(file => pattern.test(codeOf(file)));

describe('imports point one way', () => {
	test('every folder has a place in the order', () => {
		expect(files.map(layerOf).filter(layer => !(layer in mayImport))).toEqual([]);
	});

	test.each(Object.entries(mayImport))('%s', (layer, allowed) => {
		const wrong = files
			.filter(file => layerOf(file) === layer)
			.flatMap(file => importsOf(file).map(to => ({file, to, target: /^#([^/]+)\//.exec(to)?.[1]})))
			.filter(({target}) => target !== undefined && target !== layer && !allowed.includes(target));
		expect(wrong).toEqual([]);
	});

	test('no relative path leaves its layer', () => {
		const leaving = files.flatMap(file =>
			importsOf(file)
				.filter(
					to =>
						to.startsWith('.') &&
						to.endsWith('.ts') &&
						layerOf(file) !== 'cli.ts' &&
						layerOf(join(file, '..', to)) !== layerOf(file),
				)
				.map(to => `${file}: ${to}`),
		);
		expect(leaving).toEqual([]);
	});
});

describe('only some may', () => {
	test('open a secret: host and answers, and the splice that must see what it replaces', () => {
		const imports = /import\s*\{[^}]*\b(?:reveal|fill)\b[^}]*\}\s*from\s*['"]#model\/secret\.ts['"]/;
		expect(using(imports, allBut(/^src\/(host|answers|model)\/|^src\/edit\/editor\.ts$/))).toEqual([]);
	});

	test('print: report, ui, commands', () => {
		expect(
			using(
				/(?<!['"/])\bconsole\s*\.|process\.std(out|err)\.write/,
				allBut(/^src\/(report|ui|commands)\/|^src\/cli\.ts$/),
			),
		).toEqual([]);
	});

	test('hold the terminal: the wizard, who asks, and the command line, which hands out guarded streams', () => {
		expect(
			using(
				/process\s*\.\s*std(out|err)\b(?!\s*\.\s*on\()|['"]node:tty['"]|\/dev\/(tty|console)['"]/,
				allBut(
					/^src\/(ui\/|cli\.ts|commands\/(ask-secret|yes-no|wizard|rehearse\/needs)\.ts|wizard\/(json-lines|lines|screen)\.ts)/,
				),
			),
		).toEqual([]);
	});

	test('write JSON for people or logs: through the door that shows what is not seen', () => {
		expect(using(/write\([^;]*JSON\.stringify/, allBut(/^src\/(runner|host|rehearse|engine\/lock)/))).toEqual([]);
	});

	test('end the process: the command line', () => {
		expect(using(/process\s*\.\s*(exit|abort|reallyExit)\b/, allBut(/^src\/cli\.ts$/))).toEqual([]);
	});

	test('start programs: host, rehearse, runner and the run lock, with argv and without a shell', () => {
		expect(
			using(
				/from ['"](execa|node:child_process)['"]|import\(['"](execa|node:child_process)['"]\)/,
				allBut(/^src\/(host|rehearse|runner)\/|^src\/engine\/lock\.ts$/),
			),
		).toEqual([]);
		expect(using(/shell:\s*true|execaCommand|\bexecSync\b/, files)).toEqual([]);
	});

	test('start a program that the guard has not seen: the child that runProgram starts, and two fixed places of root', () => {
		const starting = using(/\b(spawn|spawnSync|execFile|execFileSync|execa)\(/, files);
		const unguarded = starting.filter(file => !/\bguardedArgv\(/.test(codeOf(file)));
		expect(unguarded).toEqual(['src/engine/lock.ts', 'src/host/programs/child.ts', 'src/host/trust/acl.ts']);
		expect(using(/\bstartChild\(/, files)).toEqual(['src/host/programs/run.ts']);
	});
});

describe('a file has one idea', () => {
	// A program in another language that a file carries as text is not its own length.
	const lengths = files.map(file => ({
		file,
		lines:
			sourceOf(file)
				.replace(/`[^`]*`/g, '')
				.split('\n').length - 1,
	}));

	test('of at most 300 lines; those above 150 are named', ({annotate}) => {
		const long = lengths.filter(({lines}) => lines > 150).toSorted((a, b) => b.lines - a.lines);
		if (long.length > 0) void annotate(`over 150 lines: ${long.map(({file, lines}) => `${file} ${lines}`).join(', ')}`);
		expect(long.filter(({lines}) => lines > 300)).toEqual([]);
	});

	test('and says why it is there before it shows anything', () => {
		expect(files.filter(file => !/\/\*\*|\bwhy:/.test(sourceOf(file).split(/^export /m)[0] ?? ''))).toEqual([]);
	});
});
