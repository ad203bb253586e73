/** `setup status`: the run in progress, how the last one ended, what is installed, what is still owed. Reads only. */
import {readState} from '#answers/state.ts';
import {lastRun, readJournal} from '#engine/journal.ts';
import {isHeld, readHolder} from '#engine/lock.ts';
import {stacksNow} from '#engine/standing.ts';
import {unpaid} from '#engine/unpaid.ts';
import {printableData, printableJson} from '#model/printable.ts';
import {styleFor} from '#report/style.ts';
import {readLog, stepOf} from '#runner/log.ts';
import type {RunInfo} from '#runner/messages.ts';
import {runningNow} from '#runner/run-record.ts';
import {stillToMake, type Unfinished, unfinished} from '#runner/unfinished.ts';
import {personText} from '#runner/who.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';
import {howText} from './detach.ts';

export type StatusOptions = {readonly format: 'text' | 'json'; readonly state?: string};

/** Gives 0 when nothing is unfinished, 2 when a run was cut off or restarts are owed. */
export const statusCommand = async (options: StatusOptions, out: Output): Promise<number> => {
	const place = placeOf(options.state);
	const entries = readJournal(place.journal);
	const last = lastRun(entries);
	const state = await readState(place.state);
	const held = isHeld(place.state);
	const status = {
		schemaVersion: 1,
		running: held ? await running(place.state) : null,
		last: last ? {...last, outcome: last.outcome ?? (held ? 'running' : 'cut off')} : null,
		unfinished: held ? null : (unfinished(place.state, entries) ?? null),
		installed: state?.installed ?? null,
		stacks: stacksNow(entries),
		restartsOwed: unpaid(entries),
	};
	out.stdout.write(options.format === 'json' ? `${printableJson(status, '\t')}\n` : text(status, out));
	return !held && (status.restartsOwed.length > 0 || (last !== undefined && last.outcome !== 'done')) ? 2 : 0;
};

type Running = {
	readonly pid: number;
	readonly what: string;
	readonly since: string;
	readonly run?: string;
	readonly by?: RunInfo['by'];
	readonly how?: RunInfo['how'];
	readonly at?: ReturnType<typeof stepOf>;
};

type Status = {
	readonly running: Running | null;
	readonly last: {readonly run: string; readonly stack: string; readonly at: string; readonly outcome: string} | null;
	readonly unfinished: Unfinished | null;
	readonly installed: unknown;
	readonly stacks: ReturnType<typeof stacksNow>;
	readonly restartsOwed: readonly {readonly unit: string; readonly do: string}[];
};

/** The lock's word, and what the run itself says once it has. */
const running = async (state: string): Promise<Running | null> => {
	const holder = readHolder(state);
	const info = await runningNow(state);
	if (!info) return holder ?? null;
	const {run, pid, what, by, how, since} = info;
	const at = stepOf(readLog(state, run));
	return {pid, what, since: holder?.since ?? new Date(since).toISOString(), run, by, how, ...(at && {at})};
};

const text = (raw: Status, out: Output): string => {
	const status = printableData(raw);
	const style = styleFor(out.stdout);
	const lines = [
		...(status.running ? runningLines(status.running).map(style.yellow) : ['running    nothing']),
		status.last
			? `last run   ${status.last.stack}, ${status.last.at}: ${status.last.outcome === 'done' ? style.green('done') : style.red(status.last.outcome)}`
			: 'last run   none',
		...(status.unfinished ? unfinishedLines(status.unfinished) : []),
		...(status.stacks.length === 0 ? ['standing   nothing'] : status.stacks.flatMap(stackLines)),
		...status.restartsOwed.map(debt => style.yellow(`owed       ${debt.do} of ${debt.unit}; the next apply pays it`)),
	];
	return `${lines.join('\n')}\n`;
};

/** What somebody who comes later has to know: what, why, what to do. */
export const unfinishedLines = (one: Unfinished): readonly string[] => {
	const {failed, what} = one;
	return [
		...(failed
			? [
					`           ${failed.step}: ${failed.title}: ${failed.fault.sentence}`,
					...(failed.fault.hint === '' ? [] : [`           ${failed.fault.hint}`]),
				]
			: []),
		`           ${stillToMake(one)}`,
		`           next: setup shows it, with what can be done${what?.startsWith('setup apply') ? `; ${what} goes on` : ''}`,
	];
};

/** What an undo left on purpose stays in view until it is gone. */
const stackLines = ({id, standing, changes, kept}: Status['stacks'][number]): readonly string[] => [
	standing
		? `standing   ${id}: ${changes} changes that setup undo ${id} would look at`
		: `left       ${id} was undone; ${kept.length} things were kept, and setup undo ${id} looks at them again`,
	...kept.map(one => `           ${one.step}: ${one.id}: ${one.why}`),
];

const runningLines = ({what, pid, since, by, how, at}: Running): readonly string[] => [
	`running    ${what}, process ${pid}, since ${since}`,
	...(by && how ? [`           by ${personText(by)}, ${howText(how)}`] : []),
	...(at ? [`           at step ${at.step} of ${at.steps} (${at.id}): ${at.now}`] : []),
	'           setup attach shows it',
];
