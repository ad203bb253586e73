/** What was made beside takes its place, and can give it back: one swap at a time, each known to the record before it is done. */
import type {Host} from '#model/host.ts';
import type {Swap} from './begun-restore.ts';
import {dropBefore, dropNew, swapDatabase, unswapDatabase} from './database-back.ts';
import {swapEntries, unswapEntries} from './entries-back.ts';
import {clearEntries} from './tree-back.ts';

/** It comes, what was there goes aside. */
export const swapIn = (host: Host, swap: Swap): Promise<void> =>
	swap.kind === 'database' ? swapDatabase(host, swap) : standingStill(host, swap.unit, () => swapEntries(host, swap));

/** What was there comes back, from wherever it was cut off; what was made goes. */
export const swapBack = async (host: Host, swap: Swap): Promise<void> => {
	if (swap.kind === 'database') return unswapDatabase(host, swap);
	await standingStill(host, swap.unit, () => unswapEntries(host, swap));
	await clearEntries(host, swap);
};

/** What was made goes; it never came to its place. */
export const discard = (host: Host, swap: Swap): Promise<void> =>
	swap.kind === 'database' ? dropNew(host, swap) : clearEntries(host, swap);

/** It is proven: what was there before goes. */
export const accept = (host: Host, swap: Swap): Promise<void> =>
	swap.kind === 'database' ? dropBefore(host, swap) : clearEntries(host, swap);

const standingStill = async (host: Host, unit: string | undefined, act: () => Promise<void>): Promise<void> => {
	if (unit === undefined) return act();
	await host.exec(['systemctl', 'stop', unit]);
	try {
		await act();
	} finally {
		await host.serve('start', unit);
	}
};
