/** Names in a directory swapped for others: those that were there go aside, in the same file system and by descriptors, and come back as they were. */
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {clear} from '#resources/shared/clear.ts';
import type {EntriesSwap} from './begun-restore.ts';

/** A folder of ours beside what it is for: root's alone, whoever owns the directory. Gives which one it is. */
export const ownFolder = async (host: Host, path: string): Promise<string> => {
	await clear(host, path);
	await host.mkdir(path, {mode: 0o700, owner: 'root:root'});
	const id = (await host.stat(path))?.id;
	if (id === undefined) throw moved(path);
	return id;
};

/** Which names change places: all of both, but for what stays, and what lies around that is gone into. Exported for its test. */
export const movesFor = async (
	host: Pick<Reader, 'list' | 'stat'>,
	{root, from, stays}: {readonly root: string; readonly from: string; readonly stays: readonly string[]},
): Promise<EntriesSwap['moves']> => {
	const moves: EntriesSwap['moves'] = [];
	const todo = [''];
	for (let rel = todo.shift(); rel !== undefined; rel = todo.shift()) {
		const [old, fresh] = await Promise.all([namesIn(host, `${root}${rel}`), namesIn(host, `${from}${rel}`)]);
		for (const name of [...new Set([...old, ...fresh])].toSorted()) {
			const path = `${rel}/${name}`;
			if (stays.includes(path) || (rel === '' && name.startsWith(ours))) continue;
			const around = stays.some(one => one.startsWith(`${path}/`)) && old.has(name);
			if (around) todo.push(path);
			else moves.push({path, old: old.has(name), fresh: fresh.has(name)});
		}
	}
	return moves;
};

/** How folders of ours begin. */
export const ours = '.host-setup-';

const namesIn = async (host: Pick<Reader, 'list' | 'stat'>, path: string): Promise<ReadonlySet<string>> =>
	new Set((await host.stat(path))?.kind === 'directory' ? ((await host.list(path)) ?? []) : []);

/** What was there goes aside, what was made comes. */
export const swapEntries = async (host: Host, {root, from, aside, moves}: EntriesSwap): Promise<void> => {
	for (const [n, {path, old, fresh}] of moves.entries()) {
		if (old) await move(host, `${root}${path}`, `${aside}/${n}`);
		if (fresh) await move(host, `${from}${path}`, `${root}${path}`);
		host.progress(n + 1, moves.length);
	}
};

/** As it was, from wherever it was cut off. */
export const unswapEntries = async (host: Host, {root, from, aside, moves}: EntriesSwap): Promise<void> => {
	for (const [n, {path, old, fresh}] of [...moves.entries()].toReversed()) {
		const [was, came] = [await host.stat(`${aside}/${n}`), await host.stat(`${root}${path}`)];
		// Where it did not come to its turn, both are where they were.
		const reached = old ? was !== undefined : fresh && (await host.stat(`${from}${path}`)) === undefined;
		if (!reached) continue;
		if (came !== undefined) await move(host, `${root}${path}`, `${aside}/${n}-came`);
		if (was !== undefined) await move(host, `${aside}/${n}`, `${root}${path}`);
	}
	await clear(host, aside);
};

const move = async (host: Host, from: string, to: string): Promise<void> => {
	const stat = await host.stat(from);
	if (stat === undefined) throw moved(from);
	await host.rename(from, to, {was: stat.id});
};

const moved = (path: string): Fault =>
	new Fault(
		'restore.moved',
		`${path} is not there any more: somebody moves things there meanwhile`,
		'See who does. What was there before the restore comes back; then run the same command again.',
	);
