/** What the first screen tells of a stack: what it is, what it cost when it was measured, and what is known of it here. */
import type {State as Kept} from '#answers/state.ts';
import type {Stack} from '#model/step.ts';
import type {StackSummary} from '#ui/state/types.ts';

/** A stack with what it cost when it was measured, and what is known of it here. */
export const stackSummary = (stack: Stack, {drafts, installed}: Kept): StackSummary => {
	const draft = drafts[stack.id];
	const there = installed[stack.id];
	const {measured} = stack;
	return {
		id: stack.id,
		title: stack.title,
		about: stack.about,
		stepSeconds: measured?.steps ?? {},
		...(measured && {
			seconds: measured.seconds,
			cost: `about ${Math.max(1, Math.round(measured.seconds / 60))} min, ${measured.diskMiB} MiB on disk, ${measured.downloadMiB} MiB to load (${measured.on})`,
		}),
		...(draft && {
			draft: {
				savedAt: draft.savedAt,
				answered: Object.values(draft.answers).reduce<number>((sum, section) => sum + leavesIn(section), 0),
				...(draft.step !== undefined && {step: draft.step}),
				...(draft.question !== undefined && {question: draft.question}),
			},
		}),
		...(there && {installed: {at: there.at, outcome: there.outcome}}),
	};
};

const leavesIn = (value: unknown): number =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.values(value).reduce<number>((sum, one) => sum + leavesIn(one), 0)
		: 1;
