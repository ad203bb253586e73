/** Where the parts of a backup lie on this host, all of it root's alone: what is dumped on its way into the store, the names at which trees are shown, what is remembered. */
import {join} from 'node:path';

export type Places = {
	readonly root: string;
	/** Dumps and the manifest, between their making and the store. */
	readonly stage: string;
	/** Trees of others are bound here, for restic alone. */
	readonly view: string;
	/** What restic remembers of a store elsewhere. */
	readonly cache: string;
	/** A restore that was begun. */
	readonly begun: string;
};

/** Below the state directory. */
export const backupPlaces = (state: string): Places => {
	const root = join(state, 'backup');
	return {
		root,
		stage: join(root, 'stage'),
		view: join(root, 'view'),
		cache: join(root, 'cache'),
		begun: join(root, 'restore.json'),
	};
};
