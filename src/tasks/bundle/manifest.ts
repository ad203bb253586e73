/** What a medium says of itself: for which host and answers it was made, what it has, and the sum of every file in it. */
import {z} from 'zod';
import type {Fetch} from '#model/fetch.ts';

/** A suite of an archive as the medium has it, with the distribution's own signature. */
export type Suite = {
	/** Below the medium: `archives/0`. */
	readonly at: string;
	/** Where it came from, for people. */
	readonly from: string;
	readonly suite: string;
	readonly components: readonly string[];
	/** The file of keys that the source names; empty where apt's own hold. */
	readonly signedBy: string;
	readonly kind: 'deb' | 'deb-src';
};

export const pythonAt = 'python';

export type Manifest = {
	readonly format: 1;
	readonly setup: string;
	readonly stack: string;
	/** `bookworm`, `amd64`. */
	readonly codename: string;
	readonly architecture: string;
	/** What was asked for, in words: what a replay needs beyond is refused. */
	readonly has: readonly string[];
	readonly packages: number;
	readonly suites: readonly Suite[];
	/** What is fetched from the medium instead. */
	readonly instead: readonly {readonly of: string; readonly at: string}[];
	/** Where the Python packages are, below the medium. */
	readonly python?: typeof pythonAt | undefined;
	/** sha256 by path. */
	readonly files: Readonly<Record<string, string>>;
};

/** Below the medium: no way up, nothing hidden, nothing that a program could take for an option. */
const path = z.string().regex(/^(?:[A-Za-z0-9_+~%:=][A-Za-z0-9._+~%:=-]*\/)*[A-Za-z0-9_+~%:=][A-Za-z0-9._+~%:=-]*$/);
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_/-]*$/);

const schema = z.strictObject({
	format: z.literal(1),
	setup: z.string().max(100),
	stack: z.string().max(100),
	codename: z.string().max(100),
	architecture: z.string().max(100),
	has: z.array(z.string().max(20_000)).max(10_000),
	packages: z.int(),
	suites: z
		.array(
			z.strictObject({
				at: path,
				from: z.string().max(2048),
				suite: word,
				components: z.array(word).max(100),
				signedBy: z.string().regex(/^(\/[\w./-]+)?$/),
				kind: z.enum(['deb', 'deb-src']),
			}),
		)
		.max(1000),
	instead: z.array(z.strictObject({of: z.string().max(2048), at: path})).max(10_000),
	python: z.literal(pythonAt).optional(),
	files: z.record(path, z.string().regex(/^[0-9a-f]{64}$/)),
});

/** The manifest in this text; undefined where it is none that this setup reads. */
export const readManifest = (text: string): Manifest | undefined => {
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};

/** The names in the order in which they are always written. */
export const manifestText = (manifest: Manifest): string =>
	`${JSON.stringify({...manifest, files: Object.fromEntries(Object.entries(manifest.files).toSorted(([a], [b]) => (a < b ? -1 : 1)))}, null, '\t')}\n`;

export type Covered = Exclude<Fetch, {readonly kind: 'not covered'}>;
