/** One thing of a backup or a restore, told as a node of a run is: when it begins, what it says, how it ends. */
import {faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Held} from '../held-run.ts';

export type About = {
	readonly id: string;
	readonly step: string;
	readonly title: string;
	readonly n: number;
	readonly of: number;
};

/** Throws what the work throws, once that was told. */
export const work = async <T>(
	{emit, hostFor}: Held,
	{id, step, title, n, of}: About,
	act: (host: Host) => Promise<T>,
): Promise<T> => {
	const began = performance.now();
	const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
	emit({type: 'node-start', id, step, title, n, of});
	try {
		const result = await act(hostFor(id));
		emit({type: 'node-end', id, step, outcome: 'changed', seconds: seconds()});
		return result;
	} catch (error) {
		const {sentence} = faultData(error);
		emit({type: 'node-end', id, step, outcome: 'skipped', seconds: seconds(), why: sentence});
		throw error;
	}
};
