/**
 * What esbuild is told of modules that a start-up snapshot does not take as they are: what waits while it is loaded, makes a native object, or costs every start
 * what few ask for. Each takes one kind of them apart from the bundle, or makes it late.
 */
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import type {Plugin} from 'esbuild';

const root = join(import.meta.dirname, '..');

/** What lies apart in the executable, by this name. */
export const awsAsset = 'aws.cjs';

/** What is asked for by few: text in the executable, made a module when it is wanted. Of ours it imports nothing. */
export const aside: Plugin = {
	name: 'aside',
	setup({onResolve, onLoad}) {
		onResolve({filter: /^@aws-sdk\//}, ({path}) => ({path, namespace: 'aside'}));
		onLoad({filter: /^/, namespace: 'aside'}, ({path}) => ({
			contents: `module.exports = ${asModule(awsAsset)}[${JSON.stringify(path)}];`,
		}));
		onResolve({filter: /^host-setup:start$/}, ({path}) => ({path, namespace: 'start'}));
		onLoad({filter: /^/, namespace: 'start'}, () => ({
			contents: `const {startupSnapshot} = process.getBuiltinModule('node:v8');
				export const isBuildingSnapshot = () => startupSnapshot.isBuildingSnapshot();
				export const setDeserializeMainFunction = start => startupSnapshot.setDeserializeMainFunction(start);
				export const makeDemo = (...given) => process.getBuiltinModule('node:module').createRequire(process.execPath)('../fixtures/make-demo.cjs')(...given);
				globalThis.HostSetupSegmenter = class {
					constructor(...given) { this.given = given; }
					segment(text) { return (this.real ??= new Intl[['Seg', 'menter'].join('')](...this.given)).segment(text); }
				};`,
		}));
	},
};

const asModule = (asset: string): string => `(() => {
	const {createRequire} = process.getBuiltinModule('node:module');
	const {compileFunction} = process.getBuiltinModule('node:vm');
	const text = process.getBuiltinModule('node:sea').getAsset('${asset}', 'utf8');
	const made = {exports: {}};
	compileFunction(text, ['module', 'exports', 'require'], {filename: '/${asset}'})(made, made.exports, createRequire('/'));
	return made.exports;
})()`;

/** Their native parts cannot be kept in a snapshot, or cost where nobody asks for them: a name of theirs is looked up when it is read. */
const late =
	/^(node:)?(http|https|http2|tls|dgram|inspector|module|readline|readline\/promises|tty|worker_threads|sea|v8|vm)$/;

export const lateBuiltins: Plugin = {
	name: 'late-builtins',
	setup({onResolve, onLoad}) {
		onResolve({filter: late}, ({path}) => ({path: path.replace(/^node:/, ''), namespace: 'late-builtin'}));
		onLoad({filter: /^/, namespace: 'late-builtin'}, ({path}) => ({
			contents: `const all = () => process.getBuiltinModule('node:${path}');
				module.exports = Object.defineProperties({}, {${Object.keys(process.getBuiltinModule(`node:${path}`) ?? {})
					.filter(name => name !== 'default')
					.map(name => `${JSON.stringify(name)}: {enumerable: true, get: () => all()[${JSON.stringify(name)}]}`)
					.join(', ')}});`,
		}));
	},
};

/** They find what lies beside them from where the bundle of them lies, and are called, not started. */
export const besideFixtures: Plugin = {
	name: 'beside-fixtures',
	setup({onLoad}) {
		onLoad({filter: /\/fixtures\/.*\.ts$/}, ({path}) => ({
			loader: 'ts',
			contents: readFileSync(path, 'utf8')
				.split(/^if \(import\.meta\.main\)/m)[0]!
				.replaceAll(
					'import.meta.dirname',
					`(__dirname + ${JSON.stringify(dirname(path).slice(join(root, 'fixtures').length))})`,
				),
		}));
	},
};

/** Its WebAssembly is compiled before the first frame, not while it is loaded: no snapshot takes that. */
export const quietYoga: Plugin = {
	name: 'quiet-yoga',
	setup({onResolve, onLoad}) {
		const yoga = dirname(
			createRequire(createRequire(join(root, 'package.json')).resolve('ink')).resolve('yoga-layout'),
		);
		onLoad({filter: /yoga-layout\/dist\/src\/index\.js$/}, ({path}) => ({
			resolveDir: dirname(path),
			contents: `import {loadYoga} from './load.js';
				import constants from './generated/YGEnums.js';
				let made;
				export const ready = async () => { made ??= await loadYoga(); };
				export default new Proxy({}, {get: (_, key) => key in constants ? constants[key] : made[key]});
				export * from './generated/YGEnums.js';`,
		}));
		onResolve({filter: /(^#wizard|\.)\/screen\.ts$/}, ({path, kind, importer}) =>
			kind === 'dynamic-import' && (path.startsWith('#wizard') || /src\/wizard\/[^/]+$/.test(importer))
				? {path: join(root, 'src/wizard/screen.ts'), namespace: 'screen'}
				: undefined,
		);
		onLoad({filter: /^/, namespace: 'screen'}, ({path}) => ({
			resolveDir: root,
			contents: `import {ready} from '${yoga}/index.js';
				import * as real from '${path}';
				export const onScreen = async (...given) => { await ready(); return real.onScreen(...given); };`,
		}));
	},
};

/** What Ink waits for while it is loaded is for those who debug it. */
export const quietInk: Plugin = {
	name: 'quiet-ink',
	setup({onLoad}) {
		onLoad({filter: /ink\/build\/reconciler\.js$/}, ({path}) => ({
			contents: readFileSync(path, 'utf8')
				.replace("await import('./devtools.js')", 'undefined')
				.replace('await loadPackageJson()', 'undefined'),
		}));
	},
};
