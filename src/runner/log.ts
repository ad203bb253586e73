/** The event log of a run, read: how far it is, and its story after it ended. */
import {readFileSync} from 'node:fs';
import type {Event, LogEdge, Stamped} from '#model/event.ts';
import {logOf} from './paths.ts';

/** Every whole line of STATE/events/RUN.ndjson; none where it cannot be read. */
export const readLog = (state: string, run: string): readonly Stamped[] => {
	try {
		return readFileSync(logOf(state, run), 'utf8').split('\n').flatMap(eventIn);
	} catch {
		return [];
	}
};

/** How far a run is: "step 6 of 12" (five have ended), and what began last. undefined before it runs, and for an undo. */
export const stepOf = (
	events: readonly Stamped[],
): {readonly step: number; readonly steps: number; readonly id: string; readonly now: string} | undefined => {
	const nodes = Object.entries(events.find(event => event.type === 'run-start')?.steps ?? {});
	const last = events.findLast(event => event.type === 'node-start');
	if (!last || nodes.length === 0) return undefined;
	const ended = new Map<string, number>();
	for (const event of events) if (event.type === 'node-end') ended.set(event.step, (ended.get(event.step) ?? 0) + 1);
	const done = nodes.filter(([step, count]) => (ended.get(step) ?? 0) >= count).length;
	return {step: Math.min(nodes.length, done + 1), steps: nodes.length, id: last.step, now: last.title};
};

export type LogLine = (Event | LogEdge) & {readonly at: number};

/** None of a line that is none: a power cut tears the last one. */
export const parsedLine = (line: string): readonly LogLine[] => {
	try {
		return [JSON.parse(line) as LogLine];
	} catch {
		return [];
	}
};

const eventIn = (line: string): readonly Stamped[] =>
	parsedLine(line).flatMap(one => (one.type === 'run-by' || one.type === 'run-over' ? [] : [one]));
