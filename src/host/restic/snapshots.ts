/** What is in the store: its snapshots. restic lists one only once it is whole, and a run that was cut off leaves none. */
import {z} from 'zod';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Repository} from './repository.ts';
import {askRestic} from './restic.ts';

export type Snapshot = {
	/** Whole; eight of its digits are shown. */
	readonly id: string;
	readonly at: string;
	readonly host: string;
	readonly tags: readonly string[];
};

/** What every snapshot of ours is marked with. */
export const ourTag = 'host-setup';

const told = z.array(
	z.object({
		id: z.string().regex(/^[0-9a-f]{64}$/),
		time: z.string().max(100),
		hostname: z.string().max(300),
		tags: z.array(z.string()).nullish(),
	}),
);

/** Ours, oldest first; of `host` alone where one is named. Throws Fault backup.*. */
export const snapshotsIn = async (
	reader: Reader,
	repository: Repository,
	host?: string,
): Promise<readonly Snapshot[]> => {
	const words = ['snapshots', '--json', '--no-lock', '--tag', ourTag, ...(host === undefined ? [] : ['--host', host])];
	const parsed = told.safeParse(jsonOf(await askRestic(reader, repository, words)));
	if (!parsed.success)
		throw new Fault(
			'backup.restic',
			`restic did not say which snapshots ${repository.place} has in words that setup knows`,
			'See what restic snapshots --json says.',
		);
	return parsed.data
		.map(({id, time, hostname, tags}) => ({id, at: time, host: hostname, tags: tags ?? []}))
		.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
};

/** The one that is meant: its name or the beginning of it, or the newest. Throws Fault backup.no-snapshot. */
export const snapshotNamed = (all: readonly Snapshot[], word: string | undefined): Snapshot => {
	const meant = word === undefined || word === 'latest' ? all.slice(-1) : all.filter(({id}) => id.startsWith(word));
	const [one, other] = meant;
	if (one !== undefined && other === undefined) return one;
	throw new Fault(
		'backup.no-snapshot',
		word === undefined
			? 'there is no snapshot in the store yet'
			: `${other === undefined ? 'no snapshot begins' : 'several snapshots begin'} with ${word}`,
		'setup backup list names them; setup backup now makes one.',
	);
};

/** Before it stands where the password was read from. */
const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text.split('\n').find(line => line.startsWith('[')) ?? '');
	} catch {
		return undefined;
	}
};
