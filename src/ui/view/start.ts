/** The first screen: which host this is, who else is on it, what goes on or was begun, and what can be installed. */
import {type Item, startItems} from '../state/items.ts';
import type {Screen, State} from '../state/types.ts';
import {frame, gap, heading, keys, lines, paragraph} from './frame.ts';
import type {Block, Line, View} from './types.ts';
import {size, time} from './words.ts';

type Start = Extract<Screen, {at: 'start'}>;

/** The view of the start screen. */
export const startView = (state: State, {highlighted}: Start): View => {
	const items = startItems(state);
	return frame(state, {
		screen: 'start',
		place: 'start · nothing done yet',
		body: [
			...hostBlocks(state),
			...runBlocks(state),
			heading(items.length > 0 ? 'What shall be done?' : 'There is no stack to install.'),
			...menu(items, highlighted),
		],
		keys: [keys.choose, {key: 'enter', does: 'go on'}, {key: 'help', does: 'help'}, {key: 'interrupt', does: 'leave'}],
		asks: {kind: 'choice', prompt: 'What shall be done?', items: items.map(({label}) => label), preset: highlighted},
	});
};

/** A menu whose entries are explained: each note line stands below its label. */
const menu = (items: readonly Item[], highlighted: number): readonly Block[] => [
	lines(
		...items.flatMap(({label, note}, index): readonly Line[] => [
			{text: label, at: index === highlighted, tone: index === highlighted ? 'bold' : 'plain'},
			...(note === undefined ? [] : note.split('\n').map(line => paragraph(line, 'quiet', 2))),
		]),
	),
];

const hostBlocks = ({host}: State): readonly Block[] =>
	host
		? [
				lines(
					{label: 'host', text: `${host.name}, ${host.release}`},
					{label: 'memory', text: size(host.memoryMiB)},
					{label: 'disk', text: `${size(host.freeDiskMiB)} free`},
					{label: 'logged in', text: people(host.people), wrap: true},
				),
				gap,
			]
		: [];

const people = (list: readonly {readonly user: string; readonly tty?: string}[]): string =>
	list.length === 0 ? 'nobody' : list.map(({user, tty}) => (tty === undefined ? user : `${user} on ${tty}`)).join(', ');

const runBlocks = ({running}: State): readonly Block[] => {
	if (!running) return [];
	const {by, since, step, steps, what} = running;
	const where = step === undefined || steps === undefined ? 'is in progress' : `is at step ${step} of ${steps}`;
	return [
		lines(
			{
				text: `a run started by ${by.user}${by.tty === undefined ? '' : ` on ${by.tty}`} at ${time(since)} ${where}`,
				mark: 'current',
				tone: 'bold',
				wrap: true,
			},
			{text: what, indent: 2, tone: 'quiet'},
		),
		gap,
	];
};
