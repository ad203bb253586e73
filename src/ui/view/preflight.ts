/** Named checks before the first question: all at once, each with its remedy; what is not fulfilled can be accepted by name. */
import type {Preflight, Screen, State} from '../state/types.ts';
import {frame, gap, heading, keys, lines, paragraph} from './frame.ts';
import type {Line, Mark, Tone, View} from './types.ts';
import {count} from './words.ts';

type On = Extract<Screen, {at: 'preflight'}>;

/** The view of the checks. */
export const preflightView = (state: State, {highlighted}: On): View => {
	const rows = state.preflight;
	const row = rows[highlighted];
	return frame(state, {
		screen: 'preflight',
		place: `checks · ${summary(rows)}`,
		body: [
			heading('Can this host take it?'),
			gap,
			lines(...rows.flatMap((one, index) => rowLines(one, index === highlighted))),
		],
		keys: [
			{key: 'enter', does: 'go on'},
			keys.choose,
			...(row?.state === 'fail' && !row.accepted ? [{key: 'a', does: 'accept it'}] : []),
			{key: 'r', does: 'look again'},
			{key: 'back-tab', does: 'back'},
			keys.help,
			{key: 'interrupt', does: 'leave'},
		],
		...(rows.length === 0 || rows.some(({state: now}) => now === 'looking')
			? {}
			: {asks: {kind: 'keys', prompt: 'Enter goes on'} as const}),
	});
};

/** The checks as the question screens show them at the left. */
export const preflightSide = (rows: readonly Preflight[]): readonly Line[] =>
	rows.map(row => ({text: row.title, mark: marks[row.state], tone: row.state === 'ok' ? 'quiet' : tones[row.state]}));

const rowLines = (row: Preflight, at: boolean): readonly Line[] => [
	{
		label: row.title,
		text: row.state === 'looking' ? 'looking' : row.line,
		mark: marks[row.state],
		tone: tones[row.state],
		wrap: true,
		at,
		...(row.accepted ? {right: 'accepted'} : {}),
	},
	...(bad(row) && row.remedy !== undefined ? [paragraph(row.remedy, 'plain', 4)] : []),
	...(bad(row) ? row.commands.map(command => ({text: `$ ${command}`, indent: 6, tone: 'accent'}) as const) : []),
	...(at && row.state === 'fail' && !row.accepted
		? [paragraph(`a accepts ${row.id}: the install is tried all the same, and that is recorded.`, 'quiet', 4)]
		: []),
];

const bad = ({state}: Preflight): boolean => state === 'fail' || state === 'warn' || state === 'unknown';

const marks: Readonly<Record<Preflight['state'], Mark>> = {
	looking: 'waiting',
	ok: 'done',
	warn: 'warning',
	fail: 'failed',
	na: 'skipped',
	unknown: 'unknown',
};

const tones: Readonly<Record<Preflight['state'], Tone>> = {
	looking: 'quiet',
	ok: 'plain',
	warn: 'warn',
	fail: 'bad',
	na: 'quiet',
	unknown: 'warn',
};

const summary = (rows: readonly Preflight[]): string => {
	const looking = rows.filter(({state}) => state === 'looking').length;
	if (rows.length === 0) return 'nothing of this host is asked for';
	if (looking > 0) return `looking (${rows.length - looking} of ${rows.length})`;
	const failed = rows.filter(({state, accepted}) => state === 'fail' && !accepted).length;
	const accepted = rows.filter(one => one.state === 'fail' && one.accepted).length;
	return [
		failed === 0 ? count(rows.length, 'check') : `${failed} of ${rows.length} not fulfilled`,
		...(accepted > 0 ? [`${accepted} accepted`] : []),
	].join(', ');
};
