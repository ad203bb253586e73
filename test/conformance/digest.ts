/** A picture of trees that two moments can be compared by. */
import {createHash} from 'node:crypto';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join} from 'node:path';

const ownNoise = [
	'/var/lib/systemd',
	'/var/lib/host-setup',
	'/var/lib/dbus',
	'/var/lib/private',
	'/var/lib/logrotate',
	'/root/.npm',
	'/opt/host-setup',
];

/**
 * One line a path. 'times' compares what any write leaves (inode, size, mtime, ctime); 'content' what a reader sees (bytes, mode, owner).
 * A path that is not there says so.
 */
export const digestOf = async (
	roots: readonly string[],
	noisy: readonly string[] = [],
	by: 'times' | 'content' = 'times',
): Promise<readonly string[]> => {
	const lines: string[] = [];
	const skip = new Set([...ownNoise, ...noisy]);
	const visit = async (path: string): Promise<void> => {
		if (skip.has(path)) return;
		const stat = await lstat(path).catch(() => undefined);
		if (stat === undefined) return void lines.push(`${path} is not there`);
		const kind = stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? `l ${await readlink(path)}` : 'f';
		const what =
			by === 'times'
				? `${stat.ino} ${stat.isDirectory() ? '' : stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
				: stat.isFile()
					? createHash('sha256')
							.update(await readFile(path))
							.digest('hex')
					: '';
		lines.push(`${path} ${kind} ${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${what}`);
		if (stat.isDirectory())
			for (const name of (await readdir(path).catch(() => [])).sort()) await visit(join(path, name));
	};
	for (const root of roots) await visit(root);
	return lines;
};
