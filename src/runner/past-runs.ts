/** The runs that a host has seen, newest first, from the journal and the event logs: a colleague asks who changed what, and when, without reading either. */
import {closeSync, fstatSync, openSync, readdirSync, readSync} from 'node:fs';
import {join} from 'node:path';
import type {Stamped} from '#engine/journal.ts';
import {isHeld} from '#engine/lock.ts';
import type {FaultData} from '#model/fault.ts';
import {type LogLine, parsedLine} from './log.ts';
import type {Person} from './messages.ts';
import {logOf} from './paths.ts';
import {readRecord} from './run-record.ts';

export type PastRun = {
	readonly run: string;
	/** When it began, as in ISO 8601. */
	readonly at: string;
	readonly stack: string | undefined;
	/** As it was typed, and by whom; undefined where no log tells it any more. */
	readonly what: string | undefined;
	readonly by: Person | undefined;
	readonly outcome: 'done' | 'failed' | 'interrupted' | 'cut off' | 'running';
	/** Seconds from its start to its end; undefined where the end is not known. */
	readonly seconds: number | undefined;
	/** Things that it changed, and that it put back. */
	readonly changed: number;
	readonly undone: number;
	/** With which it ended as a whole. */
	readonly fault: FaultData | undefined;
	/** Of the last twenty runs only. */
	readonly hasLog: boolean;
};

/** Reads only, and of each log only both ends. `entries` are the journal's. Throws the system's error where a log may not be read. */
export const pastRuns = (state: string, entries: readonly Stamped[]): readonly PastRun[] => {
	const logged = namesIn(state);
	const begun = new Map(entries.flatMap(entry => (entry.t === 'run' ? [[entry.run, entry] as const] : [])));
	const runs = [...new Set([...begun.keys(), ...logged])]
		.map(run => ({run, at: begunAt(run) ?? begun.get(run)?.at ?? ''}))
		.sort((a, b) => (a.at === b.at ? compare(b.run, a.run) : compare(b.at, a.at)));
	const now = isHeld(state) ? readRecord(state) : undefined;
	return runs.map(({run, at}, index) => {
		const edges = logged.has(run) ? edgesOf(logOf(state, run)) : [];
		const by = edges.find(line => line.type === 'run-by');
		const over = edges.findLast(line => line.type === 'run-over');
		const last = edges.findLast(line => line.type === 'run-end');
		const own = readRecordOf(state, run);
		const end = entries.findLast(entry => entry.t === 'end' && entry.run === run);
		const ended = over?.at ?? own?.ended?.at ?? last?.at ?? (end && Date.parse(end.at));
		const code = over?.code ?? own?.ended?.code;
		const until = runs[index - 1]?.at ?? '~';
		return {
			run,
			at,
			stack: begun.get(run)?.stack ?? by?.stack ?? own?.stack,
			what: by?.what ?? own?.what,
			by: by?.by ?? own?.by,
			outcome:
				now?.run === run && now.ended === undefined
					? 'running'
					: ((end?.t === 'end' ? end.outcome : undefined) ?? outcomeOf(code) ?? last?.outcome ?? 'cut off'),
			seconds: ended === undefined || at === '' ? undefined : Math.max(0, Math.round((ended - Date.parse(at)) / 1000)),
			...countsOf(run, at, until, entries),
			fault: over?.fault ?? own?.ended?.fault,
			hasLog: logged.has(run),
		};
	});
};

/** Bytes of both ends of a log. */
const end = 64 * 1024;

const namesIn = (state: string): ReadonlySet<string> => {
	try {
		const names = readdirSync(join(state, 'events')).filter(name => name.endsWith('.ndjson'));
		return new Set(names.map(name => name.slice(0, -'.ndjson'.length)));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
		throw error;
	}
};

/** The whole lines of the first and the last 64 KiB. */
const edgesOf = (path: string): readonly LogLine[] => {
	const file = openSync(path, 'r');
	try {
		const {size} = fstatSync(file);
		const part = (from: number): string => {
			const bytes = Buffer.alloc(Math.min(end, size));
			return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)).toString('utf8');
		};
		const lines = size <= end ? part(0) : `${part(0)}\n${part(size - end)}`;
		return lines.split('\n').flatMap(parsedLine);
	} finally {
		closeSync(file);
	}
};

const readRecordOf = (state: string, run: string): ReturnType<typeof readRecord> => {
	const record = readRecord(state);
	return record?.run === run ? record : undefined;
};

/** A run's name begins with when it began: 20261129T120012Z-ab12. */
const begunAt = (run: string): string | undefined => {
	const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(run) ?? [];
	return y === undefined ? undefined : `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const outcomeOf = (code: number | undefined): PastRun['outcome'] | undefined => {
	if (code === undefined) return undefined;
	return code === 0 ? 'done' : code === 130 ? 'interrupted' : 'failed';
};

/** What was put back names no run: one run at a time holds a host, so it is the one that ran then. */
const countsOf = (
	run: string,
	from: string,
	until: string,
	entries: readonly Stamped[],
): {readonly changed: number; readonly undone: number} => {
	const own = new Set(entries.flatMap(entry => (entry.t === 'intent' && entry.run === run ? [entry.seq] : [])));
	return {
		changed: entries.filter(entry => entry.t === 'done' && own.has(entry.seq)).length,
		undone: entries.filter(
			entry => entry.t === 'undone' && entry.outcome === 'undone' && entry.at >= from && entry.at < until,
		).length,
	};
};
