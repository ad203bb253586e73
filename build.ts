/**
 * Bundles the program into dist/, because start-up is part of the doctor's speed: one small file for the command line,
 * and a chunk for each thing loaded when it is used (a stack, a service client, the screens). Chunks of an earlier build
 * stay for a week: a run that was started from them may still have to load one.
 */
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {type BuildOptions, build, type Plugin} from 'esbuild';
import {makeLists} from './make-lists.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const week = 7 * 24 * 3600 * 1000;

/** Imported the usual way these run all their getters, undici and every root certificate among them: 40 ms of CPU. Asked for like this they do not. */
const lazyBuiltins: Plugin = {
	name: 'lazy-builtins',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^node:(http|https|tls)$/}, ({path}) => ({path, namespace: 'lazy-builtin'}));
		onLoad({filter: /^/, namespace: 'lazy-builtin'}, ({path}) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
		}));
	},
};

/** `textBeside(import.meta.url, './guard.sh')` becomes the text of that file: dist/ holds JavaScript only. */
const textsBeside: Plugin = {
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
		bundle({cli: 'src/cli.ts'}, [...bundling.plugins, doctorApart]),
		bundle({doctor: 'src/commands/doctor/main.ts'}, bundling.plugins),
	]);
	const outputFiles = bundles.flatMap(one => one.outputFiles);
	rmSync(join(dist, '.sources'), {force: true});
	mkdirSync(dist, {recursive: true});
	const entryLast = outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
	for (const {path, contents} of entryLast) replace(path, contents);
	removeOld(new Set(outputFiles.map(({path}) => basename(path))));
	replace(join(dist, '.sources'), seen);
	// What V8 kept of the last build is of no use to anybody.
	rmSync(join(dist, 'compiled'), {recursive: true, force: true});
};

const bundle = (entryPoints: Record<string, string>, plugins: readonly Plugin[]) =>
	build({...bundling, entryPoints, plugins: [...plugins], outdir: 'dist', write: false, logLimit: 5});

/** Bundled by itself the doctor is a third of the files: chunks are cut where others share them. */
const doctorApart: Plugin = {
	name: 'doctor-apart',
	setup({onResolve}) {
		onResolve({filter: /^#commands\/doctor\/main\.ts$/}, () => ({path: './doctor.js', external: true}));
	},
};

/** What the launcher's `find -printf '%p %s %T@\n' | LC_ALL=C sort` prints: it rebuilds when the two differ. */
const sources = (): string =>
	['src', 'steps', 'stacks', 'checks', 'build.ts', 'make-lists.ts', 'package.json', 'package-lock.json']
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

const isEntry = (path: string): boolean => basename(path) === 'cli.js';

/** Another start may read the file at this moment: it sees the old one or the new one. */
const replace = (path: string, contents: string | Uint8Array): void => {
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
