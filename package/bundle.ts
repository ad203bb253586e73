/**
 * The whole program as one CommonJS file, which is what a single executable and V8's start-up snapshot take: no `import()` at run time, nothing that waits while
 * it is loaded, no native object made before the start. Only what one host in a hundred asks (AWS) lies apart, as text inside the executable.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type BuildOptions, build, type Metafile} from 'esbuild';
import {bundling, textsBeside} from '../build.ts';
import {aside, awsAsset, besideFixtures, lateBuiltins, quietInk, quietYoga} from './bundle-plugins.ts';

const root = join(import.meta.dirname, '..');

export type Bundled = {
	/** JavaScript of the program. */
	readonly main: string;
	/** What lies beside it in the executable, by the name it is asked by. */
	readonly assets: Readonly<Record<string, string>>;
	/** Goes to fixtures/make-demo.cjs of the package: makes the demo's sources of what lies there. */
	readonly makeDemo: string;
	/** The sources of other people in it, as paths of node_modules. */
	readonly inputs: readonly string[];
};

/** `built`: what `setup --version` says of it. Throws what esbuild throws. */
export const bundleProgram = async (built: string): Promise<Bundled> => {
	const later = await laterModules();
	const [main, aws, demo] = await Promise.all([
		one({
			stdin: {contents: entryOf(later), resolveDir: root, sourcefile: 'executable.ts', loader: 'ts'},
			plugins: [aside, lateBuiltins, textsBeside, quietYoga, quietInk],
			define: {...constants, hostSetupBuilt: JSON.stringify(built)},
		}),
		one({
			stdin: {
				contents: `module.exports = {${awsPackages.map(name => `'${name}': require('${name}')`)}};`,
				resolveDir: root,
			},
			plugins: [lateBuiltins],
		}),
		one({
			stdin: {contents: "module.exports = require('./fixtures/make-demo.ts').makeDemo;", resolveDir: root},
			plugins: [besideFixtures],
		}),
	]);
	return {
		main: main.text,
		assets: {[awsAsset]: aws.text},
		makeDemo: demo.text,
		inputs: [main, aws, demo].flatMap(({metafile}) => Object.keys(metafile.inputs)),
	};
};

const awsPackages = Object.keys(
	(
		JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
			readonly dependencies: Readonly<Record<string, string>>;
		}
	).dependencies,
).filter(name => name.startsWith('@aws-sdk/'));

/** None of these is there while a snapshot is made. */
const constants = {
	...bundling.define,
	'Intl.Segmenter': 'HostSetupSegmenter',
	'import.meta.dirname': '"/"',
	'import.meta.filename': '"/setup.cjs"',
	'import.meta.url': '"file:///setup.cjs"',
	'import.meta.main': 'false',
};

const one = async (options: BuildOptions): Promise<{readonly text: string; readonly metafile: Metafile}> => {
	const {splitting: _, entryNames: _e, chunkNames: _c, banner: _b, define, ...shared} = bundling;
	const {outputFiles, metafile} = await build({
		...shared,
		define,
		format: 'cjs',
		target: 'node26',
		supported: {'dynamic-import': false, 'top-level-await': false},
		write: false,
		metafile: true,
		...options,
	});
	return {text: outputFiles![0]!.text, metafile: metafile!};
};

/**
 * What the program loads when it is asked for, and a snapshot has loaded already. Each megabyte of heap costs every start 3 ms: screens, stacks and clients of
 * services, which a look needs none of, are compiled when they are wanted.
 */
const laterModules = async (): Promise<readonly string[]> => {
	const {metafile} = await build({
		...bundling,
		entryPoints: ['src/cli.ts'],
		outdir: 'dist',
		write: false,
		metafile: true,
	});
	return Object.values(metafile.outputs)
		.flatMap(({entryPoint}) => entryPoint ?? [])
		.filter(path => /^(src|checks|steps)\//.test(path) && !seldom.test(path))
		.toSorted();
};

const seldom = /^src\/(cli\.ts|host\/aws\/|wizard\/|ui\/|commands\/wizard\.ts)/;

/** Each is looked at, or the bundler would leave it until it is asked for. */
const entryOf = (later: readonly string[]): string => `
import {isBuildingSnapshot, makeDemo, setDeserializeMainFunction} from 'host-setup:start';
${later.map((path, at) => `import * as later${at} from './${path}';`).join('\n')}
globalThis.hostSetupLoaded = [${later.map((_, at) => `later${at}`).join(', ')}].map(one => Object.keys(one).length).length;
const start = () => {
	delete globalThis.hostSetupLoaded;
	const [, , first, directory, ...parts] = process.argv;
	if (first === '--make-demo') makeDemo(directory, parts);
	else require('./src/cli.ts');
};
if (isBuildingSnapshot()) setDeserializeMainFunction(start);
else start();
`;
