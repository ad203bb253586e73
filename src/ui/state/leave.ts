/** Leaving the screen: what is said on the normal screen afterwards, so that the operator knows what goes on and how to come back. */
import type {Step} from './after-message.ts';
import type {State} from './types.ts';

/** Ends the program with a code, after the lines that fit the moment. A run is never touched by it. */
export const leave = (state: State, code: number): Step => ({
	state: {...state, leave: {code, lines: linesFor(state)}},
	effects: [{do: 'detach'}],
});

const linesFor = (state: State): readonly string[] => {
	const {run, end, stack} = state;
	if (end) return endLines(state);
	if (run && run.outcome === undefined && run.kind === 'rehearse')
		return ['The rehearsal was left: it ends and is taken down. Nothing on this host was changed.'];
	if (run && run.outcome === undefined)
		return [
			`The run goes on without this screen${run.info && typeof run.info.how === 'object' && 'unit' in run.info.how ? ` (${run.info.how.unit})` : ''}.`,
			'Come back with: setup   (or: setup attach)',
		];
	if (run && (run.outcome === 'failed' || run.outcome === 'interrupted' || run.outcome === 'lost')) {
		const first = run.faults[0];
		return [
			run.outcome === 'interrupted'
				? 'The install was stopped as asked.'
				: `The install is not complete${first ? `: ${first.sentence}` : '.'}`,
			'Everything is kept. Go on with: setup',
		];
	}
	if (stack) return [`Nothing was changed. Your answers for ${stack.id} are kept.`, 'Go on with: setup'];
	return ['Nothing was changed.'];
};

/** What stands at the end of an install, for the normal screen. */
const endLines = ({end, stack, host, run}: State): readonly string[] => [
	`${stack?.title ?? run?.info?.stack ?? 'The stack'} is installed${host ? ` on ${host.name}` : ''}.`,
	...(run?.leftOut === undefined
		? []
		: [`  left out      ${run.leftOut} things, as asked; setup apply ${end?.answersFile ?? 'FILE'} does them`]),
	...(end?.address === undefined ? [] : [`  open          ${end.address}`]),
	...(end?.admin === undefined ? [] : [`  administrator ${end.admin}`]),
	...(end === undefined ? [] : [`  answers       ${end.answersFile}`]),
	...(end?.secrets ?? []).map(line => `  secrets       ${line}`),
	...(end?.health ? [`  health        ${end.health.sentence}`] : []),
	...(end?.next ?? []).map(line => `  next          ${line}`),
];
