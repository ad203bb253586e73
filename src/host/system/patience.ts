/**
 * Deadlines in the time in which this machine could have answered. By the wall alone a busy host is a silent one: with ten programs on two cores
 * each gets a fifth of what it needs, and whoever waits for three seconds of the wall calls a service dead that is only waiting for its turn.
 */
import {readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';

/** Calls `then` when so many milliseconds of the machine are over. What it gives back takes that back. */
export const after = (milliseconds: number, then: () => void, machine: () => number = shareOfEach): (() => void) => {
	let left = milliseconds;
	const latest = performance.now() + milliseconds * most;
	const hop = (): NodeJS.Timeout => {
		const length = Math.min(left, step);
		return setTimeout(() => {
			// Of the hop, not of the clock: while we ourselves had no turn, nobody could be heard.
			left -= length * machine();
			if (left < 1 || performance.now() >= latest) then();
			else timer = hop();
		}, length);
	};
	let timer = hop();
	return () => clearTimeout(timer);
};

/** How much of a core each program that wants one gets: 1 where there are enough of them. */
export const shareOf = (loadavg: string, cores: number): number => {
	const [, running] = /^(?:\S+ ){3}(\d+)\//.exec(loadavg) ?? [];
	return running === undefined ? 1 : Math.min(1, cores / Math.max(1, Number(running)));
};

/** Milliseconds between two looks at how busy the machine is. */
const step = 250;

/** However busy it is, nobody waits longer than so many times the deadline. */
const most = 6;

/** A look counts for all who wait at the moment. */
let looked = {at: Number.NEGATIVE_INFINITY, share: 1};

/** The count of the programs that run or wait for a core is of this instant; the averages beside it tell of the last minutes. */
const shareOfEach = (): number => {
	const now = performance.now();
	if (now - looked.at > step / 2) looked = {at: now, share: shareOf(loadOf(), availableParallelism())};
	return looked.share;
};

const loadOf = (): string => {
	try {
		return readFileSync('/proc/loadavg', 'utf8');
	} catch {
		// Without /proc nobody knows, and the wall is all there is.
		return '';
	}
};
