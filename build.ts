/**
 * Bundles the program into dist/, because start-up is part of the doctor's speed: one small file for the command line,
 * and a chunk for each thing loaded when it is used (a stack, a service client, the screens). Chunks of an earlier build
 * stay for a week: a run that was started from them may still have to load one.
 */
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {type BuildOptions, build, type Plugin} from 'esbuild';
import {makeLists} from './make-lists.ts';
import {type Files, mergeChunks} from './merge-chunks.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const week = 7 * 24 * 3600 * 1000;

/**
 * Node's own modules as plain objects. Imported the usual way each runs all its getters: of http and tls that loads undici and every root certificate, 40 ms of
 * CPU, and of the others together it is a fifth of the start. A name that nobody uses is not even asked for; http, https and tls are loaded when they are used: for tls
 * a thread reads all authorities of this host.
 */
const lazyBuiltins: Plugin = {
	name: 'lazy-builtins',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^(node:)?(http|https|tls)$/}, ({path}) => ({
			path: path.replace(/^node:/, ''),
			namespace: 'late-builtin',
		}));
		onLoad({filter: /^/, namespace: 'late-builtin'}, ({path}) => ({contents: lateOf(path)}));
		onResolve({filter: /^node:/}, ({path, kind}) =>
			kind === 'import-statement' ? {path, namespace: 'lazy-builtin'} : undefined,
		);
		onLoad({filter: /^/, namespace: 'lazy-builtin'}, ({path}) => ({contents: namesOf(path)}));
	},
};

/** Who reads a name of it loads it. */
const lateOf = (path: string): string =>
	`const all = () => process.getBuiltinModule('${path}');
	module.exports = Object.defineProperties({}, {${Object.keys(process.getBuiltinModule(path) ?? {})
		.map(name => `${JSON.stringify(name)}: {enumerable: true, get: () => all()[${JSON.stringify(name)}]}`)
		.join(', ')}});`;

const namesOf = (path: string): string => {
	const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter(
		name => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default',
	);
	return [
		`const all = process.getBuiltinModule(${JSON.stringify(path)});`,
		'const of = name => all[name];',
		...names.map(name => `const its_${name} = /* @__PURE__ */ of('${name}');`),
		`export {${names.map(name => `its_${name} as ${name}`).join(', ')}};`,
		'export default all;',
	].join('\n');
};

/** `textBeside(import.meta.url, './guard.sh')` becomes the text of that file: dist/ holds JavaScript only. */
export const textsBeside: Plugin = {
	name: 'texts-beside',
	setup({onLoad}) {
		onLoad({filter: /script\.ts$/}, ({path}) => ({
			loader: 'ts',
			contents: readFileSync(path, 'utf8').replace(
				/textBeside\(import\.meta\.url, '([^']+)'\)/g,
				(_call, name: string) => JSON.stringify(readFileSync(join(dirname(path), name), 'utf8')),
			),
		}));
	},
};

/** How everything of ours is bundled; a measurement that brings checks of its own uses the same. */
export const bundling = {
	absWorkingDir: root,
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	// The launcher also accepts Node 22 where the registry has no newer one.
	target: 'node22',
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: 'none',
	entryNames: '[name]',
	chunkNames: 'chunk-[hash]',
	external: ['pg-native', 'react-devtools-core'],
	define: {'process.env.NODE_ENV': '"production"'},
	banner: {
		js: `import {createRequire as hostSetupRequire} from 'node:module';const require = hostSetupRequire(import.meta.url);`,
	},
	plugins: [lazyBuiltins, textsBeside],
	logLevel: 'warning',
} as const satisfies BuildOptions;

const main = async (): Promise<void> => {
	makeLists();
	const seen = sources();
	const bundles = await Promise.all([
		bundle({cli: 'src/cli.ts'}, [...bundling.plugins, doctorApart, commandsApart], ['src/cli.ts']),
		bundle({commands: 'src/commands/main.ts'}, [...bundling.plugins, doctorApart], everyInstall),
		bundle({doctor: 'src/commands/doctor/main.ts'}, bundling.plugins, everyLook),
	]);
	const files = bundles.flatMap(one => [...one]);
	rmSync(join(dist, '.sources'), {force: true});
	mkdirSync(dist, {recursive: true});
	const entryLast = files.toSorted(([a], [b]) => Number(isEntry(a)) - Number(isEntry(b)));
	for (const [name, contents] of entryLast) replace(join(dist, name), contents);
	removeOld(new Set(files.map(([name]) => name)));
	replace(join(dist, '.sources'), seen);
	// What V8 kept of the last build is of no use to anybody.
	rmSync(join(dist, 'compiled'), {recursive: true, force: true});
};

