/**
 * What a command always loads, as one file: esbuild cuts a chunk for each set of importers, sixty for the doctor, and finding, reading and linking that many is a
 * tenth of a look. The others keep their names, and import the pieces they share from small files that pass on what is in the large one.
 */
import {createHash} from 'node:crypto';
import {basename} from 'node:path';
import {type BuildOptions, build, type Metafile, type Plugin} from 'esbuild';

/** By name in dist/. */
export type Files = ReadonlyMap<string, string>;

type Bundle = {readonly files: Files; readonly metafile: Metafile};

/** The files of a bundle with one more, and smaller ones in the place of what went into it. `always`: the sources that are loaded whatever is asked. */
export const mergeChunks = async (
	{files, metafile}: Bundle,
	always: readonly string[],
	options: BuildOptions,
): Promise<Files> => {
	const merged = [...closureOf(metafile, always)];
	const banner = options.banner?.['js'] ?? '';
	const names = (file: string): readonly string[] => outputOf(metafile, file).exports;
	const one = await build({
		...options,
		splitting: false,
		write: false,
		// One that waits while it is loaded would wait for ever for a piece that imports it.
		supported: {'top-level-await': false},
		plugins: [fromMemory(files, new Set(merged), banner)],
		stdin: {
			contents: merged
				.map(
					(file, at) =>
						`export {${names(file)
							.map(name => `${name} as from${at}_${name}`)
							.join(', ')}} from './${file}';`,
				)
				.join('\n'),
			resolveDir: '/',
		},
	});
	const text = one.outputFiles![0]!.text;
	const core = `chunk-${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}.js`;
	const pieces = merged.map((file, at): readonly [string, string] => [
		file,
		`export {${names(file)
			.map(name => `from${at}_${name} as ${name}`)
			.join(',')}} from './${core}';\n`,
	]);
	const others = new Map([...files].filter(([file]) => !merged.includes(file)));
	return named(new Map([...(await pastPieces(others, new Map(pieces), options)), ...pieces, [core, text]]));
};

/** The other files, each importing what it needs from the large one itself: what passes it on is then loaded for an `import()` alone. */
const pastPieces = async (others: Files, pieces: Files, options: BuildOptions): Promise<Files> => {
	const banner = options.banner?.['js'] ?? '';
	const {outputFiles} = await build({
		...options,
		splitting: false,
		write: false,
		outdir: '/',
		// The large one is loaded in any case: an import for its effects alone says nothing.
		logOverride: {'ignored-bare-import': 'silent'},
		plugins: [inlined(others, pieces, banner)],
		entryPoints: [...others.keys()].map(file => ({in: `./${file}`, out: file.replace(/\.js$/, '')})),
	});
	return new Map(outputFiles!.map(({path, text}) => [basename(path), text]));
};

const inlined = (others: Files, pieces: Files, banner: string): Plugin => ({
	name: 'past-pieces',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^\.\/[\w-]+\.js$/}, ({path, kind}) => {
			const name = basename(path);
			if (kind === 'entry-point') return {path: name, namespace: 'other'};
			return kind !== 'dynamic-import' && pieces.has(name)
				? {path: name, namespace: 'piece', sideEffects: false}
				: {path, external: true};
		});
		onLoad({filter: /^/, namespace: 'other'}, ({path}) => ({contents: others.get(path)!.slice(banner.length)}));
		onLoad({filter: /^/, namespace: 'piece'}, ({path}) => ({contents: pieces.get(path)!}));
	},
});

/** All that a start of these sources loads before a single thing is asked for. */
const closureOf = (metafile: Metafile, sources: readonly string[]): ReadonlySet<string> => {
	const found = new Set<string>();
	const todo = sources.map(source => {
		const output = Object.keys(metafile.outputs).find(path => metafile.outputs[path]?.entryPoint === source);
		if (output === undefined) throw new Error(`${source} is no entry of the bundle: what imports it later?`);
		return basename(output);
	});
	for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
		if (found.has(file)) continue;
		found.add(file);
		for (const {path, kind, external} of outputOf(metafile, file).imports)
			if (kind === 'import-statement' && external !== true) todo.push(basename(path));
	}
	return found;
};

const outputOf = (metafile: Metafile, file: string): Metafile['outputs'][string] => {
	const path = Object.keys(metafile.outputs).find(one => basename(one) === file);
	if (path === undefined) throw new Error(`${file} is not in the bundle`);
	return metafile.outputs[path]!;
};

const fromMemory = (files: Files, merged: ReadonlySet<string>, banner: string): Plugin => ({
	name: 'from-memory',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^\.\/[\w-]+\.js$/}, ({path, kind}) =>
			kind !== 'dynamic-import' && merged.has(basename(path))
				? {path: basename(path), namespace: 'merged'}
				: {path, external: true},
		);
		onLoad({filter: /^/, namespace: 'merged'}, ({path}) => ({contents: files.get(path)!.slice(banner.length)}));
	},
});

/** A run that was started from an earlier build must find its own pieces: who imports another core has another name. */
const named = (files: Files): Files => {
	const hash = createHash('sha256');
	for (const [name, text] of files) hash.update(name).update(text);
	const bundle = hash.digest('hex').slice(0, 8).toUpperCase();
	const renamed = (text: string): string =>
		text.replace(/(?<=["'/]|^)chunk-([A-Z0-9]{8})\.js(?=["']|$)/g, `chunk-$1-${bundle}.js`);
	return new Map([...files].map(([name, text]) => [renamed(name), renamed(text)]));
};
