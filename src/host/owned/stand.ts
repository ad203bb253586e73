/** Lets a program start in a directory that cannot be swapped under it. */
import {pinned} from './entry.ts';
import {holding} from './hold.ts';

/** Calls `use` with a name of the directory for a child of ours; undefined where none was asked for. A missing one is left to the program's own fault. */
export const standingIn = async <T>(
	directory: string | undefined,
	use: (place: string | undefined) => Promise<T>,
): Promise<T> => {
	if (directory === undefined) return use(undefined);
	return holding(directory, {follow: true}, spot =>
		spot.dir.fd === undefined
			? use(directory)
			: pinned(spot, entry => use(entry === undefined ? directory : `/proc/${process.pid}/fd/${entry.fd}`)),
	);
};
