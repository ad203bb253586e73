/** `setup apply FILE`: installs from an answers file, asking nothing; run again after whatever happened, it goes on. */
import {randomBytes} from 'node:crypto';
import {availableParallelism} from 'node:os';
import {resolveSecrets} from '#answers/secrets.ts';
import {updateState} from '#answers/state.ts';
import {lastRun, openJournal} from '#engine/journal.ts';
import {takeRunLock} from '#engine/lock.ts';
import {makePlan, type Plan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {reapChildren} from '#host/children.ts';
import {createHost} from '#host/live.ts';
import {createReader} from '#host/reader.ts';
import type {Event, Listener, RunOutcome} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import {eventLog} from '#report/event-log.ts';
import {ndjson} from '#report/ndjson.ts';
import {planText} from '#report/plan-text.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {askSecret} from './ask-secret.ts';
import {type Opened, openStack} from './open-stack.ts';
import type {Output} from './output.ts';
import {listenForStop} from './signals.ts';
import {placeOf, version} from './state-place.ts';

export type ApplyOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'ndjson';
	readonly jobs?: number;
	readonly state?: string;
	/** Where it runs: in a rehearsal, resources on other hosts are looked at only. */
	readonly remote?: 'apply' | 'look';
	/** Secrets by name as JSON on stdin: what a rehearsal hands to the run inside. */
	readonly givenOnStdin?: boolean;
};

/** Gives 0 when the host is as desired, 1 when something failed, 130 when asked to stop. */
export const applyCommand = async (file: string, options: ApplyOptions, out: Output): Promise<number> => {
	if (process.getuid?.() !== 0)
		throw new Fault('apply.needs-root', 'only root can install', 'Run it with sudo. `setup plan FILE` shows what would change without being root.');
	process.umask(0o022);
	const place = placeOf(options.state);
	const reader = createReader();
	const opened = await openStack(file, options.set, reader);
	const release = takeRunLock(place.state, `setup apply ${file}`);
	const stopping = listenForStop(signal =>
		listener({type: 'note', line: `${signal}: finishing what runs, starting nothing new. Run the same command again to go on.`}),
	);
	const style = styleFor(out.stdout);
	const run = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
	const log = eventLog(place.state, run, line => void out.stderr.write(`${line}\n`));
	const show: Listener = options.format === 'ndjson' ? ndjson(text => out.stdout.write(text)) : runText(out.stdout, style);
	const listener = (event: Event): void => {
		log.listen(event);
		show(event);
	};
	const journal = openJournal(place.journal);
	try {
		await reapChildren(`${place.state}/children`, (program, pid) =>
			listener({type: 'wait', for: `${program} of the run that was cut off`, holder: `process ${pid}`}),
		);
		await resolveSecrets(opened.loaded, {
			store: place.secrets,
			mode: 'apply',
			...(options.givenOnStdin && {given: await givenSecrets()}),
			...(process.stdin.isTTY && {prompt: askSecret}),
		});
		const plan = await makePlan(await opened.items(), reader);
		refuseBroken(plan, opened, out);
		const before = lastRun(journal.entries);
		journal.append({t: 'run', run, stack: opened.stack.id, version, answers: opened.digest});
		const result = await runPlan({
			plan,
			run,
			journal,
			stack: opened.stack.id,
			hostFor: id => createHost({reader, state: place.state, id, emit: listener}),
			emit: listener,
			jobs: options.jobs ?? availableParallelism(),
			stopping: stopping.asked,
			resumed: before !== undefined && before.outcome !== 'done',
			remote: options.remote ?? 'apply',
		});
		await noteInstalled(place.state, opened, run, result.outcome);
		return {done: 0, failed: 1, interrupted: 130}[result.outcome];
	} finally {
		journal.close();
		log.close();
		stopping.dispose();
		release();
	}
};

const givenSecrets = async (): Promise<ReadonlyMap<string, string>> => {
	let text = '';
	for await (const chunk of process.stdin) text += chunk;
	return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
};

/** What a later status, doctor or wizard needs to know of this install; references only, never a secret. */
const noteInstalled = (state: string, {stack, loaded, digest}: Opened, run: string, outcome: RunOutcome): Promise<unknown> =>
	updateState(state, before => ({
		...before,
		installed: {
			...before.installed,
			[stack.id]: {
				...before.installed[stack.id],
				stack: stack.id,
				run,
				outcome,
				digest,
				at: new Date().toISOString(),
				answers: loaded.inputs as never,
				provenance: Object.fromEntries(loaded.provenance),
				pinned: before.installed[stack.id]?.pinned ?? {},
			},
		},
	}));

const refuseBroken = (plan: Plan, opened: Opened, out: Output): void => {
	if (plan.counts.failed === 0) return;
	const broken = plan.nodes.filter(node => node.look.state === 'failed');
	out.stderr.write(
		planText({...plan, nodes: broken}, `${opened.stack.title} cannot be installed as things are; nothing was changed`, {
			style: styleFor(out.stderr),
			diffs: false,
			verbose: false,
		}),
	);
	throw new Fault(
		'apply.cannot-plan',
		`${broken.length} of ${plan.nodes.length} things cannot be planned`,
		'Mend what is listed above, then run the same command again.',
	);
};
