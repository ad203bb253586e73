/** Looks through symbolic links to what stands at their end, because links may be read through an offline root and may loop. */
import {dirname, resolve} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Reader, Stat} from '#model/host.ts';

/** What stands at the end of the links from `path`, and where that is; a link into nowhere gives no stat. */
export const statThrough = async (
	host: Reader,
	path: string,
): Promise<{readonly path: string; readonly stat: Stat | undefined}> => {
	const end = await host.stat(path, {follow: true});
	if (end?.kind !== 'symlink') return {path: end?.at ?? path, stat: end};
	let at = path;
	for (let hops = 0; hops < 40; hops += 1) {
		const stat = await host.stat(at);
		if (stat?.kind !== 'symlink') return {path: at, stat};
		at = resolve(dirname(at), stat.target ?? '');
	}
	throw new Fault('file.loop', `${path} is a loop of symbolic links`, 'Mend the links, then run it again.');
};
