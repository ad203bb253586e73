/** Holds the lines that a type cannot: who may import whom, who may open a secret, who may print, who may end the process. */
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = globSync(['src/**/*.{ts,tsx}', '{steps,stacks,checks}/**/*.ts'], {cwd: root})
	.filter(file => !file.endsWith('.test.ts'))
	.toSorted();
const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** `src/host/programs/run-program.ts` and `steps/postgres.ts` belong to `host` and `steps`. */
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

/** Where files are made, changed or opened by name, and why that is safe. Everything else goes through src/host/owned, or through `Host`. */
const changesByName: Readonly<Record<string, string>> = {
	'src/host/owned/': 'the room itself',
	'src/host/reader.ts': 'opens files of an offline image for reading',
	'src/host/system/proc-text.ts': "reads /proc, which is the kernel's",
	'src/host/programs/guard.ts': 'reads the first line of a program',
	'src/host/programs/children.ts': 'notes about children, in our state',
	'src/host/programs/lasting-output.ts': 'output of apt, in our state',
	'src/host/programs/log-file.ts': 'logs, in our state',
	'src/host/files/own-file.ts': 'files of our state, and what an operator asked for by name',
	'src/host/files/handed.ts': 'reads what an operator hands over by name',
	'src/host/files/leftover-drafts.ts': 'notes about drafts, in our state',
	'src/host/files/stash.ts': 'the stash, in our state',
	'src/host/ldap/mdb.ts': "reads pages of slapd's database, where no link leads",
	'src/engine/journal.ts': 'the journal, in our state',
	'src/engine/lock.ts': 'the lock, in our state',
	'src/tasks/doctor/store.ts': 'what the doctor remembers, in our state',
	'src/tasks/kept-secret.ts': 'the value before of a secret, and stamps, in our state',
	'src/tasks/backup/put-back/begun-restore.ts': 'the restore that is under way, in our state',
	'src/tasks/update/begun.ts': 'the update that is under way, in our state',
	'src/report/event-log.ts': 'events of runs, in our state',
	'src/answers/secrets/': 'secrets, in our state, and files of secrets that an operator named, opened for reading',
	'src/answers/interview/typed-secrets.ts': 'typed secrets, in our state',
	'src/tasks/bundle/': 'media, in a cache that is root only, or of who makes one',
	'src/runner/': 'sockets and records of runs, in our state and in /run/host-setup, both root only',
	'src/rehearse/': 'throw-away hosts, in a cache that is root only',
	'src/commands/rehearse/inside.ts': 'brings answers into a throw-away host before it starts',
	'src/commands/rehearse/python-packages.ts':
		"takes what pip was given out of a throw-away host, from root's directory there",
};

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

	test("change files by name: the room for paths in somebody else's directory, and what keeps our own, which is root's", () => {
		const changing =
			/\b(?:l?chown|l?chmod|rm|rmdir|rename|mkdir|mkdtemp|symlink|link|unlink|writeFile|appendFile|cp|copyFile|f?truncate|l?utimes|createWriteStream|open)(?:Sync)?\b/;
		const imports = [
			/import\s*\{([^}]*)\}\s*from\s*['"]node:fs(?:\/promises)?['"]/g,
			/import\s+(?:\*\s+as\s+)?(\w+)\s+from\s*['"]node:fs/g,
		];
		const found = files.filter(file =>
			imports.some((pattern, at) =>
				[...codeOf(file).matchAll(pattern)].some(([, names = '']) => at === 1 || changing.test(names)),
			),
		);
		expect(found.filter(file => !Object.keys(changesByName).some(one => file.startsWith(one)))).toEqual([]);
		expect(using(/import\(\s*['"]node:fs/, files)).toEqual([]);
		// The list has no room for what is gone.
		expect(Object.keys(changesByName).filter(one => !found.some(file => file.startsWith(one)))).toEqual([]);
	});

	test("take JavaScript's blanks for a format's: no editor, and no reader of these files, for a BOM and a no-break space are parts of words there", () => {
		const readers =
			/^src\/edit\/|^src\/host\/(system\/(sudoers|sudoers-lines|sshd|host-names)|apt\/apt-conf|apache\/(config|lines|conditions)|nginx\/(reads|config)|network\/boot|ldap\/nslcd|postgres\/conf-lines|redis\/file|mysql\/file)\.ts$/;
		const javascripts = /(?<!\[)\\s(?!\\S\])|(?<!\\s)\\S|\.trim(Start|End)?\(\)/;
		expect(
			using(
				javascripts,
				files.filter(file => readers.test(file)),
			),
		).toEqual([]);
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
					/^src\/(ui\/|cli\.ts|commands\/(ask-secret|yes-no|wizard|rehearse\/rehearsal-needs)\.ts|wizard\/(json-lines|line-by-line|screen)\.ts)/,
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
		expect(using(/\bstartChild\(/, files)).toEqual(['src/host/programs/run-program.ts']);
	});
});

test('a shared step knows no stack: names come by parameter', () => {
	const stacks = globSync('stacks/*/stack.ts', {cwd: root}).map(file => file.split('/')[1] ?? '');
	expect(stacks.length).toBeGreaterThan(0);
	const steps = files.filter(file => file.startsWith('steps/'));
	expect(steps.filter(file => stacks.some(stack => codeOf(file).includes(stack)))).toEqual([]);
});

describe('sentences are written and never read', () => {
	const read = [
		// What a finding or a change says, or where it was seen, looked into for words.
		/\b(?:says|sentence)\??\.(?:includes|startsWith|endsWith|match|search|indexOf|split)\(/,
		/\.(?:test|exec)\(\s*(?:\w+\.)?(?:says|sentence)\b/,
		/\.where\??\.(?:includes|startsWith|endsWith|match|search|replace|split|slice)\(|\.(?:test|exec)\((?:\w+\.)*where\)/,
		/\bchange\.what\s*[!=]==|\bchange\.what\.(?:startsWith|includes|endsWith)\(/,
	];

	test('no check, resource, report or screen searches one', () => {
		// The one door that makes path and line of a place, and the one that reads what visudo says; a program's own words are the host's to read.
		const doors =
			/^src\/doctor\/kinds\.ts$|^checks\/host\/sudoers\.ts$|^src\/resources\/ldap\/config-undo\.ts$|^src\/(?!wizard|ui|report|resources|doctor|tasks)/;
		expect(read.flatMap(pattern => using(pattern, allBut(doors)).map(file => `${file}: ${pattern.source}`))).toEqual(
			[],
		);
	});
});

describe('a folder is a room', () => {
	test('of at most 25 files of its own', () => {
		const rooms = Map.groupBy(files, file => file.slice(0, file.lastIndexOf('/')));
		expect([...rooms].filter(([, own]) => own.length > 25).map(([room, own]) => `${room}: ${own.length}`)).toEqual([]);
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
