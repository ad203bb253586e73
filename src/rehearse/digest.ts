/** A directory tree as a table of what it holds, to be compared with another one: how "as before" is proven. */
import {createHash} from 'node:crypto';
import {closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';

/** Path below the directory, beginning with '/', to one line: kind, mode, owner, and content hash, link target or device. */
export type Digest = ReadonlyMap<string, string>;

/** `skip` leaves out a path and all below it. Reads every regular file; never follows a link. */
export const digestTree = (directory: string, skip: (path: string) => boolean = () => false): Digest => {
	const found = new Map<string, string>();
	const walk = (below: string): void => {
		for (const name of readdirSync(join(directory, below)).sort()) {
			const path = `${below}/${name}`;
			if (skip(path)) continue;
			const line = digestOf(join(directory, path));
			found.set(path, line);
			if (line.startsWith('directory')) walk(path);
		}
	};
	walk('');
	return found;
};

/** One line for one path. A whiteout is how an overlay says that a file of its lower directory is gone. */
export const digestOf = (path: string): string => {
	const stat = lstatSync(path);
	const attributes = `${(stat.mode & 0o7777).toString(8).padStart(4, '0')} ${stat.uid}:${stat.gid}`;
	if (stat.isDirectory()) return `directory ${attributes}`;
	if (stat.isSymbolicLink()) return `link ${stat.uid}:${stat.gid} ${readlinkSync(path)}`;
	if (stat.isFile()) return `file ${attributes} ${contentOf(path)}`;
	if (stat.isCharacterDevice()) return stat.rdev === 0 ? 'whiteout' : `device ${attributes} ${stat.rdev}`;
	return `other ${attributes}`;
};

/** Its owner may put a pipe there meanwhile, which would keep us waiting. */
const contentOf = (path: string): string => {
	const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
	try {
		return fstatSync(file).isFile()
			? createHash('sha256').update(readFileSync(file)).digest('hex')
			: 'no file any more';
	} finally {
		closeSync(file);
	}
};

/** What differs between two tables: one line per path, sorted; empty when they are the same. */
export const digestDiff = (before: Digest, after: Digest): readonly string[] =>
	[...new Set([...before.keys(), ...after.keys()])].sort().flatMap(path => {
		const [was, is] = [before.get(path), after.get(path)];
		if (was === is) return [];
		if (was === undefined) return [`+ ${path} ${is}`];
		return is === undefined ? [`- ${path} ${was}`] : [`~ ${path} ${was} -> ${is}`];
	});
