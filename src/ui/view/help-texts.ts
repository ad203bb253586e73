/** What the help says of each screen: what it is for, and every key that works on it. */
import type {Screen} from '../state/types.ts';
import {paragraph} from './frame.ts';
import type {Line} from './types.ts';

/** The lines for a screen. */
export const screenHelp = (at: Screen['at']): readonly Line[] => {
	const {about, keys} = texts[at];
	return [
		paragraph(about),
		{text: ''},
		...[...keys, ...everywhere].map(([label, text]) => ({label, text, indent: 2, wrap: true})),
	];
};

type Text = {readonly about: string; readonly keys: readonly (readonly [string, string])[]};

const everywhere = [
	['Ctrl-G', 'this help; ? as well where no text is typed'],
	['Ctrl-C', 'leave; a run is asked about first; answers are always kept'],
	['Ctrl-Z', 'leave the screen; a run goes on'],
	['Ctrl-L', 'draw the screen anew'],
] as const;

const texts: Readonly<Record<Screen['at'], Text>> = {
	start: {
		about:
			'Choose what to install, go on with answers that were begun, or join a run in progress. Nothing is changed before the review.',
		keys: [
			['Up, Down', 'choose'],
			['Enter', 'go on'],
		],
	},
	preflight: {
		about:
			'Each check says what it saw and how to mend it. One that is not fulfilled can be accepted by name: that is recorded with the answers.',
		keys: [
			['Enter', 'to the questions'],
			['a', 'accept the highlighted one'],
			['r', 'look again'],
			['Shift-Tab', 'back'],
		],
	},
	question: {
		about:
			'Every answer is checked and saved when you leave it. Go back and forward as you like: a changed answer marks those that depend on it, and only they are asked again.',
		keys: [
			['Enter, Tab', 'next question'],
			['Shift-Tab', 'back'],
			['PgDn, PgUp', 'next or previous step'],
			['Ctrl-T', 'the list of steps, and the review'],
			['Up, Down', 'choose; in a text the question before or after'],
			['letters', 'in a long list: show only what holds them; Escape shows all'],
			['Ctrl-A, Ctrl-E', 'start and end of a text; Ctrl-U, Ctrl-K, Ctrl-W delete'],
			['Ctrl-R', 'ask the live questions again'],
			['Ctrl-O', 'go on without proof: it is recorded as unproven'],
		],
	},
	review: {
		about:
			'The plan was made by looking at this host; nothing is done yet. What is known later depends on something that the install makes first.',
		keys: [
			['Enter', 'open a step; show a change with its diff'],
			['i', 'install'],
			['r', 'rehearse: the same for real, in a throw-away copy of this host'],
			['x', 'export the answers as a file for the next host'],
			['e', 'back to the questions of this step'],
			['p', 'plan anew'],
		],
	},
	install: {
		about:
			'The run does not depend on this screen: close it, lose the connection, come back with setup. Several may watch, one drives.',
		keys: [
			['l', 'the whole log, / searches it'],
			['Tab', 'the program of another step that works at the same time'],
			['d', 'leave; the run goes on'],
			['t', 'take over, where you only watch'],
			['Ctrl-C', 'stop after what is at work now; the word has to be typed'],
		],
	},
	failure: {
		about:
			'What was done stays done. Whatever you choose, going on looks at the host first and does only what is missing.',
		keys: [
			['Up, Down', 'choose'],
			['Enter', 'do it'],
			['l', 'the whole log'],
		],
	},
	end: {about: 'The same is printed on the normal screen after leaving.', keys: [['Enter, q', 'leave']]},
};
