/** `setup doctor` over the checks of fixtures/doctor inside a throw-away host. */
import {writeFileSync} from 'node:fs';
import {build} from 'esbuild';
import type {Ran} from '#model/host.ts';
import type {InsideOptions} from '#rehearse/machine/enter.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {checkout} from '../../support/setup.ts';

export const node = `${programDir}/node_modules/node-linux-${process.arch}/bin/node`;

const program = '/opt/demo.mjs';

/** Puts it inside as one file. */
export const bringDemo = async (host: ThrowAway): Promise<void> => {
	const {outputFiles} = await build({
		absWorkingDir: checkout,
		entryPoints: ['fixtures/doctor/run.ts'],
		bundle: true,
		write: false,
		format: 'esm',
		platform: 'node',
		target: 'node26',
		external: ['pg-native', 'react-devtools-core'],
		banner: {
			js: `import {createRequire as hostSetupRequire} from 'node:module';const require = hostSetupRequire(import.meta.url);`,
		},
		logLevel: 'warning',
	});
	writeFileSync(`${host.root}${program}`, outputFiles[0]!.contents);
};

/** `before` is put before the program: what starts it. */
export const demo = (
	host: ThrowAway,
	argv: readonly string[],
	options: InsideOptions = {},
	before: readonly string[] = [],
): Promise<Ran> => host.run([...before, node, program, ...argv], {timeout: 60_000, ...options});
