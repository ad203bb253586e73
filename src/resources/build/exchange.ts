/** The new installation takes the place of the old one: what others added or changed there goes along, and the old one is kept for undo. */
import {join} from 'node:path';
import {fileDigest} from '#host/files/digest.ts';
import {sha256} from '#host/files/stash.ts';
import {treeBelow} from '#host/owned/tree.ts';
import type {Host, Reader} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {asideOf, type BuildSpec, type BuildStamp, isKept, isVolatile, previousOf, stampName} from './build-places.ts';

/** Every file ('sha256'), link and directory ('dir') below a prefix, but our own stamp. */
export const manifestOf = async (host: Reader, prefix: string): Promise<Readonly<Record<string, string>>> => {
	const files: Record<string, string> = {};
	for (const path of await pathsBelow(prefix))
		files[path] = path.endsWith('/') ? 'dir' : ((await fileDigest(host, join(prefix, path))) ?? '');
	return Object.fromEntries(Object.entries(files).map(([path, digest]) => [path.replace(/\/$/, ''), digest]));
};

/** What is in a prefix beyond the manifest: added by others, or changed by them. A new directory stands for all that is in it. */
export const beyond = async (
	host: Reader,
	prefix: string,
	stamp: Pick<BuildStamp, 'files'>,
): Promise<{readonly added: readonly string[]; readonly changed: readonly string[]}> => {
	const [added, changed]: [string[], string[]] = [[], []];
	for (const marked of await pathsBelow(prefix)) {
		const path = marked.replace(/\/$/, '');
		// What an undo would have taken away before this is no more.
		if ((await host.stat(join(prefix, path))) === undefined) continue;
		if (added.some(one => path.startsWith(`${one}/`))) continue;
		const was = stamp.files[path];
		if (was === undefined) added.push(path);
		else if (was !== 'dir' && !marked.endsWith('/') && !(await isStill(host, join(prefix, path), was)))
			changed.push(path);
	}
	return {added, changed};
};

/** By its bytes on disk, or as an undo that only tells would have left them. */
const isStill = async (host: Reader, path: string, digest: string): Promise<boolean> => {
	if ((await fileDigest(host, path)) === digest) return true;
	const bytes = await host.read(path).catch(() => undefined);
	return bytes !== undefined && sha256(bytes) === digest;
};

/** Copies what survives from one installation into another that is not in use yet. By-products of running are linked, so that an open log stays the same file. */
export const carryOver = async (
	spec: Pick<BuildSpec, 'keep' | 'volatile'>,
	host: Host,
	from: string,
	to: string,
	stamp: Pick<BuildStamp, 'files'>,
): Promise<readonly string[]> => {
	const {added, changed} = await beyond(host, from, stamp);
	const carried = [...added, ...changed.filter(path => isKept(spec, path))];
	const [linked, copied] = [
		carried.filter(path => isVolatile(spec, path)),
		carried.filter(path => !isVolatile(spec, path)),
	];
	if (copied.length > 0) await host.exec(['cp', '--archive', '--parents', '--force', '--', ...copied, to], {cwd: from});
	if (linked.length > 0)
		await host.exec(['cp', '--archive', '--link', '--parents', '--force', '--', ...linked, to], {cwd: from});
	return copied;
};

/** Two renames; a kill in between is mended by `mendSwap`. The old installation (`was`, if there is one) ends up beside the prefix. Throws Fault file.moved. */
export const swapIn = async (host: Host, prefix: string, staged: string, was: string | undefined): Promise<void> => {
	const [aside, previous] = [asideOf(prefix), previousOf(prefix)];
	if (was !== undefined) await host.rename(prefix, aside, {was});
	await host.rename(staged, prefix, {was: (await host.stat(staged))?.id});
	await clear(host, previous);
	if (was !== undefined) await host.rename(aside, previous, {was});
};

/** After a kill in the middle of a swap: the old installation back where it was, or out of the way. */
export const mendSwap = async (host: Host, prefix: string): Promise<void> => {
	const [aside, previous] = [asideOf(prefix), previousOf(prefix)];
	const left = await host.stat(aside);
	if (left === undefined) return;
	if ((await host.stat(prefix)) === undefined) return host.rename(aside, prefix, {was: left.id});
	await clear(host, previous);
	await host.rename(aside, previous, {was: left.id});
};

/** Relative, parents first, directories with a slash at the end. */
const pathsBelow = async (root: string): Promise<readonly string[]> =>
	(await treeBelow(root, name => name === stampName)).map(({path, kind}) => (kind === 'directory' ? `${path}/` : path));
