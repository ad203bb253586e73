/** The events as JSON lines, as they happen. Nothing else goes to that stream. */
import type {Listener} from '#model/event.ts';

export const ndjson =
	(write: (text: string) => unknown, clock: () => number = Date.now): Listener =>
	event =>
		void write(`${JSON.stringify({at: clock(), ...event})}\n`);
