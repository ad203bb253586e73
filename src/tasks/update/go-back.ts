/**
 * Back to what ran before an update that failed: the commit, its environment, its data; then the settings and the static files of that code, a start, and
 * the proofs again. Cut off, the next run of the same stack goes on with it.
 */
import {availableParallelism} from 'node:os';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {readState} from '#answers/state.ts';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {undoRun} from '#engine/undo.ts';
import {typeNamed} from '#resources/registry.ts';
import {newRunId} from '#runner/start-run.ts';
import type {Held} from '../held-run.ts';
import {openInstalled} from '../installed-secrets.ts';
import {forgetProofs} from '../kept-secret.ts';
import type {Opened} from '../open-stack.ts';
import {version} from '../state-place.ts';
import {type Begun, forgetUpdate, noteUpdate} from './begun.ts';

/** Gives 1, whatever it came to: the update failed. Throws what an undo throws; then the same command goes on. */
export const goBack = async (held: Held, opened: Opened, begun: Begun): Promise<number> => {
	const {stack} = opened;
	const {journal, emit, hostFor, place, reader} = held;
	emit({type: 'note', line: 'The update failed: commit, environment and data of before come back.'});
	await noteUpdate(place.state, {...begun, back: true});
	for (const run of begun.runs.toReversed())
		await undoRun({
			journal,
			emit,
			hostFor,
			onlyRun: run,
			typeNamed,
			back: true,
			dry: false,
			purge: false,
			purgeData: false,
			stopping: () => false,
		});
	await forgetProofs(place.state, stack.id);
	const {digest, items} = await asInstalled(held, opened);
	const run = newRunId();
	journal.append({t: 'run', run, stack: stack.id, version, answers: digest});
	hostFor('back').forget();
	const {outcome} = await runPlan({
		...held,
		run,
		plan: await makePlan(await items(), reader),
		stack: stack.id,
		jobs: availableParallelism(),
		resumed: false,
		remote: 'apply',
	});
	if (outcome === 'done') await forgetUpdate(place.state);
	emit({
		type: 'note',
		line:
			outcome === 'done'
				? 'All is as it was before the update, and was seen to work.'
				: 'What is to come back did not come to its end; run setup apply with the same answers to go on.',
	});
	return 1;
};

/** The answers that led to what comes back: an update may have come with others, such as another branch. */
const asInstalled = async ({place, reader}: Held, opened: Opened): Promise<Opened> => {
	const {installed} = await readState(place.state);
	const before = installed[opened.stack.id];
	if (before === undefined || before.digest === opened.digest) return opened;
	const old = await openInstalled(opened.stack.id, place, reader);
	await resolveSecrets(old.loaded, {store: place.secrets, mode: 'apply', steps: new Set()});
	return old;
};
