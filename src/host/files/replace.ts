/** Replaces a file so that a reader, a crash or a full disk never sees half of it, and so that what others gave it (mode, owner, xattrs) stays. */
import {constants} from 'node:fs';
import {chmod, chown, lstat, open, readFile, rename, stat, unlink} from 'node:fs/promises';
import {dirname} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {ReplaceOptions} from '#model/host.ts';
import {lastLines, runProgram, shown} from '../programs/run.ts';
import {idsOf} from '../system/ids.ts';
import {draftBeside} from './leftover-drafts.ts';
import {resolveIn} from './paths.ts';
import {sha256} from './stash.ts';

/** What surrounds a replacement: the old content is kept, and the draft is noted while it stands. */
export type Around = {stashed(old: Uint8Array): Promise<void>; noted(draft: string): () => void};

/**
 * Writes `bytes` to `path` atomically. `options.was` is the sha256 of what was inspected or 'absent'.
 * Throws Fault file.moved, file.not-regular, file.rejected (by the format's checker), file.no-space, file.read-only.
 */
export const replaceFile = async (
	path: string,
	bytes: Uint8Array,
	options: ReplaceOptions,
	around: Around,
): Promise<void> => {
	const real = await resolveIn('/', path);
	const old = await currentBytes(real, path);
	if ((old === undefined ? 'absent' : sha256(old)) !== options.was) throw moved(path);
	if (old) await around.stashed(old);
	const draft = draftBeside(real);
	const forget = around.noted(draft);
	try {
		await writeDraft(draft, real, bytes, old !== undefined, options);
		await checked(options.check?.(draft), path, draft);
		const now = await currentBytes(real, path);
		if ((now === undefined ? 'absent' : sha256(now)) !== options.was) throw moved(path);
		await swap(draft, real, bytes);
		await syncDirectory(dirname(real));
	} catch (error) {
		await unlink(draft).catch(ignoreMissing);
		throw writeFault(error, path);
	} finally {
		forget();
	}
	if (options.checkAfter) await checkWhole(options.checkAfter, path, real, old, around);
};

/** fsync of a directory, so that a rename in it survives a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
	const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
};

/** The sentences for what a full disk or a read-only mount does, for every place that writes. */
export const writeFault = (error: unknown, path: string): unknown => {
	const code = (error as NodeJS.ErrnoException).code;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new Fault(
			'file.no-space',
			`no space left to write ${path}`,
			'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
			{cause: error},
		);
	if (code === 'EROFS')
		return new Fault(
			'file.read-only',
			`${path} lies on a read-only file system`,
			'Mount it writable, then run the same command again.',
			{cause: error},
		);
	if (code === 'EACCES' || code === 'EPERM')
		return new Fault(
			'file.denied',
			`${path} may not be written`,
			'Run setup as root; where it is root already, look for an immutable flag (lsattr) or a network file system.',
			{cause: error},
		);
	if (code === 'ENOENT' || code === 'ENOTDIR')
		return new Fault(
			'file.no-directory',
			`the directory of ${path} is not there`,
			'Create it, or run the step that does.',
			{cause: error},
		);
	return error;
};

const currentBytes = async (real: string, path: string): Promise<Uint8Array | undefined> => {
	try {
		if (!(await lstat(real)).isFile())
			throw new Fault('file.not-regular', `${path} is not a regular file`, 'Move it away, or name another path.');
		return await readFile(real);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

const writeDraft = async (
	draft: string,
	real: string,
	bytes: Uint8Array,
	exists: boolean,
	options: ReplaceOptions,
): Promise<void> => {
	const handle = await open(draft, 'wx', 0o600);
	try {
		await handle.writeFile(bytes);
		if (exists) await copyAttributes(real, draft);
		const {uid, gid} = options.owner === undefined ? {uid: -1, gid: -1} : await idsOf(options.owner);
		if (options.owner !== undefined) await chown(draft, uid, gid);
		if (options.mode !== undefined || !exists) await chmod(draft, options.mode ?? 0o644);
		await handle.sync();
	} finally {
		await handle.close();
	}
};

const copyAttributes = async (from: string, to: string): Promise<void> => {
	const ran = await runProgram(
		['cp', '--attributes-only', '--preserve=mode,ownership,xattr', '--no-preserve=timestamps', from, to],
		{timeout: 10_000},
	);
	if (ran.code === 0) return;
	const was = await stat(from);
	await chown(to, was.uid, was.gid);
	await chmod(to, was.mode & 0o7777);
};

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

/** rename, but in place where the file is a mount point of its own (/etc/hosts in a container). */
const swap = async (draft: string, real: string, bytes: Uint8Array): Promise<void> => {
	try {
		await rename(draft, real);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
		const handle = await open(real, 'r+');
		try {
			await handle.truncate(0);
			await handle.writeFile(bytes);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await unlink(draft);
	}
};

const checkWhole = async (
	argv: readonly string[],
	path: string,
	real: string,
	old: Uint8Array | undefined,
	around: Around,
): Promise<void> => {
	const ran = await runProgram(argv, {timeout: 60_000});
	if (ran.code === 0) return;
	if (old === undefined) await unlink(real);
	else await writeBack(real, old, around);
	throw new Fault(
		'file.rejected',
		`${shown(argv)} rejects the configuration with the new ${path}`,
		'The old file was put back before anything was reloaded. Correct the answer behind it, and plan again.',
		{details: lastLines(`${ran.stdout}\n${ran.stderr}`, 12)},
	);
};

const writeBack = async (real: string, old: Uint8Array, around: Around): Promise<void> => {
	const draft = draftBeside(real);
	const forget = around.noted(draft);
	try {
		await writeDraft(draft, real, old, true, {was: ''});
		await rename(draft, real);
		await syncDirectory(dirname(real));
	} finally {
		forget();
	}
};

const moved = (path: string): Fault =>
	new Fault(
		'file.moved',
		`${path} was changed by somebody else since it was looked at`,
		'Run the plan again: it shows the file as it is now.',
	);

const ignoreMissing = (error: NodeJS.ErrnoException): void => {
	if (error.code !== 'ENOENT') throw error;
};
