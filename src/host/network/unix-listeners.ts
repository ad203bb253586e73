/** The Unix sockets with a path on which somebody in this network namespace listens, from the kernel's own table. */
import type {Fact} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

export type UnixListener = {readonly inode: string; readonly path: string};

/** Of streams. As they were bound: a path may lead to another socket by now. */
export const unixListeners: Fact<readonly UnixListener[]> = {
	id: 'unix-listeners',
	read: async host => parseUnixTable((await textOf(host, '/proc/net/unix')) ?? ''),
};

/** The rows of /proc/net/unix that listen (__SO_ACCEPTCON) for streams. */
export const parseUnixTable = (text: string): readonly UnixListener[] =>
	text.split('\n').flatMap(line => {
		const [, flags = '', type, inode = '', path] = /^\S+: \S+ \S+ (\S+) (\S+) \S+ +(\d+) (\/.*)$/.exec(line) ?? [];
		return path !== undefined && type === '0001' && (Number.parseInt(flags, 16) & 0x1_0000) !== 0
			? [{inode, path}]
			: [];
	});
