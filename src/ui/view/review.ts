/** The true plan before anything happens: counts per step, each change on opening, what waits for what, and the sum. */
import type {Change} from '#model/resource.ts';
import {type ReviewLine, reviewLines} from '../state/items.ts';
import type {PlanLine, PlanSummary, Screen, State} from '../state/types.ts';
import {frame, gap, keys, lines} from './frame.ts';
import type {Block, Line, Mark, Tone, View} from './types.ts';
import {about, count} from './words.ts';

type On = Extract<Screen, {at: 'review'}>;

/** The view of the plan. */
export const reviewView = (state: State, screen: On): View => {
	const rows = reviewLines(state);
	const row = rows[screen.highlighted];
	return frame(state, {
		screen: 'review',
		place: 'review · nothing done yet',
		body: [lines(...rows.map((one, index) => rowLine(state, screen, one, index === screen.highlighted)))],
		pinned: state.plan ? [gap, ...sums(state, state.plan)] : [],
		keys: [
			{key: 'enter', does: row?.kind === 'node' ? 'show' : row && screen.open.has(row.step) ? 'close' : 'open'},
			{key: 'i', does: 'install'},
			{key: 'r', does: 'rehearse'},
			{key: 'x', does: 'export'},
			{key: 'e', does: 'edit'},
			{key: 'p', does: 'again'},
			keys.help,
			{key: 'interrupt', does: 'leave'},
		],
		asks: {kind: 'keys', prompt: 'i installs, r rehearses first, x exports the answers, e edits them'},
	});
};

const rowLine = (state: State, {open}: On, row: ReviewLine, at: boolean): Line =>
	row.kind === 'step'
		? {...stepLine(state, row.step), mark: open.has(row.step) ? 'open' : 'folded', at, tone: at ? 'bold' : 'plain'}
		: {...nodeLine(row.node), at};

const stepLine = (state: State, step: string): Line => {
	const all = (state.plan?.lines ?? []).filter(line => line.step === step);
	const of = (kind: PlanLine['state']): number => all.filter(line => line.state === kind).length;
	const words = [
		...(of('change') > 0 ? [count(of('change'), 'change')] : []),
		...(of('unknown') > 0 ? [`${of('unknown')} known later`] : []),
		...(of('failed') > 0 ? [`${of('failed')} cannot be planned`] : []),
	];
	const seconds = state.stack?.stepSeconds[step];
	return {
		label: state.interview?.steps.find(({id}) => id === step)?.title ?? step,
		text: words.length === 0 ? 'as it should be' : words.join(', '),
		...(seconds !== undefined && words.length > 0 && {right: about(seconds)}),
	};
};

const nodeLine = (node: PlanLine): Line => {
	const first = node.changes[0];
	const more = node.changes.length > 1 ? ` and ${node.changes.length - 1} more` : '';
	const why = node.state === 'unknown' || node.state === 'failed' ? node.why : undefined;
	const said = why ?? (first ? `${changeText(first)}${more}` : '');
	const made = node.state === 'change' && node.changes.every(({from}) => from === null);
	return {
		text: said === '' ? node.title : `${node.title}: ${said}`,
		indent: 4,
		mark: made ? 'add' : marks[node.state],
		tone: tones[node.state],
	};
};

/** From what to what where both are short; else only what it is about. */
const changeText = ({what, from, to}: Change): string => {
	const [was, will] = [from, to].map(value =>
		value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value),
	);
	if (was === undefined || will === undefined || was.length + will.length > 60 || `${was}${will}`.includes('\n'))
		return what;
	return from === null ? `${what} ${will}` : `${what} ${was} -> ${will}`;
};

const marks: Readonly<Record<PlanLine['state'], Mark>> = {
	ok: 'done',
	change: 'change',
	unknown: 'unknown',
	failed: 'failed',
};
const tones: Readonly<Record<PlanLine['state'], Tone>> = {ok: 'quiet', change: 'plain', unknown: 'warn', failed: 'bad'};

const sums = (state: State, {counts, facts, restarts, lines: all}: PlanSummary): readonly Block[] => {
	const seconds = state.stack?.seconds;
	const sentences = [
		counts.change + counts.unknown + counts.failed === 0
			? `Nothing to change: ${counts.ok} as they should be.`
			: `${[
					count(new Set(all.map(({step}) => step)).size, 'step'),
					count(counts.change, 'change'),
					...(counts.unknown > 0 ? [`${counts.unknown} known later`] : []),
					...(counts.ok > 0 ? [`${counts.ok} there already`] : []),
				].join(', ')}.`,
		...(seconds !== undefined && counts.change > 0 ? [`${about(seconds).replace(/^a/, 'A')}.`] : []),
		...(restarts.length > 0 ? [`Restarts ${restarts.join(', ')}.`] : []),
		...facts.map(fact => `${fact.charAt(0).toUpperCase()}${fact.slice(1)}.`.replace(/\.\.$/, '.')),
	];
	return [
		lines(
			{text: sentences.join(' '), wrap: true, tone: 'bold'},
			...(counts.failed > 0
				? [{text: `${counts.failed} cannot be planned: open it, mend it, then p`, mark: 'failed', tone: 'bad'} as const]
				: []),
		),
	];
};
