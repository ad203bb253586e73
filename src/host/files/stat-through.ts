/** Looks through symbolic links to what stands at their end, because links may be read through an offline root and may loop. */
import {dirname, resolve} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Reader, Stat} from '#model/host.ts';

type End = {readonly path: string; readonly stat: Stat | undefined};

/** What stands at the end of the links from `path`, and where that is; a link into nowhere gives no stat. Throws Fault path.leads-out for links that root does not follow. */
export const statThrough = async (host: Reader, path: string): Promise<End> => {
	const end = await host.stat(path, {follow: true});
	return end?.kind === 'symlink' ? linksEnd(host, path) : {path: end?.at ?? path, stat: end};
};

/** Where links say they lead, whoever made them: for what is only named, and neither read nor changed (the interpreter of an environment). */
export const linksEnd = async (host: Reader, path: string): Promise<End> => {
	let at = path;
	for (let hops = 0; hops < 40; hops += 1) {
		const stat = await host.stat(at);
		if (stat?.kind !== 'symlink') return {path: at, stat};
		at = resolve(dirname(at), stat.target ?? '');
	}
	throw new Fault('file.loop', `${path} is a loop of symbolic links`, 'Mend the links, then run it again.');
};
