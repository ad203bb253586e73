/** The keys of the review: look closer, install, rehearse, export, or go back to the answers. */
import type {Key} from '../keyboard/keys.ts';
import {detail, moveIn, only, type Step, wait} from './after-message.ts';
import {fieldOf} from './field.ts';
import {goTo} from './go.ts';
import {reviewLines} from './items.ts';
import {leave} from './leave.ts';
import {letter} from './letter.ts';
import type {PlanLine, Screen, State} from './types.ts';

type Review = Extract<Screen, {at: 'review'}>;

/** A key on the review. */
export const reviewKey = (state: State, screen: Review, key: Key): Step => {
	const rows = reviewLines(state);
	const row = rows[screen.highlighted];
	const highlighted = moveIn(key, screen.highlighted, rows.length);
	if (highlighted !== undefined) return only({...state, screen: {...screen, highlighted}});
	switch (key.key) {
		case 'interrupt':
			return leave(state, 130);
		case 'back-tab':
			return toAnswers(state, row?.kind === 'step' ? row.step : state.interview?.steps.at(-1)?.id);
		case 'enter':
			if (row?.kind === 'step') return only({...state, screen: {...screen, open: toggled(screen.open, row.step)}});
			return row ? opened(state, row.node) : only(state);
		default:
			return command(state, letter(key), row);
	}
};

const command = (
	state: State,
	typed: string | undefined,
	row: ReturnType<typeof reviewLines>[number] | undefined,
): Step => {
	switch (typed) {
		case 'i':
			if ((state.plan?.counts.failed ?? 0) > 0)
				return only({
					...state,
					notice: 'What failed to be planned comes first: open it with Enter, mend it, then press p to look again.',
				});
			return wait(state, 'Starting the install', {do: 'install', skip: []});
		case 'r':
			return wait(state, 'Preparing a throw-away copy of this host', {do: 'rehearse'});
		case 'x':
			return only({
				...state,
				over: {over: 'export', field: fieldOf(`${state.stack?.id ?? 'answers'}.yaml`), secrets: 'files'},
			});
		case 'p':
			return wait(state, 'Looking at this host: what would change', {do: 'plan'});
		case 'e':
			return toAnswers(state, row === undefined ? undefined : row.kind === 'step' ? row.step : row.node.step);
		default:
			return only(state);
	}
};

const toAnswers = (state: State, step: string | undefined): Step => {
	const to = step ?? state.interview?.steps[0]?.id;
	return to === undefined ? only(state) : goTo(state, {step: to});
};

const toggled = (open: ReadonlySet<string>, step: string): ReadonlySet<string> =>
	open.has(step) ? new Set([...open].filter(one => one !== step)) : new Set([...open, step]);

/** What changes is there at once; the commands it stands for are asked for. */
const opened = (state: State, node: PlanLine): Step => ({
	state: {...state, over: {...nodeDetail(node), node: node.id}},
	effects: node.state === 'change' ? [{do: 'acts', id: node.id}] : [],
});

/** Everything the plan knows of a node: what changes from what to what, the diffs, what it waits for. */
const nodeDetail = (line: PlanLine): Extract<State['over'], {over: 'detail'}> => {
	const why = [...(line.why === undefined ? [] : [line.why]), ...(line.hint === undefined ? [] : [line.hint])];
	const changes = line.changes.flatMap(change =>
		change.patch === undefined
			? [`${change.what}: ${shown(change.from)} -> ${shown(change.to)}`]
			: [change.what, ...change.patch.split('\n')],
	);
	return detail(line.title, [line.id, '', ...why, ...changes]);
};

const shown = (value: unknown): string =>
	value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
