/** The file systems that may fill up (of disks, and those in memory below /tmp, /run, /var and /srv), from the kernel's own table: no `df`, and never a network share, which may hang. */
import {statfs} from 'node:fs/promises';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {fromOctal} from '../mounts/octal.ts';

export type FileSystem = {
	/** Where it is mounted first. */
	readonly path: string;
	readonly device: string;
	readonly type: string;
	readonly readOnly: boolean;
	/** Bytes that ordinary users may have, as df counts them. */
	readonly total: number;
	readonly free: number;
	/** Inodes; 0 of 0 where the file system has no fixed number. */
	readonly files: number;
	readonly freeFiles: number;
};

/** /proc/self/mounts and statfs(2). Throws Blocked on an offline root. */
export const fileSystems: Fact<readonly FileSystem[]> = {
	id: 'file-systems',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'what is mounted on the running host'});
		const text = Buffer.from((await host.read('/proc/self/mounts')) ?? '').toString('utf8');
		const all = await Promise.all(
			parseMounts(text).map(async mount => {
				const stat = await statfs(mount.path).catch(() => undefined);
				if (stat === undefined || stat.blocks === 0) return [];
				return [
					{
						...mount,
						total: (stat.blocks - stat.bfree + stat.bavail) * stat.bsize,
						free: stat.bavail * stat.bsize,
						files: stat.files,
						freeFiles: stat.ffree,
					},
				];
			}),
		);
		return all.flat();
	},
};

type Mount = Pick<FileSystem, 'path' | 'device' | 'type' | 'readOnly'>;

/** One for each device, for bind mounts and subvolumes share their space. Of an overlay only the root, which is what a container writes to. */
export const parseMounts = (text: string): readonly Mount[] => {
	const seen = new Set<string>();
	return text.split('\n').flatMap(line => {
		const [device = '', path = '', type = '', options = ''] = line.split(' ').map(fromOctal);
		const inMemory =
			type === 'tmpfs' &&
			/^\/(tmp|run|var|srv)(\/|$)/.test(path) &&
			!/^\/run\/(user|credentials|systemd|host|lock)(\/|$)/.test(path);
		if (!onDisk.test(type) && !inMemory && !(type === 'overlay' && path === '/')) return [];
		const key = inMemory ? path : type === 'overlay' ? 'overlay' : device;
		if (seen.has(key)) return [];
		seen.add(key);
		return [{path, device, type, readOnly: options.split(',').includes('ro')}];
	});
};

const onDisk = /^(ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|vfat)$/;
