/** How much memory and disk there is, for the preflight. */
import {statfs} from 'node:fs/promises';
import type {Fact, Reader} from '#model/host.ts';
import {batched} from '../batch.ts';

/** In bytes. */
export type Memory = {readonly total: number; readonly available: number; readonly swap: number};
export type Space = {readonly total: number; readonly free: number; readonly freeFiles: number};

/** /proc/meminfo. All zero where there is none. */
export const memory: Fact<Memory> = {
	id: 'memory',
	async read(host) {
		const text = Buffer.from((await host.read('/proc/meminfo')) ?? '').toString('utf8');
		const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
		return {total: of('MemTotal'), available: of('MemAvailable'), swap: of('SwapTotal')};
	},
};

/** Bytes on the file system of a path; undefined when the path is not there. */
export const spaceOf: (path: string, host: Reader) => Promise<Space | undefined> = batched(
	'space',
	(paths: readonly string[], host) =>
		Promise.all(
			paths.map(async path => {
				const stat = await statfs(host.root === '/' ? path : `${host.root}${path}`).catch(() => undefined);
				return stat === undefined
					? undefined
					: {total: stat.blocks * stat.bsize, free: stat.bavail * stat.bsize, freeFiles: stat.ffree};
			}),
		),
);
