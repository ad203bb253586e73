/** A labelled value as rows. The one being edited shows the part around its cursor where it is longer than the screen is wide. */

import {clip, padded, widthOf} from '../terminal/width.ts';
import type {Block} from '../view/types.ts';
import {lineRows} from './line-rows.ts';
import {markTone, type Part, type Room, type Row} from './row.ts';

type FieldBlock = Extract<Block, {block: 'field'}>;

/** The row of the value and, below it, its note. */
export const fieldRows = (block: FieldBlock, room: Room): readonly Row[] => [
	block.active ? activeRow(block, room) : quietRow(block, room),
	...(block.note ? lineRows([block.note], room).map(row => (block.active ? {...row, anchor: true} : row)) : []),
];

const activeRow = ({label, graphemes, cursor}: FieldBlock, {width, glyphs}: Room): Row => {
	const head: readonly Part[] = [
		{
			text: label === '' ? '    ' : `  ${clip(glyphs.text(label), Math.floor(width / 2), glyphs.ellipsis)}  `,
			tone: 'plain',
		},
		{text: `${glyphs.prompt} `, tone: 'accent'},
	];
	const before = head.reduce((sum, {text}) => sum + widthOf(text), 0);
	const shown = around(graphemes.map(glyphs.text), cursor, Math.max(3, width - before), glyphs.ellipsis);
	return {parts: head, field: {value: shown.text, cursor: before + shown.cursor}, anchor: true, focus: true};
};

/** The graphemes around the cursor that fit, with room for the cursor itself after the last. */
const around = (
	graphemes: readonly string[],
	cursor: number,
	width: number,
	ellipsis: string,
): {readonly text: string; readonly cursor: number} => {
	const widths = graphemes.map(widthOf);
	const between = (from: number, to: number): number => widths.slice(from, to).reduce((sum, one) => sum + one, 0);
	if (between(0, graphemes.length) + 1 <= width) return {text: graphemes.join(''), cursor: between(0, cursor)};
	const edge = widthOf(ellipsis);
	let from = 0;
	while (between(from, cursor) + 1 + (from > 0 ? edge : 0) + edge > width && from < cursor) from++;
	const left = from > 0 ? edge : 0;
	let to = cursor;
	while (to < graphemes.length && left + between(from, to + 1) + edge + 1 <= width) to++;
	return {
		text: `${from > 0 ? ellipsis : ''}${graphemes.slice(from, to).join('')}${to < graphemes.length ? ellipsis : ''}`,
		cursor: left + between(from, cursor),
	};
};

const quietRow = ({label, graphemes, mark, right = ''}: FieldBlock, {width, glyphs, fieldLabels}: Room): Row => {
	const head: readonly Part[] = [
		{text: '  ', tone: 'plain'},
		{text: `${mark === undefined ? ' ' : glyphs.marks[mark]} `, tone: mark === undefined ? 'plain' : markTone[mark]},
		{text: `${padded(clip(glyphs.text(label), fieldLabels, glyphs.ellipsis), fieldLabels)}  `, tone: 'plain'},
	];
	const space = width - fieldLabels - 6;
	const from = glyphs.text(right);
	const room = space - widthOf(from) - 2;
	const value = glyphs.text(graphemes.join(''));
	const fits = from !== '' && room >= Math.min(10, widthOf(value));
	if (!fits) return {parts: [...head, {text: clip(value, space, glyphs.ellipsis), tone: 'plain'}]};
	return {
		parts: [
			...head,
			{text: `${padded(clip(value, room, glyphs.ellipsis), room)}  `, tone: 'plain'},
			{text: from, tone: 'quiet'},
		],
	};
};
