/** A view as the rows of a screen of a given size: what the components paint and what the golden captures show. Never higher than the terminal less one row, never wider than it. */
import type {Glyphs} from '../terminal/glyphs.ts';
import {clip, padded, widthOf, wrap} from '../terminal/width.ts';
import type {View} from '../view/types.ts';
import {bodyWindow} from './body.ts';
import {fit} from './fit.ts';
import {footerRows} from './footer.ts';
import {lineRows} from './line-rows.ts';
import {blankRow, type Part, type Row} from './row.ts';

export type Size = {readonly columns: number; readonly rows: number};

export type Picture = {
	readonly top: readonly Part[];
	readonly upper: string;
	/** 0 where there is no list at the left. */
	readonly sideWidth: number;
	readonly side: readonly Row[];
	readonly body: readonly Row[];
	readonly notice: readonly Row[];
	readonly lower: string;
	readonly footer: readonly (readonly Part[])[];
	/** Where the real cursor stands, from the upper left corner. */
	readonly cursor: {readonly x: number; readonly y: number} | undefined;
};

const leastColumns = 40;
const leastRows = 12;

/** The picture, or undefined where there is no room for one. */
export const picture = (view: View, {columns, rows}: Size, glyphs: Glyphs): Picture | undefined => {
	if (columns < leastColumns || rows < leastRows) return undefined;
	const narrow = columns < 60 || rows < 18;
	const footer = footerRows(view.keys, columns, glyphs);
	const said =
		view.notice ?? (narrow ? ({text: 'More room (80x24) would show more.', tone: 'quiet'} as const) : undefined);
	const room = {width: columns - 1, glyphs, choices: 1, tail: 0, fieldLabels: 0};
	const notice = said ? lineRows([said], room).slice(0, 2) : [blankRow];
	const height = rows - 1 - 3 - footer.length - notice.length;
	const sideWidth = view.side.length > 0 && columns >= 72 ? widthOfSide(view, columns < 100 ? 25 : 36, glyphs) : 0;
	const side = fit(sideRows(view, sideWidth, glyphs), height).rows;
	const body = bodyWindow(view, {width: columns - 1 - sideWidth, height, glyphs});
	const at = body.rows.findIndex(({field}) => field?.cursor !== undefined);
	const column = body.rows[at]?.field?.cursor;
	return {
		top: topLine(view, columns, glyphs),
		upper: rule(columns, body.above, glyphs.above, glyphs),
		sideWidth,
		side,
		body: [...body.rows, ...Array.from({length: Math.max(0, height - body.rows.length)}, () => blankRow)],
		notice,
		lower: rule(columns, body.below, glyphs.below, glyphs),
		footer,
		cursor: column === undefined ? undefined : {x: sideWidth + column, y: 2 + at},
	};
};

/** What is shown where a picture has no room. */
export const moreRoom = ({columns, rows}: Size, glyphs: Glyphs): readonly string[] =>
	wrap(
		glyphs.text(
			`setup needs more room: ${leastColumns}x${leastRows} at least, 80x24 is good; this is ${columns}x${rows}. Nothing is lost, and what runs goes on.`,
		),
		Math.max(1, columns - 1),
	).slice(0, Math.max(1, rows - 1));

const topLine = ({title, place}: View, columns: number, glyphs: Glyphs): readonly Part[] => {
	const right = clip(glyphs.text(place), Math.max(10, Math.floor(columns * 0.6)), glyphs.ellipsis);
	const space = columns - 2 - widthOf(right) - 2;
	const left = clip(glyphs.text(title), Math.max(0, space), glyphs.ellipsis);
	return [
		{text: ` ${padded(left, Math.max(0, space))}  `, tone: 'bold'},
		{text: right, tone: 'plain'},
	];
};

/** The rule says how much lies beyond it. */
const rule = (columns: number, beyond: number, sign: string, glyphs: Glyphs): string => {
	if (beyond === 0) return glyphs.rule.repeat(columns);
	const said = ` ${sign} ${beyond} more `;
	return `${glyphs.rule.repeat(Math.max(0, columns - widthOf(said) - 2))}${said}${glyphs.rule.repeat(2)}`;
};

const widthOfSide = ({side}: View, most: number, glyphs: Glyphs): number =>
	Math.min(most, Math.max(12, ...side.map(({text}) => widthOf(glyphs.text(text)) + 5 + 1)));

/** The pointer is for lists that are walked; this one only says where one is. */
const sideRows = ({side}: View, width: number, glyphs: Glyphs): readonly Row[] => {
	if (width === 0) return [];
	const room = {width: width - 1, glyphs, choices: 1, tail: 0, fieldLabels: 0};
	return side.flatMap(({at, ...line}) =>
		lineRows([line], room).map(row => ({
			...row,
			// One column of margin here, two in the body.
			parts: row.parts.map((part, index) => (index === 0 ? {...part, text: part.text.slice(1)} : part)),
			...(at && {anchor: true, focus: true}),
		})),
	);
};
