/** A directory with data goes only after a copy of it was packed; so `undo --purge-data` loses nothing. */

import {textOf} from '#host/files/text-of.ts';
import {fromOctal} from '#host/mounts/octal.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {dumpFile} from './dumps.ts';

/** Packs `real` (where the path leads; `id` as it was looked at) into a dump of root's alone, then removes the tree. `path` names the dump. Throws Faults 'tree.*'. */
export const packAway = async (host: Host, path: string, real: string, id: string | undefined): Promise<void> => {
	await refuseMounted(host, real);
	const dump = await dumpFile(host, `${path.slice(1).replaceAll('/', '-')}.tar.gz`);
	try {
		await host.held(real, name => host.exec([...tar, '--file', dump, '--directory', name, '.'], {env: {LC_ALL: 'C'}}), {
			was: id,
		});
	} catch (error) {
		// One that is not whole is of no use, and each further try would leave another.
		await host.remove(dump, {was: (await host.stat(dump))?.id});
		throw isChanging(error)
			? new Fault(
					'tree.changes',
					`somebody writes in ${real} while it is packed away`,
					`Nothing in it was removed. Find out who (fuser -vm ${real}, lsof +D ${real}), and end that; then run the same command again.`,
					{cause: error},
				)
			: error;
	}
	await host.own(dump, {mode: 0o600, was: (await host.stat(dump))?.id});
	await host.removeTree(real, {was: id});
};

const tar = ['tar', '--create', '--use-compress-program=gzip -1', '--sparse', '--xattrs', '--one-file-system'];

/** What is mounted in it is not its own: it would be packed as a whole, or waited for, and stays in any case. */
const refuseMounted = async (host: Host, real: string): Promise<void> => {
	const mounts = ((await textOf(host, '/proc/self/mounts')) ?? '').split('\n');
	const found = mounts.map(line => fromOctal(line.split(' ')[1] ?? '')).find(place => place.startsWith(`${real}/`));
	if (found !== undefined)
		throw new Fault(
			'tree.mounted',
			`something is mounted at ${found}`,
			`Unmount it (umount ${found}), then run the same command again.`,
		);
};

/** Whoever may write there could keep root at it for ever. */
const isChanging = (error: unknown): boolean =>
	error instanceof Fault &&
	error.code === 'program.failed' &&
	/file changed as we read it|File removed before we read it|File shrank by/.test(error.details.join('\n'));
