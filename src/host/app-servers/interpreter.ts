/** Whether the interpreter that an application's environment was made for is still there: after an upgrade of the release what runs has the old one in memory, and the files are for no Python that is left. */
import {basename, dirname} from 'node:path';
import type {Reader} from '#model/host.ts';
import {linksEnd} from '../files/stat-through.ts';
import {ifTold} from '../see.ts';
import type {AppServer} from './app-server.ts';

export type Misfit =
	/** The way to the interpreter ends at `leads`, where nothing is. */
	| {readonly how: 'gone'; readonly environment: string; readonly leads: string}
	/** It leads to another Python than the one whose packages lie there: `3.11`. */
	| {readonly how: 'other'; readonly environment: string; readonly was: string; readonly now: string};

/** Undefined where it fits, where there is no environment, and where it cannot be known. */
export const misfitOf = async (host: Reader, {python}: Pick<AppServer, 'python'>): Promise<Misfit | undefined> => {
	const environment = dirname(dirname(python));
	if (basename(dirname(python)) !== 'bin' || /^\/(usr(\/local)?)?$/.test(environment)) return undefined;
	// A directory that is no environment, or is gone as a whole, is another matter.
	if ((await ifTold(() => host.stat(`${environment}/pyvenv.cfg`))) === undefined) return undefined;
	const end = await ifTold(() => linksEnd(host, python));
	if (end === undefined) return undefined;
	if (end.stat === undefined) return {how: 'gone', environment, leads: end.path};
	const now = /\/python(\d+\.\d+)$/.exec(end.path)?.[1];
	const made = ((await ifTold(() => host.list(`${environment}/lib`))) ?? []).flatMap(
		name => /^python(\d+\.\d+)$/.exec(name)?.[1] ?? [],
	);
	const [was] = made.toSorted((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]));
	return now === undefined || was === undefined || made.includes(now)
		? undefined
		: {how: 'other', environment, was, now};
};
