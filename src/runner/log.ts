/** The event log of a run, read: how far it is, and its story after it ended. */
import {readFileSync} from 'node:fs';
import type {Stamped} from '#model/event.ts';
import {logOf} from './paths.ts';

/** Every whole line of STATE/events/RUN.ndjson; none where it cannot be read. */
export const readLog = (state: string, run: string): readonly Stamped[] => {
	try {
		return readFileSync(logOf(state, run), 'utf8').split('\n').flatMap(parsed);
	} catch {
		return [];
	}
};

/** The step at which a run is (the one it began last), counted from 1 among all of them; undefined before it runs, and for an undo. */
export const stepOf = (events: readonly Stamped[]): {readonly step: number; readonly steps: number; readonly id: string; readonly now: string} | undefined => {
	const order = Object.keys(events.find(event => event.type === 'run-start')?.steps ?? {});
	const last = events.findLast(event => event.type === 'node-start');
	if (!last || order.length === 0) return undefined;
	const begun = new Set(events.flatMap(event => (event.type === 'node-start' || event.type === 'node-end' ? [event.step] : [])));
	return {step: begun.size, steps: order.length, id: last.step, now: last.title};
};

/** A power cut tears the last line. */
const parsed = (line: string): readonly Stamped[] => {
	try {
		return [JSON.parse(line) as Stamped];
	} catch {
		return [];
	}
};
