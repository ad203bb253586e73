/** What stands now: how it is, the address, who may log in, where the answers lie, and what to type next. */
import type {Health, State} from '../state/types.ts';
import {frame, gap, heading, keys, lines} from './frame.ts';
import type {Block, Mark, Tone, View} from './types.ts';
import {clock, count} from './words.ts';

/** The view after an install. */
export const endView = (state: State): View => {
	const {end, run, stack, host} = state;
	return frame(state, {
		screen: 'end',
		place: run?.seconds === undefined ? 'done' : `done in ${clock(run.seconds)} · ${count(run.changed, 'change')}`,
		body: [
			lines({
				text: `${stack?.title ?? run?.info?.stack ?? 'The stack'} is installed${host ? ` on ${host.name}` : ''}.`,
				mark: 'done',
				tone: 'bold',
				wrap: true,
			}),
			gap,
			lines(
				...(run?.leftOut === undefined
					? []
					: [{label: 'left out', text: `${count(run.leftOut, 'thing')}, as asked`, tone: 'warn', indent: 2} as const]),
				...(end?.address === undefined ? [] : [{label: 'open', text: end.address, tone: 'accent', indent: 2} as const]),
				...(end?.admin === undefined ? [] : [{label: 'administrator', text: end.admin, indent: 2}]),
				...(end ? [{label: 'answers', text: end.answersFile, indent: 2}] : []),
				...(end?.secrets ?? []).map((text, index) => ({label: index === 0 ? 'secrets' : '', text, indent: 2})),
			),
			...(end?.health ? [gap, ...health(end.health)] : []),
			...(end && end.next.length > 0
				? [gap, heading('From here'), lines(...end.next.map(text => ({text, indent: 2, tone: 'accent'}) as const))]
				: []),
		],
		keys: [{key: 'enter', does: 'leave; this is printed again'}, keys.help],
		asks: {kind: 'keys', prompt: 'Enter leaves'},
	});
};

const health = ({sentence, lines: rows}: Health): readonly Block[] => [
	heading(sentence),
	lines(...rows.map(({state, line}) => ({text: line, mark: marks[state], tone: tones[state]}))),
];

const marks: Readonly<Record<Health['lines'][number]['state'], Mark>> = {
	ok: 'done',
	warn: 'warning',
	fail: 'failed',
	unknown: 'unknown',
};
const tones: Readonly<Record<Health['lines'][number]['state'], Tone>> = {
	ok: 'plain',
	warn: 'warn',
	fail: 'bad',
	unknown: 'warn',
};
