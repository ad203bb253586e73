/** A line of a view as rows: pointer, mark, label column, text, bar, and what stands at the right edge. */
import type {Glyphs} from '../terminal/glyphs.ts';
import {clip, padded, widthOf, wrap} from '../terminal/width.ts';
import type {Line} from '../view/types.ts';
import {blankRow, markTone, type Part, type Room, type Row} from './row.ts';

/** Rows of lines that share a label column. */
export const lineRows = (lines: readonly Line[], room: Room): readonly Row[] => {
	const widest = Math.max(0, ...lines.map(({label}) => (label === undefined ? 0 : widthOf(room.glyphs.text(label)))));
	const labels = Math.min(widest, Math.floor(room.width * 0.45));
	return lines.flatMap(line => rowsOf(line, labels, room));
};

const rowsOf = (line: Line, labels: number, {width, glyphs}: Room): readonly Row[] => {
	if (line.text === '' && line.label === undefined && line.mark === undefined && !line.at) return [blankRow];
	const head = headOf(line, glyphs);
	const label: readonly Part[] =
		line.label === undefined
			? []
			: [
					{
						text: `${padded(clip(glyphs.text(line.label), labels, glyphs.ellipsis), labels)}  `,
						tone: line.tone ?? 'plain',
					},
				];
	const left = [...head, ...label];
	const before = left.reduce((sum, {text}) => sum + widthOf(text), 0);
	const wanted = line.right === undefined ? '' : glyphs.text(line.right);
	const right = wanted !== '' && width - before - widthOf(wanted) - 2 >= 8 ? wanted : '';
	const space = Math.max(1, width - before - (right === '' ? 0 : widthOf(right) + 2));
	const texts = textRows(line, space, glyphs);
	const keep = line.at ? {anchor: true, focus: true} : {};
	return texts.map((parts, index): Row => {
		if (index > 0)
			return {parts: [{text: ' '.repeat(before), tone: 'plain'}, ...parts], ...(line.at && {anchor: true})};
		if (right === '') return {parts: [...left, ...parts], ...keep};
		const used = parts.reduce((sum, {text}) => sum + widthOf(text), 0);
		return {
			parts: [...left, ...parts, {text: ' '.repeat(space - used + 2), tone: 'plain'}, {text: right, tone: 'quiet'}],
			...keep,
		};
	});
};

const headOf = ({at, indent = 0, mark}: Line, glyphs: Glyphs): readonly Part[] => [
	{text: `${at ? glyphs.pointer : ' '} ${' '.repeat(indent)}`, tone: 'accent'},
	...(mark === undefined ? [] : [{text: `${glyphs.marks[mark]} `, tone: markTone[mark]}]),
];

const textRows = (
	{text, tone = 'plain', wrap: whole, bar}: Line,
	space: number,
	glyphs: Glyphs,
): readonly (readonly Part[])[] => {
	const shown = glyphs.text(text);
	if (bar) return [barParts(shown, bar, space, glyphs)];
	if (whole) return wrap(shown, space).map(row => [{text: row, tone}]);
	return [[{text: clip(shown, space, glyphs.ellipsis), tone}]];
};

const barParts = (
	text: string,
	bar: {readonly done: number; readonly of: number},
	space: number,
	glyphs: Glyphs,
): readonly Part[] => {
	const numbers = `${bar.done} of ${bar.of}`;
	const words = clip(text, Math.max(0, space - numbers.length - 14), glyphs.ellipsis);
	const columns = Math.min(24, space - widthOf(words) - numbers.length - 4);
	if (columns < 6) return [{text: clip(`${numbers}  ${text}`, space, glyphs.ellipsis), tone: 'bold'}];
	return [
		{text: words === '' ? '' : `${words}  `, tone: 'bold'},
		...drawBar(bar, columns, glyphs),
		{text: `  ${numbers}`, tone: 'plain'},
	];
};

/** How far something is, in so many columns. */
export const drawBar = (
	{done, of}: {readonly done: number; readonly of: number},
	columns: number,
	{bar}: Glyphs,
): readonly Part[] => {
	const halves = of > 0 ? Math.floor((Math.min(done, of) / of) * columns * 2) : 0;
	const full = Math.floor(halves / 2);
	const half = halves % 2;
	return [
		{text: bar.full.repeat(full) + bar.half.repeat(half), tone: 'accent'},
		{text: bar.rest.repeat(columns - full - half), tone: 'quiet'},
	];
};