const bundle = async (
	entryPoints: Record<string, string>,
	plugins: readonly Plugin[],
	always: readonly string[] = [],
): Promise<Files> => {
	const {outputFiles, metafile} = await build({
		...bundling,
		entryPoints,
		plugins: [...plugins],
		outdir: 'dist',
		write: false,
		metafile: true,
		logLimit: 5,
	});
	const files = new Map(outputFiles.map(({path, text}) => [basename(path), text]));
	return always.length === 0 ? files : mergeChunks({files, metafile}, always, bundling);
};

/** What `setup doctor` loads on any host. */
const everyLook = ['main.ts', 'report-to.ts']
	.map(name => `src/commands/doctor/${name}`)
	.concat('src/tasks/doctor/look.ts', 'src/tasks/doctor/store.ts', 'src/report/doctor/text.ts');

/** What `setup plan` and `setup apply` load on any host. */
const everyInstall = ['main.ts', 'plan.ts', 'apply.ts']
	.map(name => `src/commands/${name}`)
	.concat('src/edit/formats.ts');

/** Bundled by themselves, the commands share no chunk with the wizard: what a plan loads is one file and its stack. */
const commandsApart: Plugin = {
	name: 'commands-apart',
	setup({onResolve}) {
		onResolve({filter: /^#commands\/main\.ts$/}, () => ({path: './commands.js', external: true}));
	},
};

/** Bundled by itself the doctor is a third of the files: chunks are cut where others share them. */
const doctorApart: Plugin = {
	name: 'doctor-apart',
	setup({onResolve}) {
		onResolve({filter: /^#commands\/doctor\/main\.ts$/}, () => ({path: './doctor.js', external: true}));
	},
};

/** What the launcher's `find -printf '%p %s %T@\n' | LC_ALL=C sort` prints: it rebuilds when the two differ. */
const sources = (): string =>
	[
		'src',
		'steps',
		'stacks',
		'checks',
		'build.ts',
		'make-lists.ts',
		'merge-chunks.ts',
		'package.json',
		'package-lock.json',
	]
		.flatMap(filesIn)
		.map(path => {
			const {size, mtimeNs} = statSync(join(root, path), {bigint: true});
			const billion = 1_000_000_000n;
			return `${path} ${size} ${mtimeNs / billion}.${String(mtimeNs % billion).padStart(9, '0')}0\n`;
		})
		.sort()
		.join('');

const filesIn = (path: string): readonly string[] => {
	const kind = statSync(join(root, path), {throwIfNoEntry: false});
	if (kind === undefined) return [];
	if (!kind.isDirectory()) return [path];
	return readdirSync(join(root, path), {recursive: true, withFileTypes: true})
		.filter(entry => entry.isFile())
		.map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
};

const isEntry = (name: string): boolean => name === 'cli.js';

/** Another start may read the file at this moment: it sees the old one or the new one. */
const replace = (path: string, contents: string): void => {
	const draft = `${path}.${process.pid}.tmp`;
	writeFileSync(draft, contents, {mode: 0o644});
	renameSync(draft, path);
};

const removeOld = (current: ReadonlySet<string>): void => {
	for (const name of readdirSync(dist)) {
		const path = join(dist, name);
		if (name.startsWith('chunk-') && !current.has(name) && Date.now() - statSync(path).mtimeMs > week) rmSync(path);
	}
};

// `import.meta.main` is not in Node 22.
if (process.argv[1] === import.meta.filename) {
	await main().catch((error: Error & {errors?: unknown}) => {
		// esbuild has said what is wrong in the sources; anything else is still to be said.
		if (error.errors === undefined) throw error;
		process.exitCode = 1;
	});
}
