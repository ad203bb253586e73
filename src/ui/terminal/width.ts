/** Text by the columns it takes on a terminal: cut and broken between graphemes, so that a wide character is never halved. */
import stringWidth from 'string-width';

/** Columns; control characters take none. */
export const widthOf = (text: string): number => (plain.test(text) ? text.length : stringWidth(text));

/** At most so many columns; what is cut ends with the ellipsis. */
export const clip = (text: string, columns: number, ellipsis: string): string => {
	if (widthOf(text) <= columns) return text;
	const room = columns - widthOf(ellipsis);
	return room < 0 ? fit(text, columns) : `${fit(text, room)}${ellipsis}`;
};

/** Filled with spaces to so many columns. */
export const padded = (text: string, columns: number): string =>
	text + ' '.repeat(Math.max(0, columns - widthOf(text)));

/** Broken at spaces into rows of at most so many columns; a word that is longer is broken inside. Leading spaces stay, as in a diff. */
export const wrap = (text: string, columns: number): readonly string[] => {
	const rows: string[] = [];
	let row = '';
	for (const word of text.match(/^\s*\S+|\s+\S+|\s+$/g) ?? []) {
		if (widthOf(row) + widthOf(word) <= columns) {
			row += word;
			continue;
		}
		if (row !== '') rows.push(row);
		row = row === '' ? word : word.trimStart();
		while (widthOf(row) > columns) {
			const first = fit(row, Math.max(1, columns)) || (graphemesOf(row)[0] ?? '');
			rows.push(first);
			row = row.slice(first.length);
		}
	}
	return [...rows, ...(row !== '' || rows.length === 0 ? [row.trimEnd()] : [])];
};

/** As people count letters. */
export const graphemesOf = (text: string): readonly string[] =>
	plain.test(text) ? [...text] : [...segmenter.segment(text)].map(({segment}) => segment);

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** What most lines are, at no cost. */
const plain = /^[ -~]*$/;

const fit = (text: string, columns: number): string => {
	let taken = '';
	let width = 0;
	for (const grapheme of graphemesOf(text)) {
		width += widthOf(grapheme);
		if (width > columns) break;
		taken += grapheme;
	}
	return taken;
};
