/**
 * How this program is started again, and where it lies: from its sources, from its bundle, or as one executable with Node inside, in which a path in argv is the operator's word and no file.
 */
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {isSea} from 'node:sea';

/** What `setup --version` says of the executable; package/ sets it. */
declare const hostSetupBuilt: string | undefined;

/** Where it comes from, in words. */
export const howBuilt = (): string =>
	typeof hostSetupBuilt === 'undefined' ? `a checkout, Node ${process.versions.node}` : hostSetupBuilt;

export const isExecutable = (): boolean => isSea();

/** The same Node with the same options on the same file, or the executable: the words of a command follow. */
export const ownProgram = (): readonly string[] =>
	isExecutable() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1] ?? ''];

/** The file that our processes have in their argv. */
export const ownFile = (): string => (isExecutable() ? process.execPath : (process.argv[1] ?? ''));

/** The nearest folder above with a package.json, from the checkout, its bundle and the package alike; '/' where the executable was put somewhere by itself. */
export const programRoot = (): string => {
	let at = isExecutable() ? dirname(process.execPath) : import.meta.dirname;
	while (!existsSync(join(at, 'package.json')) && at !== '/') at = dirname(at);
	return at;
};

/** What an operator or systemd starts: the launcher, or the executable that was put somewhere by itself. */
export const ownLauncher = (): string => {
	const root = programRoot();
	return root === '/' ? process.execPath : join(root, 'setup');
};

/** Makes the sources of the demo in a directory, as a program of its own: argv up to the directory and the parts. */
export const demoMaker = (fixtures: string): readonly string[] =>
	isExecutable() ? [process.execPath, '--make-demo'] : [process.execPath, join(fixtures, 'make-demo.ts')];
