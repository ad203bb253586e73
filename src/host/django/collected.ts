/** Are the collected files what their sources are? For storages that copy as it is; others only Django understands. */
import {join} from 'node:path';
import type {Reader} from '#model/host.ts';
import {fileDigest} from '../files/digest.ts';
import {resolveIn} from '../files/paths.ts';
import type {Statics} from './django-answers.ts';

/** The same names, looked at again; undefined where only Django can tell. */
export const comparedStatics = async (host: Reader, statics: Statics): Promise<Statics | undefined> => {
	if (statics.root === null) return statics;
	if (!statics.plain) return undefined;
	const [missing, differing]: [string[], string[]] = [[], []];
	for (const [name, source] of Object.entries(statics.files)) {
		const target = join(statics.root, name);
		const stat = await host.stat(target);
		if (stat === undefined) missing.push(name);
		else if (source !== null && (await contentOf(host, target)) !== (await contentOf(host, source)))
			differing.push(name);
	}
	return {...statics, missing: missing.sort(), differing: differing.sort()};
};

/** Debian's copies of jQuery are links elsewhere, and `collectstatic --link` makes some: the bytes at their end count. */
const contentOf = async (host: Reader, path: string): Promise<string | undefined> =>
	fileDigest(host, (await resolveIn(host.root, path)).slice(host.root === '/' ? 0 : host.root.length));
