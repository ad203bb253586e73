/** A repair is a run like any other: under the host's lock, journaled before it acts, watched by who attaches, and what it did can be taken back. */
import {availableParallelism} from 'node:os';
import {doctorStack} from '#engine/journal.ts';
import type {Plan} from '#engine/plan.ts';
import {type RunResult, runPlan} from '#engine/run.ts';
import {type UndoResult, undoRun} from '#engine/undo.ts';
import {typeNamed} from '#resources/registry.ts';
import packageJson from '../../../package.json' with {type: 'json'};
import type {Held} from '../held-run.ts';

/** Brings the host to what the plan desires. */
export const repair = ({run, journal, emit, stopping, hostFor}: Held, plan: Plan): Promise<RunResult> => {
	journal.append({t: 'run', run, stack: doctorStack, version: packageJson.version, answers: ''});
	return runPlan({
		plan,
		run,
		stack: doctorStack,
		journal,
		emit,
		stopping,
		hostFor,
		jobs: availableParallelism(),
		resumed: false,
		remote: 'apply',
	});
};

/** Undoes what this run did, newest first; nobody can stop that half-way. */
export const takeBack = ({run, journal, emit, hostFor}: Held): Promise<readonly UndoResult[]> =>
	undoRun({
		journal,
		emit,
		hostFor,
		onlyRun: run,
		typeNamed,
		dry: false,
		purge: false,
		purgeData: false,
		stopping: () => false,
	});
