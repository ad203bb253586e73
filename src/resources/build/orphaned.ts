/** Libraries that a built program has in memory and that no archive carries any more: after an upgrade of the release a build from before it is made again, with what the new one has. */
import {neededBy} from '#host/apt/needed-by.ts';
import {obsoletePackages} from '#host/apt/obsolete.ts';
import {ifTold} from '#host/see.ts';
import type {Reader} from '#model/host.ts';

/** The packages of these libraries. None for a build that is newer than the release: to build it once more would change nothing. */
export const orphanedLibraries = async (host: Reader, prefix: string, stamp: string): Promise<readonly string[]> => {
	const [built, release] = await Promise.all([host.stat(stamp), host.stat('/var/lib/dpkg/info/base-files.list')]);
	if (host.root !== '/' || built === undefined || release === undefined || built.mtimeMs > release.mtimeMs) return [];
	const obsolete = await ifTold(() => host.fact(obsoletePackages));
	if (obsolete === undefined || 'untold' in obsolete || obsolete.leftover.length === 0) return [];
	const needed = (await ifTold(() => neededBy(host, obsolete.leftover))) ?? [];
	return [...new Set(needed.flatMap(({program, names}) => (program.startsWith(`${prefix}/`) ? names : [])))].sort();
};
