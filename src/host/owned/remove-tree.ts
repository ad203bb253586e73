/**
 * Removes a tree by descriptors: follows no link, leaves what is mounted in it, and has limits, because whoever owns it may move its
 * directories about meanwhile, or may have made it to keep root busy.
 */
import {
	closeSync,
	constants,
	fstatSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	unlinkSync,
} from 'node:fs';
import {setImmediate as breathe} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import {syncHeld, unlessMissing} from './change.ts';
import {at, byPath, holding} from './held-directory.ts';
import {mustBe, pinned} from './pinned.ts';

/** More than any package manager makes, and little enough for the descriptors of one process. */
const deepest = 256;
const most = 5_000_000;

/** One directory on the way down, and what is still to do in it. */
type Level = {readonly fd: number; readonly name: string; readonly path: string; readonly todo: string[]};

/** Removes what stands at the path, whatever it is; nothing there is no fault. `was`: only if it is still that thing. A link goes, what it points to stays. */
export const removeTreeAt = (path: string, was?: string): Promise<void> =>
	holding(path, {}, spot =>
		pinned(spot, async entry => {
			if (entry === undefined) return;
			mustBe(entry, path, was);
			if (!entry.stat.isDirectory()) unlinkSync(at(spot));
			else {
				await emptied(openLevel(entry.inode, spot.name, path, undefined));
				unlessFixed(path, () => rmdirSync(at(spot)));
			}
			await syncHeld(spot.dir);
		}),
	).catch(unlessMissing);

const emptied = async (top: Level): Promise<void> => {
	const mount = mountOf(top.fd);
	const levels = [top];
	let count = 0;
	try {
		for (;;) {
			const here = levels.at(-1)!;
			const name = here.todo.pop();
			if (name === undefined) {
				if (levels.length === 1) return;
				levels.pop();
				closeSync(here.fd);
				unlessFixed(here.path, () =>
					ignoring('ENOENT', () => rmdirSync(`/proc/self/fd/${levels.at(-1)!.fd}/${here.name}`)),
				);
				continue;
			}
			count += 1;
			if (count > most) throw tooMuch(top.path, `more than ${most} names`);
			if (count % 500 === 0) await breathe();
			if (removed(here, name)) continue;
			if (levels.length >= deepest) throw tooMuch(top.path, `directories ${deepest} deep`);
			const next = nextLevel(here, name, mount);
			if (next === 'no directory') here.todo.push(name);
			else if (next !== undefined) levels.push(next);
		}
	} finally {
		for (const {fd} of levels) closeSync(fd);
	}
};

/** Removes a name that is no directory, and says whether that was so. */
const removed = (here: Level, name: string): boolean => {
	const inode = `/proc/self/fd/${here.fd}/${name}`;
	try {
		unlinkSync(inode);
		return true;
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') return true;
		if (code === 'EISDIR' || lstatSync(inode, {throwIfNoEntry: false})?.isDirectory() === true) return false;
		return unlessFixed(`${here.path}/${name}`, () => {
			throw error;
		});
	}
};

/** Its owner may have put a file in its place meanwhile, which then goes as one. */
const nextLevel = (here: Level, name: string, mount: string | undefined): Level | 'no directory' | undefined => {
	try {
		return openLevel(`/proc/self/fd/${here.fd}/${name}`, name, `${here.path}/${name}`, mount);
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT') return undefined;
		if (code === 'ENOTDIR') return 'no directory';
		throw error;
	}
};

/** Not even root removes what has the attribute i or a, or lies in such a directory. */
const unlessFixed = <T>(path: string, act: () => T): T => {
	try {
		return act();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
		throw new Fault(
			'tree.fixed',
			`${path} is not to be changed (lsattr names the attribute i or a)`,
			'Find out who wanted that; chattr -i -a takes it away. Then run the same command again.',
		);
	}
};

const openLevel = (inode: string, name: string, path: string, mount: string | undefined): Level => {
	const follows = inode.lastIndexOf('/') === '/proc/self/fd'.length;
	const fd = openSync(inode, byPath | constants.O_DIRECTORY | (follows ? 0 : constants.O_NOFOLLOW));
	try {
		if (mount !== undefined && mountOf(fd) !== mount)
			throw new Fault(
				'tree.mounted',
				`something is mounted at ${path}`,
				`Unmount it (umount ${path}), then run the same command again.`,
			);
		return {fd, name, path, todo: readdirSync(`/proc/self/fd/${fd}`)};
	} catch (error) {
		closeSync(fd);
		throw error;
	}
};

/** Tells a bind mount too, which has the device of what it shows. */
const mountOf = (fd: number): string =>
	/^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? String(fstatSync(fd).dev);

const tooMuch = (path: string, what: string): Fault =>
	new Fault('tree.too-much', `${path} holds ${what}`, 'Look at it, and remove it by hand (rm -r --one-file-system).');

const ignoring = <T>(code: string, act: () => T): T | undefined => {
	try {
		return act();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === code) return undefined;
		throw error;
	}
};
