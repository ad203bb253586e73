/** A repair is a run like any other: under the host's lock, journaled before it acts, and what it did can be taken back. */
import {randomBytes} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {openJournal} from '#engine/journal.ts';
import {takeRunLock} from '#engine/lock.ts';
import type {Plan} from '#engine/plan.ts';
import {type RunResult, runPlan} from '#engine/run.ts';
import {type UndoResult, undoRun} from '#engine/undo.ts';
import {reapChildren} from '#host/children.ts';
import {createHost} from '#host/live.ts';
import {createReader} from '#host/reader.ts';
import type {Event, Listener} from '#model/event.ts';
import {eventLog} from '#report/event-log.ts';
import {typeNamed} from '#resources/registry.ts';
import packageJson from '../../package.json' with {type: 'json'};
import type {DoctorPlace} from './doctor-place.ts';
import {listenForStop} from './signals.ts';

export type Repairs = {
	apply(plan: Plan): Promise<RunResult>;
	/** Undoes what this run did, newest first. */
	takeBack(): Promise<readonly UndoResult[]>;
	close(): void;
};

/** What the journal calls a run of the doctor, where an install has its stack. */
export const doctorStack = 'doctor';

/** Takes the lock; whoever gets it must `close`. Throws Fault run.held. */
export const openRepairs = async (place: DoctorPlace, what: string, show: Listener, complain: (line: string) => void): Promise<Repairs> => {
	const release = takeRunLock(place.state, what);
	const run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
	const log = eventLog(place.state, run, complain);
	const emit = (event: Event): void => {
		log.listen(event);
		show(event);
	};
	const stopping = listenForStop(signal => emit({type: 'note', line: `${signal}: finishing what runs, starting nothing new.`}));
	const journal = openJournal(place.journal);
	const reader = createReader();
	const hostFor = (id: string) => createHost({reader, state: place.state, id, emit});
	await reapChildren(`${place.state}/children`, (program, pid) => emit({type: 'wait', for: program, holder: `process ${pid}`}));
	return {
		async apply(plan) {
			journal.append({t: 'run', run, stack: doctorStack, version: packageJson.version, answers: ''});
			return runPlan({
				plan,
				run,
				journal,
				stack: doctorStack,
				hostFor,
				emit,
				jobs: availableParallelism(),
				stopping: stopping.asked,
				resumed: false,
				remote: 'apply',
			});
		},
		takeBack: () => undoRun({journal, typeNamed, emit, dry: false, hostFor, onlyRun: run, purge: false, purgeData: false, stopping: () => false}),
		close() {
			journal.close();
			log.close();
			stopping.dispose();
			release();
		},
	};
};
