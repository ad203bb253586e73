/** A small stack as the state machine sees it, for tests that need no host and no schema. */
import type {Asked, AskedStep, Interview} from '#answers/interview/interview.ts';
import type {NamedKey} from '#ui/keyboard/keys.ts';
import type {Effect} from '../../../../src/ui/state/effects.ts';
import type {Msg} from '../../../../src/ui/state/msg.ts';
import type {State} from '../../../../src/ui/state/types.ts';
import {firstState, update} from '../../../../src/ui/state/update.ts';

const asked = (path: string, more: Partial<Asked> = {}): Asked => ({
	path,
	title: path,
	type: 'text',
	required: false,
	when: [],
	value: `${path} value`,
	text: `${path} value`,
	origin: 'guide default',
	answered: false,
	...more,
});

const askedStep = (id: string, questions: readonly Asked[], more: Partial<AskedStep> = {}): AskedStep => ({
	id,
	title: id.toUpperCase(),
	about: `about ${id}`,
	guide: 'guide',
	questions,
	problems: [],
	probes: [],
	...more,
});

const missing = (path: string): Asked => asked(path, {required: true, value: undefined, text: '', origin: ''});

export const interview: Interview = {
	stack: 'sample',
	complete: false,
	steps: [
		askedStep('one', [asked('a'), missing('b')]),
		askedStep('two', [
			asked('mode', {
				type: 'one of',
				value: 'local',
				text: 'local',
				choices: [
					{value: 'local', title: 'here'},
					{value: 'existing', title: 'there'},
				],
			}),
			asked('password', {
				type: 'secret',
				value: {secret: 'generate'},
				text: '',
				secret: 'to be generated',
				mayGenerate: true,
			}),
		]),
		askedStep('three', [], {probes: [{id: 'port', title: 'port free', about: []}]}),
		askedStep('four', [asked('last')]),
	],
};

export const stack = {id: 'sample', title: 'A sample', about: 'for tests', stepSeconds: {}} as const;
const host = {name: 'h', release: 'Debian 12', memoryMiB: 1000, freeDiskMiB: 5000, people: []};

export const key = (name: NamedKey): Msg => ({type: 'key', key: {key: name}});
export const type = (text: string): Msg => ({type: 'key', key: {key: 'text', text}});

/** The state after some messages, with every effect that was asked for on the way. */
export const play = (
	messages: readonly Msg[],
	from: State = firstState({columns: 80, rows: 24}, 1000),
): {readonly state: State; readonly effects: readonly Effect[]} => {
	let state = from;
	const effects: Effect[] = [];
	for (const msg of messages) {
		const step = update(state, msg);
		state = step.state;
		effects.push(...step.effects);
	}
	return {state, effects};
};

export const started: Msg = {type: 'started', host, stacks: [stack]};
export const opened: Msg = {type: 'opened', stack, interview, passed: [], at: {step: 'one', question: 'b'}};

/** On the first question that lacks an answer. */
export const walking = (): State => play([started, opened]).state;

/** What the world answers to an `answer`: the interview with that value in it. */
export const answeredWith = (
	before: Interview,
	step: string,
	path: string,
	value: string,
	askAgain: readonly string[] = [],
): Msg => ({
	type: 'answered',
	savedAt: 2000,
	askAgain,
	interview: {
		...before,
		steps: before.steps.map(one =>
			one.id === step
				? {
						...one,
						questions: one.questions.map(question =>
							question.path === path
								? {...question, value, text: value, answered: true, origin: 'your answer'}
								: question,
						),
					}
				: one,
		),
	},
});
