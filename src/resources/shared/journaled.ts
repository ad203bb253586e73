/** What the journal says of acts of ours, for who has to tell our lines from those of others. Read only; a host without one has none. */
import type {Fact, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';

export type Journaled = {
	readonly seq: number;
	/** It came to its end; else it failed, or was cut off, and may not have begun. */
	readonly done: boolean;
	readonly type: string;
	readonly record: {readonly [key: string]: Json};
	/** Hashes in the stash. */
	readonly kept: readonly string[];
};

const state = '/var/lib/host-setup';

/** Every act that can be undone, oldest first. */
export const journaled: Fact<readonly Journaled[]> = {
	id: 'journaled-acts',
	async read(host) {
		const text = Buffer.from((await host.read(`${state}/journal.jsonl`)) ?? '').toString('utf8');
		const done = new Set([...text.matchAll(/^\{"t":"done","seq":(\d+)/gm)].map(([, seq]) => Number(seq)));
		return text
			.split('\n')
			.filter(line => line.includes('"t":"intent"'))
			.flatMap(line => intentOf(line, done));
	},
};

/** What the stash has by this hash; undefined where it has not. */
export const stashed = (host: Reader, hash: string | undefined): Promise<Uint8Array | undefined> =>
	hash === undefined || !/^[0-9a-f]{64}$/.test(hash) ? Promise.resolve(undefined) : host.read(`${state}/stash/${hash}`);

/** What we wrote last into a file that is wholly ours; undefined where we never did. */
export const lastWritten = async (host: Reader, path: string): Promise<Uint8Array | undefined> => {
	const last = (await host.fact(journaled)).findLast(({type, record}) => type === 'file' && record['path'] === path);
	return stashed(host, last?.kept[0]);
};

const intentOf = (line: string, done: ReadonlySet<number>): readonly Journaled[] => {
	try {
		const {seq, type, undo} = JSON.parse(line) as {
			readonly seq: number;
			readonly type: string;
			readonly undo:
				| {readonly can: true; readonly record: Journaled['record']; readonly kept: readonly string[]}
				| {readonly can: false};
		};
		return undo.can && typeof undo.record === 'object'
			? [{seq, done: done.has(seq), type, record: undo.record, kept: undo.kept}]
			: [];
	} catch {
		return [];
	}
};
