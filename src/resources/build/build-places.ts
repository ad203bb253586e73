/** Where a build happens and what it leaves. All of it lies beside the prefix: one file system, so that a rename is the swap. */
import {basename, dirname, join} from 'node:path';
import {matches} from '#host/files/glob.ts';
import type {Reader} from '#model/host.ts';

export type BuildSpec = {
	readonly name: string;
	/** The archive; its top folder is read from it. */
	readonly archive: string;
	/** A label for the plan and the stamp. */
	readonly version: string;
	readonly prefix: string;
	/** For ./configure; the prefix is added. */
	readonly flags: readonly string[];
	/** Default true: what the tree does not know is dropped, and said. */
	readonly dropUnknown?: boolean;
	/** Default: the cores. */
	readonly jobs?: number;
	/** Relative to the prefix; must run with `versionArgs`. */
	readonly binary: string;
	/** Default ['-V']. */
	readonly versionArgs?: readonly string[];
	/** Changed files that survive a rebuild. Default: everything below a `conf` or `html`. */
	readonly keep?: readonly string[];
	/** Made by the program while it runs. Default: everything below a `logs` or `*_temp`. */
	readonly volatile?: readonly string[];
};

/** What was built from what; it lies inside the prefix. `files` is the sha256 of each file as installed, 'dir' for a directory. */
export type BuildStamp = {
	readonly name: string;
	readonly version: string;
	readonly archive: string;
	readonly flags: readonly string[];
	readonly dropped: readonly string[];
	readonly says: string;
	readonly quick: string;
	readonly files: {readonly [path: string]: string};
};

export const stampName = '.host-setup-build.json';

export const readBuildStamp = async (host: Reader, prefix: string): Promise<BuildStamp | undefined> => {
	const bytes = await host.read(join(prefix, stampName));
	try {
		return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as BuildStamp);
	} catch {
		return undefined;
	}
};

const beside = (prefix: string, what: string): string =>
	join(dirname(prefix), `.${basename(prefix)}.host-setup.${what}~`);
/** The unpacked tree and the staged installation. */
export const workOf = (prefix: string): string => beside(prefix, 'build');
/** The installation before, while the new one takes its place. */
export const asideOf = (prefix: string): string => beside(prefix, 'aside');
/** The installation before, kept for undo until the next build. */
export const previousOf = (prefix: string): string => beside(prefix, 'previous');

export const isKept = (spec: Pick<BuildSpec, 'keep'>, path: string): boolean =>
	matches(path, spec.keep ?? ['conf/**', '**/conf/**', '**/html/**']);
export const isVolatile = (spec: Pick<BuildSpec, 'volatile'>, path: string): boolean =>
	matches(path, spec.volatile ?? ['**/logs/**', '**/*_temp/**', '**/*_temp']);
