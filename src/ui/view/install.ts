/** A run being watched: every step with its state and time, what works now side by side, and the last lines of one program in a fixed box. */
import type {RunView, Screen, State, StepRun} from '../state/types.ts';
import {frame, keys, lines} from './frame.ts';
import type {Block, Line, Mark, Tone, View} from './types.ts';
import {about, clock, count} from './words.ts';

type On = Extract<Screen, {at: 'install'}>;

/** The view of a run. */
export const installView = (state: State, {focus}: On): View => {
	const run = state.run;
	if (!run)
		return frame(state, {screen: 'install', place: 'joining the run', body: [], keys: [{key: 'd', does: 'leave'}]});
	const shown = focused(run, focus);
	return frame(state, {
		screen: 'install',
		place: placeOf(state, run),
		body: [lines(...run.steps.map(step => stepLine(state, step, step === shown && working(run).length > 1)))],
		pinned: [...standing(run), ...whole(run), tail(state, run, shown)],
		keys: run.outcome === undefined ? runningKeys(run) : endedKeys(run),
		...(run.outcome !== undefined && {asks: {kind: 'keys', prompt: 'Enter goes on'} as const}),
	});
};

/** The step whose program is in the box: one of those at work, or the last that was. */
const focused = (run: RunView, focus: number): StepRun | undefined => {
	const now = working(run);
	if (now.length > 0) return now[focus % now.length];
	return run.steps
		.filter(({startedAt}) => startedAt !== undefined)
		.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0];
};

const working = (run: RunView): readonly StepRun[] => run.steps.filter(({state}) => state === 'works');

const kinds = {apply: 'installing', rehearse: 'rehearsing, this host stays as it is', undo: 'undoing'} as const;

const placeOf = ({now, stack}: State, run: RunView): string => {
	if (run.outcome !== undefined)
		return `${run.kind === 'rehearse' ? 'rehearsal' : run.kind === 'undo' ? 'undo' : 'install'} ${outcomes[run.outcome]}${run.seconds === undefined ? '' : ` · ${clock(run.seconds)}`}`;
	const expected = run.kind === 'apply' && stack?.seconds !== undefined ? ` of ${about(stack.seconds)}` : '';
	return `${run.stopping ? 'stopping after this one' : kinds[run.kind]} · ${clock((now - run.startedAt) / 1000)}${expected}`;
};

const outcomes = {
	done: 'done',
	failed: 'failed',
	interrupted: 'stopped',
	lost: 'lost: it ended without a word',
} as const;

const stepLine = ({now, stack}: State, step: StepRun, at: boolean): Line => {
	const right = timeOf(step, now, stack?.stepSeconds[step.id]);
	return {
		label: step.title,
		text: textOf(step),
		mark: marks[step.state],
		tone: tones[step.state],
		at,
		...(right !== undefined && {right}),
		...(step.state === 'works' && step.progress && {bar: step.progress}),
	};
};

const textOf = (step: StepRun): string => {
	switch (step.state) {
		case 'works':
			return step.now ?? (step.of === undefined ? 'at work' : `${step.ended} of ${step.of} done`);
		case 'done':
			return step.changed > 0 ? count(step.changed, 'change') : 'as it should be';
		case 'failed':
			return 'failed';
		case 'skipped':
			return 'not done';
		case 'waits':
			return '';
	}
};

const timeOf = ({state, startedAt, endedAt}: StepRun, now: number, last: number | undefined): string | undefined => {
	if (startedAt === undefined) return last === undefined || state === 'done' ? undefined : about(last);
	if (state === 'works') return `${clock((now - startedAt) / 1000)}${last === undefined ? '' : ` of ${about(last)}`}`;
	return endedAt === undefined ? undefined : clock((endedAt - startedAt) / 1000);
};

const marks: Readonly<Record<StepRun['state'], Mark>> = {
	waits: 'waiting',
	works: 'current',
	done: 'done',
	failed: 'failed',
	skipped: 'skipped',
};
const tones: Readonly<Record<StepRun['state'], Tone>> = {
	waits: 'quiet',
	works: 'bold',
	done: 'plain',
	failed: 'bad',
	skipped: 'quiet',
};

const standing = (run: RunView): readonly Block[] => {
	const who = run.driver && `${run.driver.user}${run.driver.tty === undefined ? '' : ` on ${run.driver.tty}`}`;
	const rows: readonly Line[] = [
		...(run.waiting === undefined || run.outcome !== undefined
			? []
			: [{text: `waits for ${run.waiting}`, mark: 'warning', tone: 'warn'} as const]),
		...(run.you === 'watches' && run.outcome === undefined
			? [{text: `you watch; ${who ?? 'nobody'} drives`, tone: 'quiet'} as const]
			: []),
		...run.faults.slice(0, 2).map(({sentence}) => ({text: sentence, mark: 'failed', tone: 'bad'}) as const),
	];
	return rows.length > 0 ? [lines(...rows)] : [];
};

const whole = (run: RunView): readonly Block[] => {
	const ended = run.steps.reduce((sum, step) => sum + step.ended, 0);
	return run.nodes > 0 ? [{block: 'progress', label: 'all', done: Math.min(ended, run.nodes), of: run.nodes}] : [];
};

/** As many lines as the steps leave room for, three at the least. */
const tail = ({size}: State, run: RunView, step: StepRun | undefined): Block => {
	const said = step?.node === undefined ? run.log : (run.tails[step.node] ?? []);
	const rows = Math.max(3, Math.min(12, size.rows - run.steps.length - 9));
	return {
		block: 'tail',
		title: step?.node === undefined ? 'log' : `${step.title}${step.now === undefined ? '' : `: ${step.now}`}`,
		lines: said.slice(-rows),
		rows,
	};
};

const runningKeys = (run: RunView): View['keys'] => [
	{key: 'l', does: 'log'},
	...(working(run).length > 1 ? [{key: 'tab', does: 'other step'}] : []),
	...(run.you === 'watches' ? [{key: 't', does: 'take over'}] : []),
	{key: 'd', does: run.kind === 'rehearse' ? 'leave, it ends' : 'leave, it goes on'},
	keys.help,
	run.you === 'watches' ? {key: 'interrupt', does: 'leave'} : {key: 'interrupt', does: 'stop after this one'},
];

const endedKeys = (run: RunView): View['keys'] => [
	...(run.kind === 'apply' ? [] : [{key: 'enter', does: 'go on'}]),
	{key: 'l', does: 'log'},
	keys.help,
	{key: 'interrupt', does: 'leave'},
];
