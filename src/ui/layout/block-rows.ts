/** A block of a view as rows. */
import {stripVTControlCharacters} from 'node:util';
import {clip, padded, widthOf, wrap} from '../terminal/width.ts';
import type {Block} from '../view/types.ts';
import {fieldRows} from './field-rows.ts';
import {drawBar, lineRows} from './line-rows.ts';
import {blankRow, type Room, type Row} from './row.ts';

/** The rows of a block, each at most `width` columns. A scroll block gives all of its rows: who calls cuts them. */
export const blockRows = (block: Block, room: Room): readonly Row[] => {
	switch (block.block) {
		case 'lines':
		case 'scroll':
			return lineRows(block.lines, room);
		case 'choices':
			return choiceRows(block, room);
		case 'field':
			return fieldRows(block, room);
		case 'tail':
			return tailRows(block, room);
		case 'progress':
			return progressRows(block, room);
		case 'gap':
			return [blankRow];
	}
};

type Kind<Name extends Block['block']> = Extract<Block, {block: Name}>;

/** A window of the items around the highlighted one; what was typed to filter them stands above. */
const choiceRows = ({items, at, filter, active}: Kind<'choices'>, {width, glyphs, choices}: Room): readonly Row[] => {
	const long = items.length > choices || filter !== '';
	const shown = Math.max(1, long ? choices - 1 : choices);
	const from = Math.max(0, Math.min(at - Math.floor(shown / 2), items.length - shown));
	const window = items
		.slice(from, from + shown)
		.map(item => ({...item, label: glyphs.text(item.label), note: glyphs.text(item.note ?? '')}));
	const indent = '    ';
	const space = width - indent.length - 6;
	const labels = Math.min(space, Math.max(0, ...window.map(({label}) => widthOf(label))));
	const notes = space - labels - 2;
	const filterRow = (): Row => {
		const count = items.length === 0 ? 'none has it' : `${at + 1} of ${items.length}`;
		const typed = glyphs.text(filter);
		const text = filter === '' ? 'type to find' : `with ${typed}`;
		return {
			parts: [
				{text: `${indent}${text}`, tone: 'quiet'},
				{text: `   ${count}`, tone: 'quiet'},
			],
			...(filter !== '' && {field: {value: '', cursor: indent.length + 5 + widthOf(typed)}}),
			anchor: true,
		};
	};
	return [
		...(long ? [filterRow()] : []),
		...window.map(
			({label, note, chosen}, index): Row => ({
				parts: [{text: indent, tone: 'plain'}],
				choice: {
					label: notes >= 12 && note !== '' ? padded(label, labels) : clip(label, space, glyphs.ellipsis),
					note: notes >= 12 ? clip(note, notes, glyphs.ellipsis) : '',
					chosen,
					at: active && from + index === at,
				},
				anchor: active,
				focus: active && from + index === at,
			}),
		),
		...wholeRows(window[at - from], {labels: space, notes, width: width - indent.length, glyphs}, active),
	];
};

/** What did not fit of the highlighted one stands under the list, all of it. */
const wholeRows = (
	item: {readonly label: string; readonly note: string} | undefined,
	{labels, notes, width, glyphs}: {labels: number; notes: number; width: number; glyphs: Room['glyphs']},
	active: boolean,
): readonly Row[] => {
	if (item === undefined || !active) return [];
	const {label, note} = item;
	const cut = widthOf(label) > labels || (note !== '' && (notes < 12 || widthOf(note) > notes));
	if (!cut) return [];
	const text = glyphs.text(note === '' ? label : `${label}: ${note}`);
	return wrap(text, Math.max(20, width - 2)).map(
		(row): Row => ({parts: [{text: `      ${row}`, tone: 'quiet'}], anchor: true}),
	);
};

/** A heading in a rule, and as many rows as were asked for, filled or not: the box does not move. */
const tailRows = ({title, lines, rows}: Kind<'tail'>, {width, glyphs, tail}: Room): readonly Row[] => {
	const height = Math.min(rows, tail);
	if (height < 1) return [];
	const head = ` ${clip(glyphs.text(title), width - 6, glyphs.ellipsis)} `;
	const shown = lines
		.slice(-height)
		.map(line => clip(glyphs.text(stripVTControlCharacters(line)), width - 2, glyphs.ellipsis));
	return [
		{
			parts: [
				{text: ` ${head}`, tone: 'bold'},
				{text: glyphs.rule.repeat(Math.max(0, width - widthOf(head) - 1)), tone: 'quiet'},
			],
		},
		...Array.from({length: height}, (_, index): Row => ({parts: [{text: `  ${shown[index] ?? ''}`, tone: 'plain'}]})),
	];
};

const progressRows = ({label, done, of, right = ''}: Kind<'progress'>, {width, glyphs}: Room): readonly Row[] => {
	const numbers = `${done} of ${of}${right === '' ? '' : `  ${right}`}`;
	const columns = Math.min(40, width - label.length - numbers.length - 8);
	return [
		{
			parts: [
				{text: `  ${label}  `, tone: 'quiet'},
				...(columns >= 6 ? drawBar({done, of}, columns, glyphs) : []),
				{text: `${columns >= 6 ? '  ' : ''}${numbers}`, tone: 'plain'},
			],
		},
	];
};
