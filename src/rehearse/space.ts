/** What a throw-away host writes is on this machine's disk. Before it fills that, it is turned off: a full disk would be the one thing that a rehearsal breaks. */
import {statfsSync} from 'node:fs';
import {Fault} from '#model/fault.ts';

/** Bytes that stay free for the machine itself. */
export const spared = 512 * 2 ** 20;

export type SpaceWatch = {
	/** Throws Fault 'rehearse.full' once the disk was nearly full. */
	check(): void;
	end(): void;
};

/** Looks five times a second at the file system of this path; `full` is called once. */
export const watchSpace = (path: string, full: () => void, free: (path: string) => number = freeBytes): SpaceWatch => {
	let isFull = false;
	const timer = setInterval(() => {
		if (isFull || free(path) >= spared) return;
		isFull = true;
		full();
	}, 200);
	timer.unref();
	return {
		check() {
			if (isFull)
				throw new Fault(
					'rehearse.full',
					`the disk of ${path} was nearly full (less than ${spared / 2 ** 20} MB), so the throw-away host was turned off`,
					'Free some space there and rehearse again; this machine itself was not touched.',
				);
		},
		end: () => clearInterval(timer),
	};
};

const freeBytes = (path: string): number => {
	try {
		const {bavail, bsize} = statfsSync(path);
		return bavail * bsize;
	} catch {
		return Infinity;
	}
};
