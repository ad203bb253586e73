/** The events as JSON lines, as they happen. Nothing else goes to that stream. */
import type {Listener} from '#model/event.ts';
import {printableJson} from '#model/printable.ts';

export const ndjson =
	(write: (text: string) => unknown, clock: () => number = Date.now): Listener =>
	event =>
		void write(`${printableJson({at: clock(), ...event})}\n`);
