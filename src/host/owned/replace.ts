/** Replaces a file so that a reader, a crash or a full disk never sees half of it, and so that what others gave it (mode, owner, xattrs) stays. */
import {constants, renameSync} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import type {ReplaceOptions} from '#model/host.ts';
import {sha256} from '../files/stash.ts';
import {writeFault} from '../files/write-fault.ts';
import {lastLines, runProgram, shown} from '../programs/run-program.ts';
import {idsOf} from '../system/ids.ts';
import {draftOf, syncHeld, unlinkIfThere} from './change.ts';
import {moved} from './faults.ts';
import {at, holding, type Spot} from './held-directory.ts';
import {type Entry, identityOf, notRegular, opened, permitted, pinned} from './pinned.ts';

/** What surrounds a replacement: the old content is kept, and the draft is noted while it stands. */
export type Around = {stashed(old: Uint8Array): Promise<void>; noted(draft: string): () => void};

/**
 * Writes `bytes` to `path` atomically. `options.was` is the sha256 of what was inspected or 'absent'.
 * Throws Fault file.moved, file.not-regular, path.hard-link, file.rejected (by the format's checker), file.no-space, file.read-only.
 */
export const replaceFile = (path: string, bytes: Uint8Array, options: ReplaceOptions, around: Around): Promise<void> =>
	holding(path, {follow: true}, async spot => {
		const old = await currentBytes(spot, path, options);
		if (old) await around.stashed(old);
		await swapIn(spot, path, bytes, options, around);
		if (options.checkAfter) await checkWhole(options.checkAfter, path, spot, old, around);
	});

/** A draft beside it, checked, and renamed over it while it is still what was seen. */
const swapIn = async (
	spot: Spot,
	path: string,
	bytes: Uint8Array,
	options: ReplaceOptions,
	around: Around,
): Promise<void> => {
	const draft = draftOf(spot);
	const forget = around.noted(draft.path);
	let handle: FileHandle | undefined;
	try {
		handle = await open(
			at(draft),
			constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
			0o600,
		);
		await handle.writeFile(bytes);
		await pinned(spot, entry => dress(handle!, entry, options));
		await handle.sync();
		await checked(options.check?.(nameForOthers(draft, handle)), path, nameForOthers(draft, handle));
		await currentBytes(spot, path, options);
		await swap(draft, spot, path, bytes, handle);
		await syncHeld(spot.dir);
	} catch (error) {
		unlinkIfThere(draft);
		throw writeFault(error, path);
	} finally {
		await handle?.close();
		forget();
	}
};

/** The bytes now; undefined where there is none. Throws Fault file.moved where they are not those that were inspected. */
const currentBytes = (spot: Spot, path: string, {was, id}: ReplaceOptions): Promise<Uint8Array | undefined> =>
	pinned(spot, async entry => {
		const bytes = entry && (await bytesOf(entry, path));
		if ((bytes === undefined ? 'absent' : sha256(bytes)) !== was) throw moved(path);
		if (entry !== undefined && id !== undefined && id !== entry.id) throw moved(path);
		return bytes;
	});

const bytesOf = async (entry: Entry, path: string): Promise<Uint8Array> => {
	if (!entry.stat.isFile()) throw notRegular(path);
	const file = await opened(entry);
	try {
		return await file.readFile();
	} finally {
		await file.close();
	}
};

/** Owner, mode and xattrs of the old file, or what was asked for; by the draft's handle. */
const dress = async (draft: FileHandle, old: Entry | undefined, {owner, mode}: ReplaceOptions): Promise<void> => {
	if (old !== undefined) await copyAttributes(old, draft);
	if (owner !== undefined) {
		const {uid, gid} = await idsOf(owner);
		await draft.chown(uid, gid);
	}
	const now = await draft.stat();
	const wanted = permitted(now, mode ?? (old === undefined ? 0o644 : now.mode & 0o7777));
	if ((now.mode & 0o7777) !== wanted) await draft.chmod(wanted);
};

/** xattrs are a program's to copy: it reaches both files by our descriptors. */
const copyAttributes = async ({fd, stat}: Entry, draft: FileHandle): Promise<void> => {
	const [from, to] = [fd, draft.fd].map(one => `/proc/${process.pid}/fd/${one}`);
	const ran = await runProgram(
		['cp', '--attributes-only', '--preserve=mode,ownership,xattr', '--no-preserve=timestamps', from!, to!],
		{timeout: 10_000},
	);
	if (ran.code === 0) return;
	await draft.chown(stat.uid, stat.gid);
	await draft.chmod(permitted(stat, stat.mode & 0o7777));
};

/** What a program that we start calls the draft: where its name could be swapped, by our descriptor. */
const nameForOthers = ({dir, path}: Spot, handle: FileHandle): string =>
	dir.fd === undefined ? path : `/proc/${process.pid}/fd/${handle.fd}`;

const checked = async (argv: readonly string[] | undefined, path: string, draft: string): Promise<void> => {
	if (argv === undefined) return;
	const ran = await runProgram(argv, {timeout: 60_000});
	if (ran.code !== 0)
		throw new Fault(
			'file.rejected',
			`${argv[0]} rejects the new ${path}`,
			'The file was left as it was. See what it says, correct the answer behind it, and plan again.',
			{details: lastLines(`${ran.stdout}\n${ran.stderr}`.replaceAll(draft, path), 12)},
		);
};

/** rename, but in place where the file is a mount point of its own (/etc/hosts in a container). Throws Fault file.moved where another thing than the draft came out. */
const swap = async (draft: Spot, spot: Spot, path: string, bytes: Uint8Array, handle: FileHandle): Promise<void> => {
	try {
		renameSync(at(draft), at(spot));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
		await pinned(spot, entry => overwrite(entry, path, bytes));
		unlinkIfThere(draft);
		return;
	}
	const written = identityOf(await handle.stat());
	await pinned(spot, entry => {
		if (entry?.id !== written) throw moved(path);
	});
};

const overwrite = async (entry: Entry | undefined, path: string, bytes: Uint8Array): Promise<void> => {
	if (entry === undefined) throw moved(path);
	const file = await opened(entry, constants.O_RDWR);
	try {
		await file.truncate(0);
		await file.writeFile(bytes);
		await file.sync();
	} finally {
		await file.close();
	}
};

const checkWhole = async (
	argv: readonly string[],
	path: string,
	spot: Spot,
	old: Uint8Array | undefined,
	around: Around,
): Promise<void> => {
	const ran = await runProgram(argv, {timeout: 60_000});
	if (ran.code === 0) return;
	if (old === undefined) unlinkIfThere(spot);
	else await swapIn(spot, path, old, {was: await digestNow(spot, path)}, around);
	throw new Fault(
		'file.rejected',
		`${shown(argv)} rejects the configuration with the new ${path}`,
		'The old file was put back before anything was reloaded. Correct the answer behind it, and plan again.',
		{details: lastLines(`${ran.stdout}\n${ran.stderr}`, 12)},
	);
};

const digestNow = (spot: Spot, path: string): Promise<string> =>
	pinned(spot, async entry => (entry === undefined ? 'absent' : sha256(await bytesOf(entry, path))));
