/** Two programs on one port are found now, not when the second one fails to start. */
import {isOfSystem, listeners} from '#host/system/listeners.ts';
import type {Probe} from '#model/step.ts';
import {failed, inTime, ok, warn} from './in-time.ts';

/** Nobody listens there, or only a program that this step looks after itself. */
export const portFree = (
	port: number,
	{ours, about}: {readonly ours: readonly string[]; readonly about: readonly string[]},
): Probe => ({
	id: `port-${port}`,
	about,
	title: `port ${port} is free`,
	run: reader =>
		inTime(reader, async () => {
			const held = (await reader.fact(listeners)).filter(one => one.port === port && one.protocol.startsWith('tcp'));
			if (held.length === 0) return ok(`port ${port} is free`);
			const foreign = held.find(
				one => one.process !== undefined && !(ours.includes(one.process.name) && isOfSystem(one)),
			);
			if (foreign?.process)
				return failed(`port ${port} is held by ${foreign.process.name} (process ${foreign.process.pid})`);
			const known = held.find(one => one.process !== undefined)?.process;
			return known
				? ok(`port ${port} is held by ${known.name} already, which is as it should be`)
				: warn(`port ${port} is held by a program that cannot be told`);
		}),
});
