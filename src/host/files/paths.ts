/** Paths as the host under `--root` sees them: links are resolved inside that root, never out of it. */
import {lstatSync, readlinkSync} from 'node:fs';
import {lstat, readlink} from 'node:fs/promises';
import {dirname, isAbsolute, join, normalize} from 'node:path';
import {Fault} from '#model/fault.ts';
import {mayWait} from '../owned/shares.ts';

/** The real place of a path, every link on the way followed inside `root`; the last name may be missing. With `last: false` the last name is not followed. */
export const resolveIn = async (
	root: string,
	path: string,
	options: {readonly last?: boolean} = {},
): Promise<string> => {
	if (!isAbsolute(path)) throw new TypeError(`not an absolute path: ${path}`);
	let hops = 0;
	const todo = normalize(path)
		.split('/')
		.filter(name => name !== '');
	let at = '/';
	while (todo.length > 0) {
		const name = todo.shift()!;
		if (name === '..') {
			at = dirname(at);
			continue;
		}
		const next = join(at, name);
		const target = todo.length === 0 && options.last === false ? undefined : await linkAt(join(root, next));
		if (target === undefined) {
			at = next;
			continue;
		}
		hops += 1;
		if (hops > 40)
			throw new Fault('file.loop', `${path} is a loop of symbolic links`, 'Mend the links, then run it again.');
		if (isAbsolute(target)) at = '/';
		todo.unshift(...target.split('/').filter(part => part !== '' && part !== '.'));
	}
	return join(root, at);
};

const linkAt = async (path: string): Promise<string | undefined> => {
	try {
		if (mayWait(path)) return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
		return lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() ? readlinkSync(path) : undefined;
	} catch (error) {
		if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};
