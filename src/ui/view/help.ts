/** The long help: of the question, with its choices and its place in the answers file; else of the screen and its keys. */
import type {Asked, AskedStep} from '#answers/interview/interview.ts';
import {placeAt} from '../state/go.ts';
import type {Overlay, State} from '../state/types.ts';
import {frame, keys, paragraph} from './frame.ts';
import {screenHelp} from './help-texts.ts';
import type {Line, View} from './types.ts';

type On = Extract<Overlay, {over: 'help'}>;

/** The view of the help. */
export const helpView = (state: State, {scroll}: On): View => {
	const here = placeAt(state);
	const text = here?.question ? questionHelp(here.step, here.question) : [];
	return frame(state, {
		screen: 'help',
		place: 'help',
		body: [{block: 'scroll', scroll, lines: [...text, ...screenHelp(state.screen.at)]}],
		keys: [keys.scroll, {key: 'escape', does: 'back to where you were'}],
		asks: {kind: 'keys', prompt: 'Enter goes back'},
	});
};

const empty: Line = {text: ''};

const questionHelp = (step: AskedStep, asked: Asked): readonly Line[] => [
	{text: asked.title, tone: 'bold', wrap: true},
	...(asked.help === undefined ? [] : [paragraph(asked.help)]),
	empty,
	{label: 'takes', text: `${asked.type}${asked.required ? '' : ', may stay as it is'}`},
	...(asked.default === undefined || asked.type === 'secret'
		? []
		: [{label: 'default', text: `${plain(asked.default)}${asked.from ? ` (${asked.from})` : ''}`, wrap: true}]),
	...(asked.example === undefined ? [] : [{label: 'example', text: plain(asked.example), wrap: true}]),
	...(asked.origin === '' ? [] : [{label: 'now from', text: asked.origin}]),
	{label: 'in the file', text: `${step.id}.${asked.path}`},
	...(asked.choices && asked.choices.length <= 20
		? [
				empty,
				...asked.choices.flatMap(({value, title, help}): readonly Line[] => [
					{text: `${title ?? String(value)}${title === undefined ? '' : ` (${String(value)})`}`, indent: 2, wrap: true},
					...(help === undefined ? [] : [paragraph(help, 'quiet', 4)]),
				]),
			]
		: []),
	...(asked.type === 'secret' ? [empty, ...secretHelp] : []),
	empty,
	{text: step.title, tone: 'bold'},
	paragraph(step.about),
	...(step.guide === '' ? [] : [paragraph(`Guide: ${step.guide}`, 'quiet')]),
	empty,
];

const secretHelp: readonly Line[] = [
	paragraph(
		'A secret is never shown, logged or put into the plan. A generated one is kept in a file that only root reads.',
	),
	paragraph('A typed one is asked for twice. A file is read when it is needed, and only its path is kept.'),
];

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
