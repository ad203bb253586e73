/** What every run that changes the host has around it: the host's lock, a journal, an event log, and a socket over which others watch and stop it. */
import {doctorStack, type Journal, openJournal} from '#engine/journal.ts';
import {takeRunLock} from '#engine/lock.ts';
import {createHost} from '#host/live.ts';
import {reapChildren} from '#host/programs/children.ts';
import {createReader, type PassReader} from '#host/reader.ts';
import type {Event, Listener} from '#model/event.ts';
import {Fault, type FaultData, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {eventLog} from '#report/event-log.ts';
import {ndjson} from '#report/ndjson.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {detached, howDetached, removeHandedOver} from '#runner/detached.ts';
import {type Serving, serveRun} from '#runner/serve.ts';
import {newRunId} from '#runner/start-run.ts';
import {whoAmI} from '#runner/who.ts';
import {exitCodeOf} from './exit-code.ts';
import type {Output} from './output.ts';
import {mustBeRoots} from './own-state.ts';
import {listenForStop} from './signals.ts';
import {type Place, placeOf} from './state-place.ts';

export type HeldOptions = {
	/** As an operator types it: `setup apply answers.yaml`. */
	readonly what: string;
	readonly stack?: string;
	readonly state: string | undefined;
	readonly format: 'text' | 'ndjson';
	readonly reader?: PassReader;
	/** Told to who stops it: how to go on. */
	readonly again: string;
};

export type Held = {
	readonly run: string;
	readonly place: Place;
	readonly reader: PassReader;
	readonly journal: Journal;
	readonly emit: Listener;
	readonly stopping: () => boolean;
	readonly hostFor: (id: string) => Host;
};

const interrupted = 130;

/** Throws Fault run.needs-root. */
export const mustBeRoot = (what: string): void => {
	if (process.getuid?.() !== 0)
		throw new Fault('run.needs-root', `only root can do that: ${what}`, 'Run it with sudo.');
};

/**
 * Takes the host, ends what a dead run left, and does the work; gives its exit code. Whatever happens, who watches hears how it ended. Throws
 * Fault run.needs-root and run.held, and what the work throws.
 */
export const heldRun = async (
	options: HeldOptions,
	out: Output,
	work: (held: Held) => Promise<number>,
): Promise<number> => {
	mustBeRoot(options.what);
	process.umask(0o022);
	const told = detached();
	const what = told?.what ?? options.what;
	const place = placeOf(options.state);
	mustBeRoots(place.state);
	const release = takeRunLock(place.state, what);
	const run = told?.run ?? newRunId();
	const log = eventLog(place.state, run, line => void out.stderr.write(`${line}\n`));
	const show: Listener =
		options.format === 'ndjson' ? ndjson(text => out.stdout.write(text)) : runText(out.stdout, styleFor(out.stdout));
	let serving: Serving | undefined;
	const emit = (event: Event): void => {
		log.listen(event);
		show(event);
		serving?.listen(event);
	};
	const stopping = listenForStop({
		finishing: who =>
			emit({
				type: 'note',
				line: `${who}: finishing what runs, starting nothing new. ${options.again} Asked once more, it ends what runs.`,
			}),
		ending: (who, waiting) =>
			emit({
				type: 'note',
				line: `${who}: ending what runs.${waiting ? ' Only apt is waited for: half of its work is worse than all of it.' : ''}`,
			}),
	});
	const journal = openJournal(place.journal);
	let end: {readonly code: number; readonly fault?: FaultData} = {code: 70};
	try {
		const stack = options.stack ?? told?.stack;
		const about = {run, what, ...(stack !== undefined && {stack}), by: told?.by ?? whoAmI()};
		log.edge({type: 'run-by', ...about});
		serving = await serveRun({
			state: place.state,
			info: {...about, pid: process.pid, since: Date.now(), how: howDetached(told)},
			stop: by => stopping.ask(`${by} asked to stop`),
			complain: line => out.stderr.write(`${line}\n`),
		});
		if (told) removeHandedOver(told);
		const reaping = reapChildren(`${place.state}/children`, (program, pid) =>
			emit({type: 'wait', for: `${program} of the run that was cut off`, holder: `process ${pid}`}),
		);
		await stopping.orCutOff(reaping);
		const reader = options.reader ?? createReader();
		// A stack's answers may ask for it; the doctor mends by nobody's.
		const foreign = options.stack === doctorStack ? 'refused' : 'answered';
		const hostFor = (id: string): Host => createHost({reader, state: place.state, id, emit, foreign});
		const code = await stopping.orCutOff(work({run, place, reader, journal, emit, stopping: stopping.asked, hostFor}));
		end = {code: stopping.hurried() ? interrupted : code};
		return end.code;
	} catch (error) {
		const fault = faultData(error);
		end = {code: exitCodeOf(fault.code), fault};
		throw error;
	} finally {
		const free = (): void => {
			journal.close();
			log.edge({type: 'run-over', ...end});
			log.close();
			stopping.dispose();
			release();
		};
		await (serving ? serving.end(end.code, end.fault, free) : free());
	}
};
