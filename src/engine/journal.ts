/**
 * The write-ahead journal: JSON lines, each durable before what it speaks of happens. It holds undo records and restarts
 * owed, never a desired state. An intent without a done means: look again.
 */
import {
	closeSync,
	constants,
	fsyncSync,
	ftruncateSync,
	mkdirSync,
	openSync,
	readFileSync,
	truncateSync,
	writeSync,
} from 'node:fs';
import {dirname} from 'node:path';
import type {RunOutcome} from '#model/event.ts';
import {Fault, type FaultData} from '#model/fault.ts';
import type {Hold} from '#model/hold.ts';
import type {Json} from '#model/json.ts';
import {printableJson} from '#model/printable.ts';

/** Of the format. What the first one lacks is filled in when it is read: an intent belongs to the stack of its run, and what it holds is not known. */
const version = 2;

/** What the journal calls a run of the doctor, where an install has its stack. */
export const doctorStack = 'doctor';

export type Debt = {readonly unit: string; readonly do: 'reload' | 'restart'};

export type Intent = {
	readonly t: 'intent';
	readonly seq: number;
	readonly run: string;
	readonly stack: string;
	readonly id: string;
	readonly step: string;
	readonly type: string;
	/** What it holds of the host; undefined in a line of the first format. */
	readonly holds?: readonly Hold[];
	/** What was to change, without values. */
	readonly what: readonly string[];
	readonly undo:
		| {readonly can: true; readonly record: Json; readonly kept: readonly string[]}
		| {readonly can: false; readonly why: string};
	readonly owes: readonly Debt[];
	/** See `Edges.closes`. */
	readonly closes?: string;
};

/** What one resource of a stack holds, whether the stack made it or found it so. */
export type Held = {readonly id: string; readonly step: string; readonly holds: readonly Hold[]};

export type Entry =
	| {readonly t: 'journal'; readonly version: number}
	| {
			readonly t: 'run';
			readonly run: string;
			readonly stack: string;
			readonly version: string;
			readonly answers: string;
	  }
	| Intent
	| {readonly t: 'done'; readonly seq: number; readonly seconds: number}
	| {readonly t: 'failed'; readonly seq: number; readonly fault: FaultData}
	/** `ran`: which start of the unit it was that ran then (its InvocationID); null where it did not run. Older journals lack it. */
	| ({readonly t: 'owe'; readonly run: string; readonly debt: number; readonly ran?: string | null} & Debt)
	/** `debts`: which ones, by their numbers. One that was made while the unit restarted is not among them. */
	| ({readonly t: 'paid'; readonly debts: readonly number[]} & Debt)
	| {readonly t: 'undo'; readonly seq: number}
	/** `stack`: for whom, where it was handed over; else the intent's own. */
	| {
			readonly t: 'undone';
			readonly seq: number;
			readonly outcome: string;
			readonly why?: string;
			readonly stack?: string;
	  }
	/** These things of an intent go when `to` goes: it has them as well. */
	| {
			readonly t: 'handed';
			readonly seq: number;
			readonly from: string;
			readonly to: string;
			readonly things: readonly string[];
	  }
	/** All that a stack holds by now; takes the place of its earlier one. */
	| {readonly t: 'holds'; readonly stack: string; readonly items: readonly Held[]}
	/** An undo of the whole stack came to its end. */
	| {readonly t: 'gone'; readonly stack: string}
	| {readonly t: 'end'; readonly run: string; readonly outcome: RunOutcome};

export type Stamped = Entry & {readonly at: string};

export type Journal = {
	/** Durable (fsync) when it returns. */
	append(entry: Entry): void;
	/** The next number for an intent. */
	next(): number;
	readonly entries: readonly Stamped[];
	close(): void;
};

/** Opens the journal for writing, mending a torn last line. Throws Fault journal.damaged when an earlier line is not JSON. */
export const openJournal = (path: string, onAppend?: (entry: Entry) => void): Journal => {
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	const {entries, whole} = parseJournal(path);
	const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
	truncateSync(path, whole);
	let size = whole;
	const all = [...entries];
	let seq = all.reduce((most, entry) => (entry.t === 'intent' ? Math.max(most, entry.seq) : most), 0);
	let named = all.some(entry => entry.t === 'journal');
	return {
		append(entry) {
			if (!named) {
				named = true;
				this.append({t: 'journal', version});
			}
			const stamped = {...entry, at: new Date().toISOString()};
			const line = Buffer.from(`${printableJson(stamped)}\n`);
			try {
				for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
				fsyncSync(file);
			} catch (error) {
				// A full disk takes half a line; the next one, once there is space again, must not stand behind it.
				ftruncateSync(file, size);
				throw Object.assign(error as Error, {path});
			}
			size += line.length;
			all.push(stamped);
			onAppend?.(entry);
		},
		next: () => (seq += 1),
		entries: all,
		close: () => closeSync(file),
	};
};

/** Reads without opening for writing; changes nothing. An absent journal is an empty one. */
export const readJournal = (path: string): readonly Stamped[] => parseJournal(path).entries;

/** The last run, of any stack or of this one, and how it ended; undefined outcome means it was cut off. */
export const lastRun = (
	entries: readonly Stamped[],
	stack?: string,
):
	| {readonly run: string; readonly stack: string; readonly at: string; readonly outcome: RunOutcome | undefined}
	| undefined => {
	const start = entries.findLast(entry => entry.t === 'run' && (stack === undefined || entry.stack === stack));
	if (start?.t !== 'run') return undefined;
	const end = entries.findLast(entry => entry.t === 'end' && entry.run === start.run);
	return {run: start.run, stack: start.stack, at: start.at, outcome: end?.t === 'end' ? end.outcome : undefined};
};

const parseJournal = (path: string): {readonly entries: readonly Stamped[]; readonly whole: number} => {
	const bytes = bytesOf(path);
	const whole = bytes.lastIndexOf(10) + 1;
	const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
	return {
		whole,
		entries: inThisFormat(
			lines.map((line, index) => parseLine(line, index + 1, path)),
			path,
		),
	};
};

const inThisFormat = (entries: readonly Stamped[], path: string): readonly Stamped[] => {
	const stacks = new Map(entries.flatMap(entry => (entry.t === 'run' ? [[entry.run, entry.stack]] : [])));
	for (const entry of entries)
		if (entry.t === 'journal' && entry.version > version)
			throw new Fault(
				'journal.newer',
				`${path} was written by a newer setup (format ${entry.version}; this one knows ${version})`,
				'Use the newer setup.',
			);
	return entries.map(entry =>
		entry.t === 'intent' && entry.stack === undefined ? {...entry, stack: stacks.get(entry.run) ?? ''} : entry,
	);
};

const bytesOf = (path: string): Buffer => {
	try {
		return readFileSync(path);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		if (code === 'ENOENT') return Buffer.alloc(0);
		if (code === 'EACCES')
			throw new Fault('journal.needs-root', `${path} may only be read by root`, 'Run it with sudo.', {cause: error});
		throw error;
	}
};

const parseLine = (line: string, number: number, path: string): Stamped => {
	try {
		return JSON.parse(line) as Stamped;
	} catch (error) {
		throw new Fault(
			'journal.damaged',
			`line ${number} of ${path} is not JSON`,
			'Somebody edited the journal, or the disk lost it. Move it aside to go on without its undo records.',
			{cause: error},
		);
	}
};
