/** A restore that was begun, written before each act: what was there stays beside what came until that is proven, and a run that was cut off finds here what goes back. */
import {readFile, rm} from 'node:fs/promises';
import {z} from 'zod';
import {writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';

/** A database that takes the place of one; `before` is the name of that one meanwhile. */
const database = z.object({
	kind: z.literal('database'),
	id: z.string(),
	cluster: z.string().optional(),
	name: z.string(),
	owner: z.string(),
	fresh: z.string(),
	before: z.string(),
});

/** Names in a directory that take the place of others; those are in `aside` by their number. */
const entries = z.object({
	kind: z.literal('entries'),
	id: z.string(),
	root: z.string(),
	/** The directory of ours below `root` in which it was made, and which of it comes. */
	fresh: z.string(),
	from: z.string(),
	aside: z.string(),
	moves: z.array(z.object({path: z.string(), old: z.boolean(), fresh: z.boolean()})),
	/** It stands still while they are swapped. */
	unit: z.string().optional(),
});

const begun = z.object({
	stack: z.string(),
	snapshot: z.string(),
	/** Units that stand still until it is over. */
	units: z.array(z.string()),
	swaps: z.array(z.discriminatedUnion('kind', [database, entries])),
});

export type DatabaseSwap = z.output<typeof database>;
export type EntriesSwap = z.output<typeof entries>;
export type Swap = DatabaseSwap | EntriesSwap;
export type BegunRestore = z.output<typeof begun>;

/** The one that did not come to its end. Throws Fault restore.unreadable. */
export const readBegun = async (path: string): Promise<BegunRestore | undefined> => {
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw error;
	});
	if (text === undefined) return undefined;
	try {
		return begun.parse(JSON.parse(text));
	} catch (cause) {
		throw new Fault(
			'restore.unreadable',
			`${path} does not hold what setup wrote there`,
			'What was there before the restore lies beside what came: databases host_setup_before_…, folders .host-setup-before-…. Put them back by hand, then move the file away.',
			{cause},
		);
	}
};

export const noteBegun = (path: string, what: BegunRestore): Promise<void> =>
	writeOwnFile(path, `${JSON.stringify(what)}\n`);

export const forgetBegun = (path: string): Promise<void> => rm(path, {force: true});
