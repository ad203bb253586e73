/** A run that did not come to its end, as its journal and its log tell it: at which step, why, and how much is still to be made. */
import {type Stamped as Line, lastRun} from '#engine/journal.ts';
import type {Stamped} from '#model/event.ts';
import type {FaultData} from '#model/fault.ts';
import {readLog} from './log.ts';
import {readRecord} from './run-record.ts';

export type Unfinished = {
	readonly run: string;
	readonly stack: string;
	readonly at: string;
	readonly outcome: 'failed' | 'interrupted' | 'cut off';
	/** As it was typed; undefined where that is not known any more. */
	readonly what: string | undefined;
	/** The first thing that failed; undefined for a run that was stopped or killed. */
	readonly failed:
		| {readonly step: string; readonly title: string; readonly fault: FaultData; readonly last: readonly string[]}
		| undefined;
	/** How many changes it was to make, and how many it made. */
	readonly changes: number;
	readonly made: number;
};

/** The last run of any stack or of this one where it is unfinished and was not undone since; undefined while one goes on is for the caller to know. */
export const unfinished = (state: string, entries: readonly Line[], stack?: string): Unfinished | undefined => {
	const last = lastRun(
		entries.filter(entry => entry.t !== 'run' || entry.stack !== 'doctor'),
		stack,
	);
	if (last === undefined || last.outcome === 'done' || isGone(entries, last)) return undefined;
	const events = readLog(state, last.run);
	const record = readRecord(state);
	const own = record?.run === last.run ? record : undefined;
	const start = events.find(event => event.type === 'run-start');
	return {
		run: last.run,
		stack: last.stack,
		at: last.at,
		outcome: last.outcome ?? 'cut off',
		what: own?.what,
		failed: failureIn(events),
		changes: start?.changes ?? 0,
		made: events.filter(event => event.type === 'node-end' && event.outcome === 'changed').length,
	};
};

/** "31 of 62 changes are still to be made". */
export const stillToMake = ({changes, made}: Pick<Unfinished, 'changes' | 'made'>): string =>
	`${Math.max(0, changes - made)} of ${changes} changes are still to be made`;

const isGone = (entries: readonly Line[], {run, stack}: {readonly run: string; readonly stack: string}): boolean => {
	const start = entries.findLastIndex(entry => entry.t === 'run' && entry.run === run);
	return entries.slice(start).some(entry => entry.t === 'gone' && entry.stack === stack);
};

const failureIn = (events: readonly Stamped[]): Unfinished['failed'] => {
	const end = events.find(event => event.type === 'node-end' && event.fault !== undefined);
	if (end?.type !== 'node-end' || end.fault === undefined) return undefined;
	const start = events.find(event => event.type === 'node-start' && event.id === end.id);
	const said = events.flatMap(event => (event.type === 'node-line' && event.id === end.id ? [event.line] : []));
	return {
		step: end.step,
		title: start?.type === 'node-start' ? start.title : end.id,
		fault: end.fault,
		last: (said.length > 0 ? said : end.fault.details).slice(-6),
	};
};
