/** A run as lines: each is said once, when it happens, and never painted over. */
import type {RunView, StepRun} from '../state/types.ts';
import {clock, count} from '../view/words.ts';

/** What happened between two pictures of a run. What was before one joined is said as the steps that are done. */
export const runLines = (before: RunView | undefined, after: RunView): readonly string[] => {
	if (!after.live) return [];
	const joined = before?.live !== true;
	const steps = after.steps.flatMap((step, index) => stepLines(joined ? undefined : before.steps[index], step));
	const waiting =
		after.waiting !== undefined && after.waiting !== before?.waiting ? [`waits for ${after.waiting}`] : [];
	const driver =
		!joined && before.you !== after.you
			? [after.you === 'drives' ? 'You drive now.' : 'Somebody else drives now; you watch.']
			: [];
	const stopping = after.stopping && !before?.stopping ? ['It stops after what is at work now.'] : [];
	const ended =
		after.outcome !== undefined && (joined || before.outcome === undefined)
			? [
					`${outcomes[after.outcome]}${after.seconds === undefined ? '' : ` after ${clock(after.seconds)}`}, ${count(after.changed, 'change')}.`,
				]
			: [];
	const size =
		after.nodes > 0 && (joined || before.nodes === 0)
			? [`${count(after.nodes, 'thing')} to look at in ${count(after.steps.length, 'step')}.`]
			: [];
	return [...(joined ? [beginning(after)] : []), ...size, ...steps, ...waiting, ...driver, ...stopping, ...ended];
};

const outcomes = {done: 'Done', failed: 'Failed', interrupted: 'Stopped', lost: 'Lost'} as const;

const beginning = ({you, kind}: RunView): string =>
	`${kind === 'rehearse' ? 'Rehearsing' : kind === 'undo' ? 'Undoing' : 'Installing'}; you ${you === 'drives' ? 'drive' : 'watch'}.`;

const stepLines = (before: StepRun | undefined, after: StepRun): readonly string[] => {
	const {title, state, now, progress} = after;
	if (state !== before?.state && state !== 'works' && state !== 'waits') return [`${title}: ${ended(after)}`];
	if (state !== 'works') return [];
	const began = now !== undefined && (before?.state !== 'works' || before.now !== now) ? [`${title}: ${now}`] : [];
	const tenth = tenthOf(progress);
	return [
		...began,
		...(progress && tenth > tenthOf(before?.now === now ? before?.progress : undefined)
			? [`${title}: ${progress.done} of ${progress.of}`]
			: []),
	];
};

const tenthOf = (progress: StepRun['progress']): number =>
	progress && progress.of > 0 ? Math.floor((progress.done / progress.of) * 10) : 0;

const ended = ({state, changed, startedAt, endedAt}: StepRun): string => {
	const took = startedAt === undefined || endedAt === undefined ? '' : `, ${clock((endedAt - startedAt) / 1000)}`;
	if (state === 'done') return `done, ${changed === 0 ? 'nothing to change' : count(changed, 'change')}${took}`;
	return state === 'failed' ? `FAILED${took}` : 'not done';
};
