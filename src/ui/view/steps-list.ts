/** The steps of a stack with how far each is: done, current, something missing, something to ask again. */
import type {AskedStep} from '#answers/interview/interview.ts';
import {isOpen} from '../state/go.ts';
import type {State} from '../state/types.ts';
import {preflightSide} from './preflight.ts';
import type {Line, Mark, Tone} from './types.ts';
import {count} from './words.ts';

type Standing = {readonly mark: Mark; readonly words: string};

/** A step's mark, and the same in words. */
export const standing = (state: State, step: AskedStep, current: boolean): Standing => {
	const again = step.questions.filter(({path}) => state.askAgain.has(`${step.id}.${path}`)).length;
	const missing = step.questions.filter(one => isOpen(state, step.id, one)).length - again + step.problems.length;
	const words = [
		...(missing > 0 ? [`${count(missing, 'answer')} missing or wrong`] : []),
		...(again > 0 ? [`${count(again, 'answer')} to look at again`] : []),
	].join(', ');
	if (current) return {mark: 'current', words: words === '' ? 'you are here' : `you are here; ${words}`};
	if (missing > 0) return {mark: 'warning', words};
	if (again > 0) return {mark: 'unknown', words};
	return state.passed.has(step.id)
		? {mark: 'done', words: 'done'}
		: {mark: 'waiting', words: 'not seen yet; its defaults would do'};
};

/** The list at the left of a question: the steps, and under them what was checked before. */
export const sideOf = (state: State, current: number): readonly Line[] => [
	...(state.interview?.steps ?? []).map((step, index): Line => {
		const {mark} = standing(state, step, index === current);
		return {text: step.title, mark, tone: tones[mark] ?? 'plain', ...(index === current && {at: true})};
	}),
	...(state.preflight.length > 0 ? [{text: 'checks', tone: 'quiet'} as const, ...preflightSide(state.preflight)] : []),
];

const tones: Partial<Record<Mark, Tone>> = {current: 'bold', warning: 'warn', unknown: 'warn', waiting: 'quiet'};
