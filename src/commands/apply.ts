/** `setup apply FILE`: installs from an answers file, asking nothing; run again after whatever happened, it goes on. */
import {availableParallelism} from 'node:os';
import {expectsOf} from '#answers/resolve/expects.ts';
import {resolveSecrets, secretsToHandOver} from '#answers/secrets/secrets.ts';
import {updateState} from '#answers/state.ts';
import {consequencesOf} from '#engine/consequences.ts';
import {lastRun} from '#engine/journal.ts';
import {makePlan, type Plan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {createReader, type PassReader} from '#host/reader.ts';
import type {RunOutcome} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {openFrom} from '#tasks/bundle/open-from.ts';
import {heldRun} from '#tasks/held-run.ts';
import type {Opened} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf, version} from '#tasks/state-place.ts';
import {beginUpdate, endUpdate, movesOf} from '#tasks/update/around.ts';
import {begunUpdate} from '#tasks/update/begun.ts';
import {goBack} from '#tasks/update/go-back.ts';
import {askSecret} from './ask-secret.ts';
import {type Detach, detachCommand} from './detach.ts';

export type ApplyOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'ndjson';
	readonly jobs?: number;
	/** Ids of nodes to leave out, with what needs them. */
	readonly skip?: readonly string[];
	readonly state?: string;
	/** Where it runs: in a rehearsal, resources on other hosts are looked at only. */
	readonly remote?: 'apply' | 'look';
	/** Secrets by name as JSON on stdin: what a rehearsal hands to the run inside. */
	readonly givenOnStdin?: boolean;
	readonly detach?: Detach;
	/** Follow the branch; go back where the new code is not proven. */
	readonly update?: boolean;
	/** A medium to fetch from. */
	readonly bundle?: string;
	/** Keeps the Python packages that pip takes in this directory: for the making of a medium, in a throw-away host. */
	readonly recordPython?: string;
	/** Where those come from, as the host of the medium's making knows it. */
	readonly pythonIndex?: string;
};

/** Gives 0 when the host is as desired, 1 when something failed or was left out, 130 when asked to stop. */
export const applyCommand = async (file: string | undefined, options: ApplyOptions, out: Output): Promise<number> => {
	if (process.getuid?.() !== 0)
		throw new Fault(
			'apply.needs-root',
			'only root can install',
			'Run it with sudo. `setup plan FILE` shows what would change without being root.',
		);
	const reader = createReader();
	const {opened} = await openFrom(file, options, reader);
	if (options.detach) return detachApply(file, {...options, detach: options.detach}, opened, out);
	const {recordPython: directory, pythonIndex} = options;
	const stop =
		directory === undefined
			? undefined
			: await (await import('#tasks/bundle/record-index.ts')).takeThrough({directory, index: pythonIndex});
	try {
		return await applyOpened(
			opened,
			{what: `setup apply ${wordsOf(file, options).join(' ')}`, reader, again: 'Run the same command again to go on.'},
			options,
			out,
		);
	} finally {
		await stop?.();
	}
};

type About = {
	readonly what: string;
	readonly again: string;
	readonly reader: PassReader;
	/** Done once the host is held, before any secret is read. */
	readonly prepare?: () => Promise<void>;
};

