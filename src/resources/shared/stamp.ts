/**
 * What we installed and from what, one small file a resource, so that a look compares digests instead of doing the work
 * again. A stamp is never proof: every type also looks at what the stamp speaks of. No secrets in it.
 */
import {dirname} from 'node:path';
import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Fact, Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {clear} from './clear.ts';
import {ownDirectories} from './own-directory.ts';

const state = '/var/lib/host-setup';
const directory = `${state}/stamps`;

/** The stamp of a resource; undefined when there is none, or a torn or foreign one: then the work is simply done again. */
export const readStamp = async <T extends Json>(host: Reader, id: string): Promise<T | undefined> => {
	const bytes =
		(await host.read(stampPath(host, id))) ?? ((await ownsOld(host)) ? await host.read(oldPath(id)) : undefined);
	if (bytes === undefined) return undefined;
	try {
		return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
	} catch {
		return undefined;
	}
};

/** Writes it, 0600 under a 0700 directory, durable before it returns. */
export const writeStamp = async (host: Host, id: string, stamp: Json): Promise<void> => {
	const path = stampPath(host, id);
	await ownDirectories(host, ...new Set([state, directory, dirname(path)]));
	const before = await host.read(path);
	await host.replace(path, [`${JSON.stringify(stamp)}\n`], {
		was: before === undefined ? 'absent' : sha256(before),
		mode: 0o600,
		owner: 'root:root',
	});
	await removeOld(host, id);
};

export const removeStamp = async (host: Host, id: string): Promise<void> => {
	await clear(host, stampPath(host, id));
	await removeOld(host, id);
};

/** The Fault for a full disk, when that is what these words of a program say. */
export const spaceFault = (words: string, what: string): Fault | undefined =>
	/No space left on device|Disk quota exceeded|ENOSPC/i.test(words)
		? new Fault(
				'file.no-space',
				`no space left for ${what}`,
				'Free some space (df -h shows where), then run the same command again.',
			)
		: undefined;

/** Under the name of its stack, because two stacks may both have an `asset:less`. */
const stampPath = ({stack}: Reader, id: string): string =>
	stack === undefined ? oldPath(id) : `${directory}/${stack}/${fileOf(id)}`;

/** Where stamps were when there was one stack; the doctor's are there still. */
const oldPath = (id: string): string => `${directory}/${fileOf(id)}`;

const removeOld = async (host: Host, id: string): Promise<void> => {
	if (host.stack !== undefined && (await ownsOld(host))) await clear(host, oldPath(id));
};

/** Are the old ones this stack's? They are of the one that the journal began with. */
const ownsOld = async (host: Reader): Promise<boolean> =>
	host.stack !== undefined && (await host.fact(stackOfOld)) === host.stack;

const stackOfOld: Fact<string | undefined> = {
	id: 'stack-of-old-stamps',
	async read(host) {
		if (!(await host.list(directory))?.some(name => name.endsWith('.json'))) return undefined;
		const journal = Buffer.from((await host.read(`${state}/journal.jsonl`)) ?? '').toString('utf8');
		const old = journal.split('\n{"t":"journal"')[0] ?? '';
		return [...old.matchAll(/^\{"t":"run",.*?"stack":"([^"]*)"/gm)]
			.map(([, stack]) => stack)
			.find(stack => stack !== 'doctor');
	},
};

const fileOf = (id: string): string => `${id.replace(/[^\w.@-]+/g, '_').slice(0, 80)}-${sha256(id).slice(0, 8)}.json`;
