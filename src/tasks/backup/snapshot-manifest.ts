/** What a snapshot says of itself, in its own words: which things it has, in which of its files, what was counted, and with which answers the stacks stood. */
import {z} from 'zod';
import {Fault} from '#model/fault.ts';
import type {Keep} from '#model/kept-thing.ts';

const keep = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('postgres'),
		name: z.string().min(1).max(63),
		owner: z.string().min(1).max(63),
		cluster: z.string().optional(),
	}),
	z.object({kind: z.literal('ldap'), suffix: z.string().min(1).max(1000)}),
	z.object({kind: z.literal('tree'), path: z.string().startsWith('/').max(4096)}),
]);

const word = z.string().regex(/^[A-Za-z0-9-]{1,80}$/);

const manifest = z.looseObject({
	version: z.literal(1),
	host: z.string(),
	at: z.iso.datetime(),
	/** `postgres 15/main` and the like need not be the same where it is put back: dumps are of no version. */
	release: z.string(),
	setup: z.string(),
	stacks: z.record(z.string(), z.object({answers: z.record(z.string(), z.json()), digest: z.string()})),
	things: z.array(
		z.object({
			id: z.string(),
			word,
			stack: z.string(),
			keep,
			leaveOut: z.array(z.string()),
			/** What was counted: the least and the most while it was saved. */
			counts: z.record(z.string(), z.tuple([z.number(), z.number()])),
		}),
	),
	/** Names of the accounts that owned files, by number: on another host they may have others. */
	users: z.record(z.string(), z.string()),
	groups: z.record(z.string(), z.string()),
});

export type Manifest = z.output<typeof manifest>;
export type SavedThing = Manifest['things'][number] & {readonly keep: Keep};
export type Counts = SavedThing['counts'];

/** From the text in a snapshot. Throws Fault backup.foreign-snapshot. */
export const parseManifest = (text: string): Manifest => {
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch {
		data = undefined;
	}
	const parsed = manifest.safeParse(data);
	if (parsed.success) return parsed.data;
	throw new Fault(
		'backup.foreign-snapshot',
		'the snapshot does not say what it holds in words that this setup knows',
		'A newer setup made it, or no setup at all. restic itself can put its files back.',
	);
};

/** How counts differ from those that were noted, each in words; empty where they fit. What was not counted then fits. Exported for restore and proof. */
export const otherCounts = (noted: Counts, now: Readonly<Record<string, number>>): readonly string[] =>
	Object.entries(noted).flatMap(([name, [least, most]]) => {
		const count = now[name] ?? 0;
		return count >= least && count <= most
			? []
			: [`${name}: ${count}, and ${least === most ? least : `${least} to ${most}`} were saved`];
	});