/** The same from answers that were opened. */
export const applyOpened = async (
	opened: Opened,
	{prepare, reader, ...words}: About,
	options: ApplyOptions,
	out: Output,
): Promise<number> => {
	const about = {...words, reader, stack: opened.stack.id};
	return heldRun({...about, state: options.state, format: options.format}, out, async held => {
		const {place, journal, run} = held;
		await prepare?.();
		const given = options.givenOnStdin ? await givenSecrets() : undefined;
		const fillSecrets = (steps?: ReadonlySet<string>): Promise<unknown> =>
			resolveSecrets(opened.loaded, {
				store: place.secrets,
				mode: 'apply',
				...(steps && {steps}),
				...(given && {given}),
				...(process.stdin.isTTY && {prompt: askSecret}),
			});
		await fillSecrets(new Set());
		const begun = await begunUpdate(place.state, opened.stack.id);
		if (begun?.back) return goBack(held, opened, begun);
		const word = options.update || begun !== undefined ? run : undefined;
		const followed = await makePlan(await opened.items(word), reader);
		// A branch that cannot be followed is told as that, and never taken for one without news.
		const updates =
			begun !== undefined || (word !== undefined && (movesOf(followed).length > 0 || followed.counts.failed > 0));
		const plan = word === undefined || updates ? followed : await makePlan(await opened.items(), reader);
		if (options.update && !updates)
			held.emit({type: 'note', line: 'Nothing new: the checkout is where its branch is.'});
		// What is needed once is asked for where it is needed.
		await fillSecrets(new Set(plan.nodes.flatMap(({step, look}) => (look.state === 'ok' ? [] : [step]))));
		const skip = options.skip ?? [];
		refuseUnknown(plan, skip);
		refuseBroken(plan, consequencesOf(plan.order, skip), opened, out);
		const before = lastRun(journal.entries, opened.stack.id);
		const update = updates ? await beginUpdate(held, opened.stack.id, plan, begun) : undefined;
		journal.append({t: 'run', run, stack: opened.stack.id, version, answers: opened.digest});
		const result = await runPlan({
			...held,
			plan,
			stack: opened.stack.id,
			skip,
			jobs: options.jobs ?? availableParallelism(),
			resumed: before !== undefined && before.outcome !== 'done',
			remote: options.remote ?? 'apply',
		});
		if (update !== undefined && result.outcome === 'failed') return goBack(held, opened, update);
		if (update !== undefined && result.outcome === 'done') await endUpdate(held, opened.stack.id, update);
		await noteInstalled(place.state, opened, run, result.outcome);
		return result.outcome === 'interrupted' && result.leftOut === result.skipped
			? 1
			: {done: 0, failed: 1, interrupted: 130}[result.outcome];
	});
};

/** What must be typed is asked for here, where there is a terminal; what only this process can read is handed over. */
const detachApply = async (
	file: string | undefined,
	options: ApplyOptions & {readonly detach: Detach},
	{loaded, stack}: Opened,
	out: Output,
): Promise<number> => {
	await resolveSecrets(loaded, {
		mode: 'plan',
		store: placeOf(options.state).secrets,
		...(process.stdin.isTTY && {prompt: askSecret}),
	});
	const {set, jobs, skip = [], detach, format, state} = options;
	const words = [
		...set.flatMap(one => ['--set', one]),
		...skip.flatMap(one => ['--skip', one]),
		...(options.update ? ['--update'] : []),
	];
	const argv = ['apply', ...wordsOf(file, options), ...words, ...(jobs === undefined ? [] : ['--jobs', String(jobs)])];
	return detachCommand(
		{
			detach,
			format,
			state,
			argv,
			what: `setup apply ${wordsOf(file, options).join(' ')}`,
			stack: stack.id,
			given: secretsToHandOver(loaded),
		},
		out,
	);
};

const wordsOf = (file: string | undefined, {bundle}: ApplyOptions): readonly string[] => [
	...(file === undefined ? [] : [file]),
	...(bundle === undefined ? [] : ['--bundle', bundle]),
];

const givenSecrets = async (): Promise<ReadonlyMap<string, string>> => {
	let text = '';
	for await (const chunk of process.stdin) text += chunk;
	return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
};

/** What a later status, doctor or wizard needs to know of this install; references only, never a secret. */
const noteInstalled = (
	state: string,
	{stack, loaded, digest}: Opened,
	run: string,
	outcome: RunOutcome,
): Promise<unknown> =>
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
				expects: expectsOf(loaded) as never,
				provenance: Object.fromEntries(loaded.provenance),
				pinned: before.installed[stack.id]?.pinned ?? {},
			},
		},
	}));

const refuseUnknown = (plan: Plan, skip: readonly string[]): void => {
	const unknown = skip.filter(id => !plan.nodes.some(node => node.resource.id === id));
	if (unknown.length === 0) return;
	throw new Fault(
		'usage.skip',
		`--skip ${unknown.join(', ')}: there is no such thing in this plan`,
		'`setup explain STEP FILE` lists what a step has, by id.',
	);
};

const refuseBroken = (plan: Plan, leftOut: readonly string[], opened: Opened, out: Output): void => {
	const broken = plan.nodes.filter(node => node.look.state === 'failed' && !leftOut.includes(node.resource.id));
	if (broken.length === 0) return;
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
