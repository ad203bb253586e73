/** A view as lines of text that are read in order: numbers before what can be chosen, words instead of marks. */

import {rowsOf} from '../keyboard/typed-lines.ts';
import type {Block, Line, Mark, View} from '../view/types.ts';

/** The lines of a view, without the questions that are not asked now. */
export const plainLines = (view: View): readonly string[] => {
	const rows = numbered(view) ? rowsOf(view) : [];
	const lines = [...view.body, ...(view.pinned ?? [])].flatMap(block =>
		blockLines(block, line => rows.indexOf(line) + 1, view),
	);
	return lines.filter((line, index) => line !== '' || (index > 0 && lines[index - 1] !== ''));
};

/** More than these are not read out: they are found by a part of their name. */
const most = 40;

/** What is asked, on the line that is answered. */
export const plainPrompt = ({asks}: View): string => {
	if (!asks) return '';
	if (asks.kind === 'choice' && asks.items.length === 0) return `${asks.prompt}: `;
	if (asks.kind === 'choice')
		return `${asks.prompt} [${asks.items.length > most ? asks.items[asks.preset] : Math.min(asks.preset + 1, asks.items.length)}]: `;
	const preset = asks.kind === 'text' && asks.preset ? `[${asks.preset}]` : '';
	return `${asks.prompt}${preset === '' || asks.prompt.includes(preset) ? '' : ` ${preset}`}: `;
};

/** The keys of a screen as the words that stand for them. */
export const plainKeys = (view: View): string =>
	view.keys
		.flatMap(({key, does}) => {
			const word = key in keyWords ? keyWords[key] : key;
			if (word === undefined) return [];
			const shown = view.screen === 'install' && key === 'interrupt' && does !== 'leave' ? 'stop' : word;
			return [shown === does ? shown : `${shown} (${does})`];
		})
		.join(', ');

const keyWords: Readonly<Record<string, string | undefined>> = {
	enter: undefined,
	'up-down': undefined,
	pages: undefined,
	'back-tab': 'back',
	escape: 'close',
	interrupt: 'leave',
	help: '?',
};

const numbered = ({asks, screen}: View): boolean =>
	screen !== 'question' && (asks?.kind === 'choice' || screen === 'review' || screen === 'preflight');

const blockLines = (block: Block, numberOf: (line: Line) => number, view: View): readonly string[] => {
	switch (block.block) {
		case 'lines':
			return block.lines.filter(line => isSaid(line, view)).map(line => lineText(line, numberOf(line)));
		case 'scroll':
			return block.lines.map(line => lineText(line, 0));
		case 'choices':
			if (block.items.length > most)
				return [
					`${block.items.length}${block.filter === '' ? '' : ` with ${block.filter}`} to choose from: a part of a name shows those that have it`,
				];
			if (block.items.length === 0) return ['none has it; all shows all'];
			return block.items.map(
				({label, note, chosen}, index) =>
					`${number(index + 1)}${label}${note === undefined ? '' : `: ${note}`}${chosen ? ' (now)' : ''}`,
			);
		case 'field':
			return block.note ? [lineText(block.note, 0)] : [];
		case 'progress':
			return [`${block.label}: ${block.done} of ${block.of}`];
		case 'tail':
			return [];
		case 'gap':
			return [''];
	}
};

/** The title of a question that is answered by a text stands in the prompt; a probe is said when it has an answer. */
const isSaid = ({at, mark}: Line, {screen, asks}: View): boolean =>
	screen !== 'question' || !((at && asks?.kind === 'text') || mark === 'waiting');

const lineText = ({text, label, mark, indent = 0, right, bar}: Line, at: number): string => {
	const said = [label, text].filter(part => part !== undefined && part !== '').join(': ');
	const end = [...(bar ? [`${bar.done} of ${bar.of}`] : []), ...(right === undefined ? [] : [right])].join(', ');
	return `${at > 0 ? number(at) : ' '.repeat(indent)}${mark === undefined ? '' : markWords[mark]}${said}${end === '' ? '' : ` (${end})`}`;
};

const number = (at: number): string => `${String(at).padStart(2)}) `;

const markWords: Readonly<Record<Mark, string>> = {
	done: 'ok: ',
	current: '',
	waiting: '',
	failed: 'failed: ',
	warning: 'warning: ',
	unknown: 'unknown: ',
	chosen: '(*) ',
	free: '( ) ',
	skipped: 'skipped: ',
	change: '~ ',
	add: '+ ',
	folded: '',
	open: '',
	none: '',
};
