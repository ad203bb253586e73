/** The body of a screen cut to its height: what is pinned stays whole at the bottom, the rest scrolls around what is highlighted. */
import type {Glyphs} from '../terminal/glyphs.ts';
import {widthOf} from '../terminal/width.ts';
import type {Block, View} from '../view/types.ts';
import {blockRows} from './block-rows.ts';
import {cut, fit, squeeze, type Window} from './fit.ts';
import {blankRow, type Room, type Row} from './row.ts';

type Space = {readonly width: number; readonly height: number; readonly glyphs: Glyphs};

/** Exactly as many rows as there are where something is pinned, else at most. */
export const bodyWindow = (view: View, {width, height, glyphs}: Space): Window => {
	const room: Room = {
		width,
		glyphs,
		choices: Math.max(3, height - 7),
		tail: 0,
		fieldLabels: Math.min(
			Math.floor(width * 0.45),
			Math.max(
				0,
				...view.body.map(block => (block.block === 'field' && !block.active ? widthOf(glyphs.text(block.label)) : 0)),
			),
		),
	};
	const {pinned, left} = pin(view, room, height);
	const body = upper(view.body, room, left);
	const fill = pinned.length > 0 ? Array.from({length: Math.max(0, left - body.rows.length)}, () => blankRow) : [];
	return {...body, rows: view.close ? [...body.rows, ...pinned, ...fill] : [...body.rows, ...fill, ...pinned]};
};

/** The pinned rows, of which the box of last lines gives way first, and the rows that are left. */
const pin = (view: View, room: Room, height: number): {readonly pinned: readonly Row[]; readonly left: number} => {
	const blocks = view.pinned ?? [];
	const rowsOf = (tail: number): readonly Row[] => blocks.flatMap(block => blockRows(block, {...room, tail}));
	const natural = view.body.some(({block}) => block === 'scroll')
		? height
		: view.body.flatMap(block => blockRows(block, room)).length;
	const least = Math.min(natural, Math.max(3, Math.floor(height / 2)));
	const fixed = rowsOf(0).length;
	const whole = rowsOf(Math.max(0, height - Math.min(natural, height) - fixed - 1));
	const tight = rowsOf(Math.max(0, height - least - fixed - 1));
	const rows = blocks.some(({block}) => block === 'tail') ? (whole.length > fixed + 3 ? whole : tight) : rowsOf(0);
	const cutDown = fit(squeeze(rows, height - least), Math.max(1, height - Math.min(least, 3))).rows;
	return {pinned: cutDown, left: height - cutDown.length};
};

const upper = (blocks: readonly Block[], room: Room, height: number): Window => {
	const index = blocks.findIndex(({block}) => block === 'scroll');
	const scroll = blocks[index];
	if (scroll?.block !== 'scroll')
		return fit(
			blocks.flatMap(block => blockRows(block, room)),
			height,
		);
	const before = blocks.slice(0, index).flatMap(block => blockRows(block, room));
	const after = blocks.slice(index + 1).flatMap(block => blockRows(block, room));
	const left = Math.max(3, height - before.length - after.length);
	const from = blockRows({...scroll, lines: scroll.lines.slice(0, scroll.scroll)}, room).length;
	const window = cut(blockRows(scroll, room), from, left);
	return {
		above: window.above + (scroll.before ?? 0),
		below: window.below + (scroll.after ?? 0),
		rows: [...before, ...window.rows, ...after].slice(0, height),
	};
};
