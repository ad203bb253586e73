/** The staging folder: dumps lie there between their making and the store, root's alone, and nothing is left of one that was cut off. */
import {statfs} from 'node:fs/promises';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '#resources/shared/clear.ts';
import {ownDirectories} from '#resources/shared/own-directory.ts';
import type {Places} from './places.ts';

/** Empty, with the folders around it. */
export const freshStage = async (host: Host, {root, stage, view, cache}: Places): Promise<void> => {
	await ownDirectories(host, root.slice(0, root.lastIndexOf('/')), root, cache);
	for (const directory of [stage, view]) {
		await clear(host, directory);
		await ownDirectories(host, directory);
	}
};

export const clearStage = async (host: Host, {stage, view}: Places): Promise<void> => {
	await clear(host, stage);
	await clear(host, view);
};

/** Throws Fault backup.no-room where a file system has fewer bytes than that, and a tenth. */
export const needRoom = async (directory: string, bytes: number): Promise<void> => {
	const {bavail, bsize} = await statfs(directory);
	const [free, wanted] = [bavail * bsize, Math.ceil(bytes * 1.1)];
	if (free >= wanted) return;
	throw new Fault(
		'backup.no-room',
		`${directory} has room for ${megabytes(free)}, and ${megabytes(wanted)} are needed for a while`,
		'Free some space there (df -h shows where), then run the same command again. Nothing was changed.',
	);
};

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
