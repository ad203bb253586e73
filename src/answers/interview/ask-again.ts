/** After an earlier answer was changed, only what depends on it is asked again. */
import type {Asked, Interview} from './interview.ts';

/** `step.path` of questions that are asked newly, whose value or default became another, or that now have a problem. The changed one is not among them. */
export const askAgain = (
	before: Interview,
	after: Interview,
	changed: {readonly step: string; readonly path: string},
): readonly string[] => {
	const known = byKey(before);
	return [...byKey(after)]
		.filter(([key, question]) => key !== `${changed.step}.${changed.path}` && depends(known.get(key), question))
		.map(([key]) => key);
};

const byKey = ({steps}: Interview): ReadonlyMap<string, Asked> =>
	new Map(steps.flatMap(step => step.questions.map(question => [`${step.id}.${question.path}`, question] as const)));

const depends = (before: Asked | undefined, after: Asked): boolean => {
	const open = after.problem !== undefined || after.missing === true;
	// What was answered in that branch earlier was asked already.
	if (!before) return open || !after.answered;
	if (open && before.problem === undefined && !before.missing) return true;
	return !same(before.value, after.value) || (after.answered && !same(before.default, after.default));
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
