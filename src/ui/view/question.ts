/** One step's questions: the one being answered with its help, its default and where that comes from; the others as one line each. */
import type {Asked, AskedStep} from '#answers/interview/interview.ts';
import {isOpen} from '../state/go.ts';
import type {Screen, State} from '../state/types.ts';
import {frame, gap, heading, keys, lines, paragraph} from './frame.ts';
import {probeBlocks, provable} from './probes.ts';
import {editorAsks, editorBlocks} from './question-editor.ts';
import {sideOf} from './steps-list.ts';
import type {Block, Line, Mark, View} from './types.ts';
import {firstSentence, time} from './words.ts';

type On = Extract<Screen, {at: 'question'}>;

/** The view of a step's questions. */
export const questionView = (state: State, screen: On): View => {
	const steps = state.interview?.steps ?? [];
	const step = steps[screen.step];
	const asked = step?.questions[screen.question];
	const asks =
		asked && !state.busy ? editorAsks(asked, screen.editor) : ({kind: 'keys', prompt: 'Enter goes on'} as const);
	const saved = state.savedAt === undefined ? 'nothing to save yet' : `saved ${time(state.savedAt)}`;
	return frame(state, {
		screen: 'question',
		place: `step ${screen.step + 1} of ${steps.length} · ${state.busy ? 'checking the answer' : saved}`,
		side: sideOf(state, screen.step),
		body: step
			? [
					...head(step),
					...step.questions.flatMap((one, index) =>
						index === screen.question ? active(state, step, one, screen) : other(state, step, one),
					),
				]
			: [],
		pinned: step ? probeBlocks(state, step) : [],
		keys: [
			{key: 'enter', does: 'next'},
			{key: 'back-tab', does: 'back'},
			...(screen.editor.kind === 'text' || (screen.editor.kind === 'secret' && screen.editor.typing)
				? []
				: [keys.choose]),
			...(screen.editor.kind === 'secret' && screen.editor.typing ? [{key: 'escape', does: 'other way'}] : []),
			...(step && provable(state, step)
				? [
						{key: 'retry', does: 'retry'},
						{key: 'unproven', does: 'unproven'},
					]
				: []),
			keys.steps,
			keys.help,
			{key: 'interrupt', does: 'leave'},
		],
		...(state.busy ? {} : {asks}),
	});
};

const head = (step: AskedStep): readonly Block[] => [
	heading(step.title),
	...step.problems.map(problem => lines({text: problem, tone: 'bad', mark: 'failed', wrap: true})),
	...(step.questions.length === 0
		? [lines(paragraph(step.about), paragraph('There is nothing to ask here.', 'quiet'))]
		: []),
	gap,
];

/** The sentence under a question's title: its help's first, else what the highlighted choice or the step is about, or what kind of answer it takes. */
const sentenceOf = (step: AskedStep, asked: Asked, editor: On['editor']): string => {
	if (asked.help !== undefined) return firstSentence(asked.help);
	const highlighted = editor.kind === 'choice' ? asked.choices?.[editor.highlighted]?.help : undefined;
	if (highlighted !== undefined) return firstSentence(highlighted);
	if (asked.choices && asked === step.questions[0]) return firstSentence(step.about);
	if (asked.type === 'secret') return 'Never shown, logged or put into the plan.';
	const example =
		asked.example === undefined
			? ''
			: `, such as ${typeof asked.example === 'string' ? asked.example : JSON.stringify(asked.example)}`;
	return asked.choices ? 'Choose one.' : `${/^[aeiou]/i.test(asked.type) ? 'An' : 'A'} ${asked.type}${example}.`;
};

const active = (state: State, step: AskedStep, asked: Asked, {editor}: On): readonly Block[] => [
	lines(
		{
			text: asked.title,
			tone: 'bold',
			at: true,
			wrap: true,
			mark: markOf(state, step, asked, asked.answered ? 'done' : 'none'),
		},
		paragraph(sentenceOf(step, asked, editor), 'quiet', 2),
		...(state.askAgain.has(`${step.id}.${asked.path}`)
			? [paragraph('An earlier answer changed: is this one still right?', 'warn', 2)]
			: []),
	),
	...editorBlocks(asked, editor),
	lines(
		asked.problem === undefined
			? defaultLine(asked)
			: {text: asked.problem, tone: 'bad', mark: 'failed', indent: 2, wrap: true},
	),
];

const markOf = (state: State, step: AskedStep, asked: Asked, fine: Mark): Mark => {
	if (state.askAgain.has(`${step.id}.${asked.path}`)) return 'unknown';
	return isOpen(state, step.id, asked) ? 'warning' : fine;
};

/** In a list the mark says that the operator answered; a default says whose it is. */
const shortOrigin = ({answered, origin}: Asked): string =>
	answered && origin === 'your answer' ? '' : origin.replace(/ default$/, '');

const fromWhere = ({origin}: Asked): string =>
	origin === 'default' || origin === '' ? 'default' : `default (${origin.replace(/ default$/, '')})`;

const defaultLine = (asked: Asked): Line => {
	if (asked.value === undefined && asked.required)
		return {text: 'there is no default: this needs an answer', tone: 'quiet', indent: 2};
	if (!asked.answered)
		return {text: asked.value === undefined ? 'may stay empty' : fromWhere(asked), tone: 'quiet', indent: 2};
	const preset =
		asked.default === undefined || asked.type === 'secret'
			? ''
			: `; the default is ${valueText(asked, asked.default)}${asked.from ? ` (${asked.from})` : ''}`;
	return {text: `${asked.origin}${preset}`, tone: 'quiet', indent: 2, wrap: true};
};

/** A value as the operator sees it: a choice by its title. */
const valueText = (asked: Asked, value: unknown): string => {
	const choice = asked.choices?.find(one => one.value === value);
	if (choice) return choice.title ?? String(choice.value);
	return typeof value === 'string' ? value : JSON.stringify(value);
};

const other = (state: State, step: AskedStep, asked: Asked): readonly Block[] => {
	const mark = markOf(state, step, asked, asked.answered ? 'done' : 'none');
	const value =
		asked.type === 'secret'
			? (asked.secret ?? '')
			: asked.choices && asked.value !== undefined
				? valueText(asked, asked.value)
				: asked.text;
	return [
		{
			block: 'field',
			label: asked.title,
			graphemes: [value],
			cursor: 0,
			active: false,
			mark,
			right: value === '' ? (asked.required ? 'missing' : 'empty') : shortOrigin(asked),
			...(asked.problem !== undefined && {note: {text: asked.problem, tone: 'bad', indent: 4, wrap: true} as const}),
		},
	];
};
