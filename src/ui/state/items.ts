/** The lists that are drawn and that Enter acts on: made in one place, so that what is highlighted is what happens. */

import type {Asked} from '#answers/interview/interview.ts';
import type {Choice} from '#answers/questions/describe.ts';
import type {FaultData} from '#model/fault.ts';
import {count, dayAndTime} from '../view/words.ts';
import type {PlanLine, State} from './types.ts';

/** `id` says what it does: 'retry', 'continue:ipynbsrv'. */
export type Item = {readonly id: string; readonly label: string; readonly note?: string};

/** What the start screen offers: 'watch' and 'drive' for a run in progress, 'continue:STACK' for unfinished answers or those of an install, 'new:STACK', 'short:STACK' where only what is needed is asked. */
export const startItems = ({running, stacks}: State): readonly Item[] => [
	...(running
		? [
				{id: 'watch', label: 'Watch the run in progress', note: 'who started it goes on driving'},
				{id: 'drive', label: 'Take it over', note: 'you may stop it and answer for it'},
			]
		: []),
	...stacks.flatMap(({id, title, draft}) =>
		draft
			? [
					{
						id: `continue:${id}`,
						label: `Go on with ${title}`,
						note: [`${count(draft.answered, 'answer')}, saved ${dayAndTime(draft.savedAt)}`, stoppedAt(draft)]
							.filter(Boolean)
							.join('; '),
					},
				]
			: [],
	),
	...stacks.flatMap(({id, title, draft, installed}) =>
		installed && !draft
			? [
					{
						id: `continue:${id}`,
						label: `Look at ${title} with the answers it was installed with`,
						note: 'change some, see the plan, install again',
					},
				]
			: [],
	),
	...stacks.flatMap(({id, title, about, cost, needed, draft, installed}) => [
		{
			id: `new:${id}`,
			label: draft ? `Begin anew: ${title}` : title,
			note: [about, cost, installed && `last run here ${dayAndTime(installed.at)}: ${installed.outcome}`]
				.filter(Boolean)
				.join('\n'),
		},
		...(needed === undefined || draft || installed
			? []
			: [
					{
						id: `short:${id}`,
						label: `${title}, the short way`,
						note: `${needed === 1 ? '1 answer is' : `${needed} answers are`} needed, everything else has a default: only ${needed === 1 ? 'that is' : 'those are'} asked`,
					},
				]),
	]),
];

/** What a fault says would mend it, where this stack asks for that. */
export const additionOf = (
	fault: FaultData | undefined,
	interview: State['interview'],
): {readonly to: string; readonly value: string; readonly title: string} | undefined => {
	const [step = '', path = ''] = fault?.adds?.to.split('.') ?? [];
	const question = interview?.steps.find(({id}) => id === step)?.questions.find(one => one.path === path);
	return fault?.adds && question ? {...fault.adds, title: question.title} : undefined;
};

/** What can be done about a run that stopped: 'add', 'change-answer', 'retry', 'shell', 'skip', 'undo', 'report', 'leave', as far as it applies. */
export const failureItems = ({run, interview}: State): readonly Item[] => {
	const fault = run?.faults[0];
	const step = interview?.steps.find(({id}) => id === fault?.step);
	const title = step?.title ?? run?.steps.find(({id}) => id === fault?.step)?.title ?? fault?.step ?? '';
	const again = fault ? 'Try again' : 'Go on from where it stopped';
	const adds = additionOf(fault, interview);
	return [
		...(adds ? [{id: 'add', label: `Add ${adds.value} to "${adds.title}" and try again`}] : []),
		...(step && step.questions.length > 0
			? [{id: 'change-answer', label: `Change an answer of "${title}" and try again`}]
			: []),
		{id: 'retry', label: again, note: 'what is done already is only looked at'},
		...(fault
			? [
					{
						id: 'shell',
						label: fault.program ? 'Open a shell in the same directory and environment' : 'Open a shell',
						note: 'its end leads back here',
					},
				]
			: []),
		...(fault ? [{id: 'skip', label: 'Skip it', note: 'what needs it is listed first'}] : []),
		...(fault ? [{id: 'undo', label: `Undo the step "${title}"`}] : []),
		{id: 'report', label: 'Save a report', note: 'secrets removed; shown first'},
		{id: 'leave', label: 'Leave', note: 'everything is kept, `setup` goes on here'},
	];
};

export type ReviewLine =
	| {readonly kind: 'step'; readonly step: string}
	| {readonly kind: 'node'; readonly node: PlanLine};

/** The rows of the review, in the order of the steps. An opened step shows what changes in it, or what is there already when nothing does. */
export const reviewLines = ({plan, interview, screen}: State): readonly ReviewLine[] => {
	const lines = plan?.lines ?? [];
	const inPlan = new Set(lines.map(({step}) => step));
	const order = [...new Set([...(interview?.steps ?? []).map(({id}) => id).filter(id => inPlan.has(id)), ...inPlan])];
	const open = screen.at === 'review' ? screen.open : new Set<string>();
	return order.flatMap((step): readonly ReviewLine[] => {
		if (!open.has(step)) return [{kind: 'step', step}];
		const all = lines.filter(line => line.step === step);
		const moving = all.filter(({state}) => state !== 'ok');
		return [{kind: 'step', step}, ...(moving.length > 0 ? moving : all).map(node => ({kind: 'node', node}) as const)];
	});
};

/** The choices that what was typed leaves, each with its number in the question. */
export const choicesLeft = (asked: Asked, filter: string): readonly (Choice & {readonly at: number})[] =>
	(asked.choices ?? [])
		.map((choice, at) => ({...choice, at}))
		.filter(({title, value}) => `${title ?? ''} ${String(value)}`.toLowerCase().includes(filter.toLowerCase()));

const stoppedAt = ({step, question}: {readonly step?: string; readonly question?: string}): string =>
	step === undefined ? '' : `stopped at ${step}${question === undefined ? '' : `, ${question}`}`;
