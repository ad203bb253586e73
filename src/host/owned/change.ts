/** One thing made, given away or taken away, in whoever's directory: always by a held descriptor, never through what could be swapped meanwhile. */
import {constants, mkdirSync, readdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import {draftBeside} from './draft-name.ts';
import {moved} from './faults.ts';
import {at, type Held, holding, type Spot} from './held-directory.ts';
import {give, mustBe, pinned} from './pinned.ts';

export type Ids = {readonly uid: number; readonly gid: number};

/** Makes one directory, durable before it returns. Throws Fault path.in-the-way where anything is there. */
export const makeDirectory = (path: string, mode: number, {uid, gid}: Ids): Promise<void> =>
	holding(path, {follow: true}, async spot => {
		try {
			mkdirSync(at(spot), {mode: 0o700});
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw inTheWay(path);
			throw error;
		}
		await pinned(spot, entry => {
			// Whoever may write above could have moved another one here; an empty one of root is all that this lets them have.
			if (entry === undefined || !isFresh(entry.inode, entry.stat)) throw moved(path);
			give(entry, {uid, gid, mode});
		});
		await syncHeld(spot.dir);
	});

/** Sets owner and mode of what is there, a link itself and never its target. `was`: only if it is still that thing. */
export const giveAway = (
	path: string,
	to: {readonly uid?: number; readonly gid?: number; readonly mode?: number},
	was?: string,
): Promise<void> =>
	holding(path, {}, spot =>
		pinned(spot, entry => {
			if (entry === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), {code: 'ENOENT'});
			mustBe(entry, path, was);
			give(entry, to);
		}),
	);

/** Makes a symbolic link, or replaces what is no directory, in one step. `owner` is the link's own. */
export const makeLink = (
	path: string,
	target: string,
	options: {readonly owner?: Ids; readonly was?: string | undefined; readonly noted: (draft: string) => () => void},
): Promise<void> =>
	holding(path, {}, async spot => {
		const draft = draftOf(spot);
		const forget = options.noted(draft.path);
		try {
			symlinkSync(target, at(draft));
			if (options.owner)
				await pinned(draft, entry => {
					if (entry === undefined || !entry.stat.isSymbolicLink()) throw moved(path);
					give(entry, options.owner!);
				});
			await pinned(spot, entry => mustBe(entry, path, options.was));
			renameSync(at(draft), at(spot));
			await syncHeld(spot.dir);
		} finally {
			unlinkIfThere(draft);
			forget();
		}
	});

/** Removes a file, a link or an empty directory. Nothing there is no fault. `was`: only if it is still that thing. */
export const removeName = (path: string, was?: string): Promise<void> =>
	holding(path, {}, spot =>
		pinned(spot, async entry => {
			if (entry === undefined) return;
			mustBe(entry, path, was);
			if (entry.stat.isDirectory()) rmdirSync(at(spot));
			else unlinkSync(at(spot));
			await syncHeld(spot.dir);
		}),
	).catch(unlessMissing);

/** Where what is above is not there, nothing is. */
export const unlessMissing = (error: unknown): void => {
	if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
};

/** Renames within one file system. Throws Fault file.moved where another thing than `was` was there, or came out at the other end. */
export const moveName = (from: string, to: string, was?: string): Promise<void> =>
	holding(from, {}, source =>
		holding(to, {}, target =>
			pinned(source, async entry => {
				if (entry !== undefined) mustBe(entry, from, was);
				renameSync(at(source), at(target));
				await pinned(target, now => {
					if (now?.id !== entry?.id) throw moved(to);
				});
				await syncHeld(source.dir);
				await syncHeld(target.dir);
			}),
		),
	);

/** Calls `use` with a name of a directory for programs of ours, which leads to that one whatever its owner moves about. Throws Fault file.moved. */
export const heldDirectory = <T>(
	path: string,
	was: string | undefined,
	use: (name: string) => Promise<T>,
): Promise<T> =>
	holding(path, {}, spot =>
		pinned(spot, entry => {
			mustBe(entry, path, was);
			if (!entry?.stat.isDirectory()) throw moved(path);
			return use(`/proc/${process.pid}/fd/${entry.fd}`);
		}),
	);

/** fsync of a held directory, so that a new name in it survives a power cut. */
export const syncHeld = async (dir: Held): Promise<void> => {
	const handle = await open(
		dir.fd === undefined ? dir.path : `/proc/self/fd/${dir.fd}`,
		constants.O_RDONLY | constants.O_DIRECTORY,
	);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
};

/** A name beside a spot that nobody has. */
export const draftOf = ({dir, path}: Spot): Spot => {
	const draft = draftBeside(path);
	return {dir, name: draft.slice(draft.lastIndexOf('/') + 1), path: draft};
};

/** Takes a draft of ours away, if it is still there. */
export const unlinkIfThere = (spot: Spot): void => {
	try {
		unlinkSync(at(spot));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
};

const isFresh = (inode: string, stat: {readonly uid: number; isDirectory(): boolean}): boolean =>
	stat.isDirectory() && stat.uid === process.geteuid?.() && readdirSync(inode).length === 0;

const inTheWay = (path: string): Fault =>
	new Fault(
		'path.in-the-way',
		`there is something at ${path} since it was looked at`,
		'Run the plan again: it shows what is there now.',
	);
