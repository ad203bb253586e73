/** Where the answers file goes, and how the typed secrets go with it. */
import type {Overlay, State} from '../state/types.ts';
import {frame, gap, heading, lines, paragraph} from './frame.ts';
import {fieldBlock} from './question-editor.ts';
import type {View} from './types.ts';

type On = Extract<Overlay, {over: 'export'}>;

/** The view of the export. */
export const exportView = (state: State, {field, secrets}: On): View =>
	frame(state, {
		screen: 'export',
		place: 'export the answers',
		body: [
			heading('Write the answers to which file?'),
			lines(paragraph('With it, `setup apply FILE` installs the same on the next host and asks nothing.', 'quiet', 2)),
			gap,
			fieldBlock('file', field, false),
			gap,
			lines(
				paragraph('Secrets that were typed:'),
				{
					text: 'each in a file of its own beside it, readable by its owner alone',
					indent: 2,
					mark: secrets === 'files' ? 'chosen' : 'free',
					wrap: true,
				},
				{
					text: 'by name of an environment variable; their values are not written',
					indent: 2,
					mark: secrets === 'environment' ? 'chosen' : 'free',
					wrap: true,
				},
			),
		],
		keys: [
			{key: 'enter', does: 'write'},
			{key: 'tab', does: 'the other way for secrets'},
			{key: 'escape', does: 'do not'},
		],
		asks: {kind: 'text', prompt: 'Write the answers to which file?', preset: field.graphemes.join(''), masked: false},
	});
