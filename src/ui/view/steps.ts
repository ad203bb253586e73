/** All steps in words, to jump to any of them, and the review after them. */
import {isOpen} from '../state/go.ts';
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, heading, keys, lines} from './frame.ts';
import {standing} from './steps-list.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'steps'}>;

/** The view of the list of steps. */
export const stepsView = (state: State, {highlighted}: On): View => {
	const steps = state.interview?.steps ?? [];
	const here = state.screen.at === 'question' ? state.screen.step : -1;
	const open = steps.some(step => step.problems.length > 0 || step.questions.some(one => isOpen(state, step.id, one)));
	return frame(state, {
		screen: 'steps',
		place: `${steps.length} steps`,
		body: [
			heading('Go to which step?'),
			gap,
			lines(
				...steps.map((step, index) => {
					const {mark, words} = standing(state, step, index === here);
					return {
						label: step.title,
						text: words,
						mark,
						at: index === highlighted,
						tone: index === highlighted ? 'bold' : 'plain',
					} as const;
				}),
				{
					label: 'Review',
					text: open ? 'the first missing answer, then the plan' : 'the plan, before anything happens',
					mark: 'none',
					at: highlighted === steps.length,
					tone: highlighted === steps.length ? 'bold' : 'plain',
				},
			),
		],
		keys: [keys.choose, {key: 'enter', does: 'go there'}, keys.close],
		asks: {
			kind: 'choice',
			prompt: 'Go to which step?',
			items: [...steps.map(({title}) => title), 'Review'],
			preset: highlighted,
		},
	});
};
