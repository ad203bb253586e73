/** A directory with data goes only after a copy of it was packed; so `undo --purge-data` loses nothing. */
import type {Host} from '#model/host.ts';
import {dumpFile} from './dumps.ts';

/** Packs `real` (where the path leads; `id` as it was looked at) into a dump of root's alone, then removes the tree. `path` names the dump. */
export const packAway = async (host: Host, path: string, real: string, id: string | undefined): Promise<void> => {
	const dump = await dumpFile(host, `${path.slice(1).replaceAll('/', '-')}.tar.gz`);
	await host.held(
		real,
		name =>
			host.exec(['tar', '--create', '--gzip', '--sparse', '--xattrs', '--file', dump, '--directory', name, '.'], {
				env: {GZIP: '-1'},
			}),
		{was: id},
	);
	await host.own(dump, {mode: 0o600, was: (await host.stat(dump))?.id});
	await host.removeTree(real, {was: id});
};
