/** Why it stopped, in the words of the fault and of the program, and everything that can be done about it. */
import {failureItems} from '../state/items.ts';
import type {RunView, Screen, State} from '../state/types.ts';
import {frame, gap, keys, lines, paragraph} from './frame.ts';
import type {Block, Line, View} from './types.ts';

type On = Extract<Screen, {at: 'failure'}>;
type RunFault = RunView['faults'][number];

/** The view of a run that did not come to its end. */
export const failureView = (state: State, {highlighted}: On): View => {
	const items = failureItems(state);
	const run = state.run;
	return frame(state, {
		screen: 'failure',
		place: placeOf(run),
		body: run ? why(state, run) : [],
		close: true,
		pinned: [
			gap,
			lines(
				...items.map(
					({label, note}, index): Line => ({
						text: note === undefined ? label : `${label}: ${note}`,
						at: index === highlighted,
						tone: index === highlighted ? 'bold' : 'plain',
					}),
				),
			),
			...(run ? others(run) : []),
		],
		keys: [
			keys.choose,
			{key: 'enter', does: 'do it'},
			{key: 'l', does: 'log'},
			{key: 'back-tab', does: 'first screen'},
			keys.help,
			{key: 'interrupt', does: 'leave, everything is kept'},
		],
		asks: {kind: 'choice', prompt: 'What now?', items: items.map(({label}) => label), preset: highlighted},
	});
};

const placeOf = (run: RunView | undefined): string => {
	const done = run?.steps.filter(({state}) => state === 'done').length ?? 0;
	return `stopped · ${done} of ${run?.steps.length ?? 0} steps done`;
};

const why = (state: State, run: RunView): readonly Block[] => {
	const fault = run.faults[0];
	if (!fault)
		return [
			lines({
				text:
					run.outcome === 'lost'
						? 'The run ended without a word: it was killed, or the host went down.'
						: 'The run was stopped, as asked.',
				mark: run.outcome === 'lost' ? 'failed' : 'warning',
				tone: 'bold',
				wrap: true,
			}),
			lines(paragraph('What was done is kept; going on looks at it and does the rest.', 'plain', 2)),
		];
	const title =
		state.interview?.steps.find(({id}) => id === fault.step)?.title ??
		run.steps.find(({id}) => id === fault.step)?.title ??
		fault.step;
	return [
		lines({text: `${title}: ${fault.sentence}`, mark: 'failed', tone: 'bold', wrap: true}),
		gap,
		lines(paragraph(fault.hint, 'plain', 2)),
		...words(fault),
	];
};

/** The program's last lines; the fault's own details where the program said nothing. */
const words = ({last, details}: RunFault): readonly Block[] => {
	const said = (last.length > 0 ? last : details).filter(line => line.trim() !== '').slice(-6);
	return said.length === 0 ? [] : [gap, lines(...said.map(text => ({text, indent: 2, tone: 'quiet'}) as const))];
};

const others = (run: RunView): readonly Block[] => {
	const [first, ...more] = run.faults;
	const since = run.steps.find(({id}) => id === first?.step)?.endedAt ?? Number.POSITIVE_INFINITY;
	const went = run.steps.filter(({state, endedAt}) => state === 'done' && (endedAt ?? 0) > since);
	const rows: readonly Line[] = [
		...more
			.slice(0, 2)
			.map(({step, sentence}) => ({text: `also failed: ${step}: ${sentence}`, tone: 'bad', mark: 'failed'}) as const),
		...(went.length > 0
			? [{text: `Went on without it: ${went.map(({title}) => title).join(', ')}`, tone: 'quiet', wrap: true} as const]
			: []),
	];
	return rows.length > 0 ? [gap, lines(...rows)] : [];
};
