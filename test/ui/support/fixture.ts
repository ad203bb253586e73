/** The small programs that the terminal cases drive, without a host behind them, so that what fails is known at once. */
import {mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';

/** `app` and `screens` are the files in fixtures/. */
export type Fixture = {argv(name: 'app' | 'screens'): readonly [string, string]; remove(): void};

const root = join(import.meta.dirname, '../../..');
const out = join(root, 'node_modules/.cache/host-setup-ui');

/** Bundled as build.ts bundles the program; gives the argv that starts one. */
export const buildFixture = async (): Promise<Fixture> => {
	const outdir = join(out, String(process.pid));
	mkdirSync(outdir, {recursive: true});
	await build({
		absWorkingDir: root,
		entryPoints: ['test/ui/fixtures/app.tsx', 'test/ui/fixtures/screens.tsx'],
		outdir,
		bundle: true,
		// Without it the development tools that Ink would load on demand are loaded at once, and are not there.
		splitting: true,
		outExtension: {'.js': '.mjs'},
		format: 'esm',
		platform: 'node',
		external: ['react-devtools-core'],
		define: {'process.env.NODE_ENV': '"production"'},
		banner: {
			js: `import {createRequire as hostSetupRequire} from 'node:module';const require = hostSetupRequire(import.meta.url);`,
		},
		logLevel: 'warning',
	});
	return {
		argv: name => [process.execPath, join(outdir, `${name}.mjs`)],
		remove: () => rmSync(outdir, {recursive: true, force: true}),
	};
};
