/** One run as its log and the journal tell it, each thing with what its programs said: in the log the lines of things that were made at the same time stand mixed. */
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';
import type {Stamped} from '#engine/journal.ts';
import type {FaultData} from '#model/fault.ts';
import type {Undone} from '#model/resource.ts';
import {type LogLine, parsedLine} from './log.ts';
import {logOf} from './paths.ts';

export type ThingStory = {
	readonly id: string;
	readonly step: string;
	readonly title: string;
	/** `unended`: the log or the journal ends before it did. */
	readonly outcome: 'ok' | 'changed' | 'failed' | 'skipped' | 'unended';
	readonly seconds?: number;
	readonly why?: string;
	/** What was to change, without values. */
	readonly what: readonly string[];
	/** The last ones. */
	readonly programs: readonly (readonly string[])[];
	/** The last ones that its programs said, and how many came before those. */
	readonly lines: readonly string[];
	readonly earlier: number;
	readonly fault?: FaultData;
};

export type RunStory = {
	/** Those that were not simply found as desired. */
	readonly things: readonly ThingStory[];
	readonly undone: readonly {
		readonly id: string;
		readonly step: string;
		readonly stack: string;
		readonly result: Undone;
	}[];
	readonly debts: readonly {readonly unit: string; readonly do: 'reload' | 'restart'; readonly made: boolean}[];
	readonly notes: readonly string[];
};

export type StoryOptions = {
	/** Lines of output and programs of each thing; the last ones are told. */
	readonly most: number;
	/** Without one the journal alone tells it. */
	readonly hasLog: boolean;
};

/** Reads only, line by line: a log has up to 64 MiB. Throws the system's error where it may not be read. */
export const runStory = async (
	state: string,
	run: string,
	entries: readonly Stamped[],
	{most, hasLog}: StoryOptions,
): Promise<RunStory> => {
	const told: Told = {things: new Map(inJournal(run, entries)), undone: [], debts: [], notes: []};
	if (hasLog)
		for await (const text of createInterface({input: createReadStream(logOf(state, run), 'utf8')}))
			for (const line of parsedLine(text)) hear(line, told, most);
	return {...told, things: [...told.things.values()]};
};

/** One that is still being heard of. */
type Drawn = {-readonly [Key in keyof ThingStory]: ThingStory[Key]} & {
	readonly programs: (readonly string[])[];
	readonly lines: string[];
};

type Told = {
	readonly things: Map<string, Drawn>;
	readonly undone: RunStory['undone'][number][];
	readonly debts: RunStory['debts'][number][];
	readonly notes: string[];
};

const inJournal = (run: string, entries: readonly Stamped[]): readonly (readonly [string, Drawn])[] => {
	const done = new Set(entries.flatMap(entry => (entry.t === 'done' ? [entry.seq] : [])));
	const faults = new Map(entries.flatMap(entry => (entry.t === 'failed' ? [[entry.seq, entry.fault] as const] : [])));
	return entries.flatMap(entry => {
		if (entry.t !== 'intent' || entry.run !== run) return [];
		const {id, step, what, seq} = entry;
		const fault = faults.get(seq);
		const outcome = done.has(seq) ? 'changed' : fault === undefined ? 'unended' : 'failed';
		return [[id, {...untold(id, step), what, outcome, ...(fault && {fault})}] as const];
	});
};

const untold = (id: string, step = ''): Drawn => ({
	id,
	step,
	title: id,
	outcome: 'unended',
	what: [],
	programs: [],
	lines: [],
	earlier: 0,
});

const hear = (line: LogLine, {things, undone, debts, notes}: Told, most: number): void => {
	const thing = (id: string): Drawn => {
		const one = things.get(id) ?? untold(id);
		things.set(id, one);
		return one;
	};
	switch (line.type) {
		case 'node-start':
			return void Object.assign(thing(line.id), {title: line.title, step: line.step});
		case 'node-line':
			if (keepLast(thing(line.id).lines, line.line, most)) thing(line.id).earlier += 1;
			return;
		case 'node-program':
			return void keepLast(thing(line.id).programs, line.argv, Math.max(1, most));
		case 'node-end': {
			const {id, step, outcome, seconds, why, fault} = line;
			if (outcome === 'ok' && why === undefined) return void (things.get(id)?.what.length === 0 && things.delete(id));
			return void Object.assign(thing(id), {step, outcome, seconds, ...(why && {why}), ...(fault && {fault})});
		}
		case 'undo':
			return void undone.push({id: line.id, step: line.step, stack: line.stack, result: line.result});
		case 'debt':
			return void (line.paid && debts.push({unit: line.unit, do: line.do, made: line.made !== false}));
		case 'note':
			return void notes.push(line.line);
		default:
			return;
	}
};

/** Gives whether the first one went for it. */
const keepLast = <T>(all: T[], one: T, most: number): boolean => {
	all.push(one);
	if (all.length <= most) return false;
	all.shift();
	return true;
};
