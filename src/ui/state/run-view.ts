/** A run as its events tell it: which step works, how far it is, the last lines of what runs. A screen that joins late hears the same events and has the same picture. */
import type {Stamped} from '#model/event.ts';
import type {Msg} from './msg.ts';
import type {RunView, State, StepRun} from './types.ts';

const tailLength = 40;
const logLength = 5000;

/** An empty picture of a run that was just joined. */
export const joinRun = (msg: Extract<Msg, {type: 'run-hello'}>, state: State): RunView => ({
	info: msg.info,
	you: msg.you,
	driver: msg.driver,
	kind: msg.kind,
	live: false,
	startedAt: msg.info?.since ?? state.now,
	nodes: 0,
	steps: msg.steps.map(({id, title}): StepRun => ({id, title, state: 'waits', changed: 0, ended: 0})),
	tails: {},
	programs: {},
	log: [],
	stopping: false,
	changed: 0,
	faults: [],
});

/** The picture after one more event. */
export const addEvent = (run: RunView, event: Stamped): RunView => {
	switch (event.type) {
		case 'run-start':
			return {
				...run,
				nodes: event.nodes,
				startedAt: event.at,
				steps: run.steps.map(step => ({...step, of: event.steps?.[step.id] ?? 0})),
			};
		case 'node-start':
			return withLog(
				inStep(notWaiting(run), event.step, step => ({
					...step,
					state: 'works',
					startedAt: step.startedAt ?? event.at,
					now: event.title,
					node: event.id,
				})),
				event.step,
				event.title,
			);
		case 'node-line':
			return withTail(notWaiting(run), event.id, event.line);
		case 'node-program': {
			const {argv, cwd, as, env} = event;
			return {
				...run,
				programs: {
					...run.programs,
					[event.id]: {argv, env, ...(cwd !== undefined && {cwd}), ...(as !== undefined && {as})},
				},
			};
		}
		case 'node-progress':
			return {
				...run,
				steps: run.steps.map(step =>
					step.node === event.id ? {...step, progress: {done: event.done, of: event.of}} : step,
				),
			};
		case 'node-end':
			return ended(run, event);
		case 'wait':
			return withLog(
				{...run, waiting: `${event.for}, held by ${event.holder}`},
				'',
				`waiting for ${event.for}, held by ${event.holder}`,
			);
		case 'debt':
			return event.paid && event.made !== false ? withLog(run, '', `${event.do} of ${event.unit}`) : run;
		case 'note':
			return withLog(run, '', event.line);
		case 'undo':
			return withLog(
				inStep(run, event.step, step => ({...step, state: 'done', now: event.result.outcome})),
				event.step,
				`${event.result.outcome}: ${event.id}`,
			);
		case 'run-end':
			return {...run, ...endOf(event), seconds: event.seconds, changed: event.changed, steps: run.steps.map(settled)};
		default:
			return run;
	}
};

/** A run that only left out what it was asked to leave out did what was asked. */
const endOf = ({
	outcome,
	leftOut,
	skipped,
}: Extract<Stamped, {type: 'run-end'}>): Pick<RunView, 'outcome' | 'leftOut'> =>
	outcome === 'interrupted' && leftOut !== undefined && leftOut === skipped ? {outcome: 'done', leftOut} : {outcome};

type Ended = Extract<Stamped, {type: 'node-end'}>;

const ended = (run: RunView, event: Ended): RunView => {
	const after = inStep(run, event.step, step => {
		const {progress: _, now: __, node: ___, ...bare} = step;
		const at = step.node === undefined || step.node === event.id ? bare : step;
		const rest = {...at, ended: step.ended + 1};
		const changed = step.changed + (event.outcome === 'changed' ? 1 : 0);
		const whole = step.of === undefined || rest.ended >= step.of;
		if (event.outcome === 'failed') return {...rest, changed, state: 'failed', endedAt: event.at};
		if (event.outcome === 'skipped')
			return {...rest, changed, state: step.state === 'failed' ? 'failed' : 'skipped', endedAt: event.at};
		return {
			...rest,
			changed,
			state: whole && (step.state === 'waits' || step.state === 'works') ? 'done' : step.state,
			endedAt: event.at,
		};
	});
	const said =
		event.outcome === 'ok'
			? after
			: withLog(
					after,
					event.step,
					`${event.outcome}: ${event.id}${event.fault ? `: ${event.fault.sentence}` : ''}${event.why ? ` (${event.why})` : ''}`,
				);
	if (!event.fault) return said;
	const program = said.programs[event.id];
	return {
		...said,
		faults: [
			...said.faults,
			{...event.fault, id: event.id, step: event.step, last: said.tails[event.id] ?? [], ...(program && {program})},
		],
	};
};

/** What had no node to do is as desired; what was at work when the run ended is not done. */
const settled = (step: StepRun): StepRun => (step.state === 'works' ? {...step, state: 'skipped'} : step);

const notWaiting = (run: RunView): RunView => {
	const {waiting: _, ...rest} = run;
	return rest;
};

const inStep = (run: RunView, id: string, change: (step: StepRun) => StepRun): RunView => {
	const known = run.steps.some(step => step.id === id);
	const steps: readonly StepRun[] = known
		? run.steps
		: [...run.steps, {id, title: id, state: 'waits', changed: 0, ended: 0}];
	return {...run, steps: steps.map(step => (step.id === id ? change(step) : step))};
};

const withTail = (run: RunView, id: string, line: string): RunView => {
	const step = run.steps.find(one => one.node === id)?.id ?? '';
	return withLog(
		{...run, tails: {...run.tails, [id]: [...(run.tails[id] ?? []).slice(-tailLength + 1), line]}},
		step,
		line,
	);
};

/** Appended in blocks, so that thousands of lines cost no copy each. */
const withLog = (run: RunView, step: string, line: string): RunView => {
	const log = run.log.length >= logLength * 1.2 ? run.log.slice(-logLength) : run.log;
	return {...run, log: [...log, step === '' ? line : `${step}  ${line}`]};
};
