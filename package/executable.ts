/** One file with Node, the program and, where this machine can make it, V8's heap after loading all of it: a start reads no source and compiles nothing. */
import {existsSync} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import type {Bundled} from './bundle.ts';

export type Arch = 'x64' | 'arm64';

export type Making = {
	readonly bundled: Bundled;
	readonly arch: Arch;
	/** The Node of that architecture and of the version that runs this. */
	readonly node: string;
	/** For what is made on the way; removed. */
	readonly scratch: string;
	readonly output: string;
};

/** A snapshot is made by running the program, which another architecture's cannot be here. */
export const hasSnapshot = (arch: Arch): boolean => arch === process.arch;

/** Throws what Node says. */
export const makeExecutable = async ({bundled, arch, node, scratch, output}: Making): Promise<void> => {
	await rm(scratch, {recursive: true, force: true});
	await mkdir(scratch, {recursive: true});
	const at = (name: string): string => join(scratch, name);
	await stripped(node, at('node'), arch);
	// Named as in the executable: the names are in the messages of faults, and in the snapshot.
	await writeFile(at('setup.cjs'), bundled.main);
	for (const [name, text] of Object.entries(bundled.assets)) await writeFile(at(name), text);
	await writeFile(
		at('sea.json'),
		JSON.stringify({
			main: 'setup.cjs',
			output,
			executable: 'node',
			disableExperimentalSEAWarning: true,
			useSnapshot: hasSnapshot(arch),
			execArgv: ['--use-system-ca'],
			// After `su` or `sudo -E` NODE_OPTIONS is the user's, who would run code as root with it.
			execArgvExtension: 'none',
			assets: Object.fromEntries(Object.keys(bundled.assets).map(name => [name, name])),
		}),
	);
	await execa(process.execPath, ['--no-warnings', '--build-sea', 'sea.json'], {cwd: scratch, env: {NODE_OPTIONS: ''}});
	await rm(scratch, {recursive: true, force: true});
};

/** A quarter of Node is names for debuggers. */
const stripped = async (node: string, into: string, arch: Arch): Promise<void> => {
	const tool =
		arch === process.arch ? 'strip' : arch === 'arm64' ? 'aarch64-linux-gnu-strip' : 'x86_64-linux-gnu-strip';
	const {exitCode} = await execa(tool, ['--strip-unneeded', '-o', into, node], {reject: false});
	if (exitCode !== 0 || !existsSync(into))
		throw new Error(
			`${tool} could not make ${node} smaller: apt-get install ${tool === 'strip' ? 'binutils' : `binutils-${tool.startsWith('aarch64') ? 'aarch64' : 'x86-64'}-linux-gnu`}`,
		);
};
