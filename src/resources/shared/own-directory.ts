/** Directories of our own state, made when the first who needs one comes. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';

/** Makes them, 0700 and root's, parents first; another node may be making them at the same time. */
export const ownDirectories = async (host: Host, ...paths: readonly string[]): Promise<void> => {
	for (const path of paths) {
		if ((await host.stat(path)) !== undefined) continue;
		await host.mkdir(path, {mode: 0o700, owner: 'root:root'}).catch(error => {
			if (!(error instanceof Fault && error.code === 'path.in-the-way')) throw error;
		});
	}
};
