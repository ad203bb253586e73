/** `setup log [RUN]`: the runs that this host has seen, and what one of them changed and heard. Reads only. */
import {readJournal} from '#engine/journal.ts';
import {Fault} from '#model/fault.ts';
import {printableJson} from '#model/printable.ts';
import {logText, runLogText} from '#report/log-text.ts';
import {styleFor} from '#report/style.ts';
import {type PastRun, pastRuns} from '#runner/past-runs.ts';
import {runStory} from '#runner/run-story.ts';
import type {Output} from '#tasks/output.ts';
import {mustBeRoots} from '#tasks/own-state.ts';
import {placeOf} from '#tasks/state-place.ts';

export type LogOptions = {
	readonly format: 'text' | 'json';
	readonly state?: string;
	/** Runs in the list. */
	readonly last: number;
	/** Of output, for each thing. */
	readonly lines: number;
};

/** Gives 0. Throws Fault journal.needs-root, usage.no-run, state.not-roots. */
export const logCommand = async (word: string | undefined, options: LogOptions, out: Output): Promise<number> => {
	const {state, journal} = placeOf(options.state);
	mustBeRoots(state);
	const entries = readJournal(journal);
	const runs = runsOf(state, entries);
	if (word === undefined) {
		const shown = runs.slice(0, options.last);
		const left = runs.length - shown.length;
		out.stdout.write(
			options.format === 'json'
				? `${printableJson({schemaVersion: 1, runs: shown, left}, '\t')}\n`
				: logText(shown, left, styleFor(out.stdout)),
		);
		return 0;
	}
	const run = named(word, runs);
	const story = await runStory(state, run.run, entries, {most: options.lines, hasLog: run.hasLog});
	out.stdout.write(
		options.format === 'json'
			? `${printableJson({schemaVersion: 1, run, ...story}, '\t')}\n`
			: runLogText(run, story, styleFor(out.stdout)),
	);
	return 0;
};

const runsOf = (state: string, entries: ReturnType<typeof readJournal>): readonly PastRun[] => {
	try {
		return pastRuns(state, entries);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
		throw new Fault('journal.needs-root', `${state} may only be read by root`, 'Run it with sudo.', {cause: error});
	}
};

/** `last`, a run's name, or the beginning of one. */
const named = (word: string, runs: readonly PastRun[]): PastRun => {
	const fits = word === 'last' ? runs.slice(0, 1) : runs.filter(({run}) => run === word);
	const near = fits.length > 0 ? fits : runs.filter(({run}) => run.startsWith(word));
	const [one, another] = near;
	if (one !== undefined && another === undefined) return one;
	throw new Fault(
		'usage.no-run',
		one === undefined ? `there is no run ${JSON.stringify(word)}` : `${near.length} runs begin with ${word}`,
		'setup log lists them; `setup log last` shows the newest.',
	);
};
