/** Cutting rows to the height there is: first the empty ones go, then a window stays around what is highlighted. */
import type {Row} from './row.ts';

export type Window = {readonly rows: readonly Row[]; readonly above: number; readonly below: number};

/** At most `height` rows. */
export const fit = (rows: readonly Row[], height: number): Window => windowOf(squeeze(rows, height), height);

/** Without as many of its empty rows, the last first, as it takes. */
export const squeeze = (rows: readonly Row[], height: number): readonly Row[] => {
	let over = rows.length - height;
	if (over <= 0) return rows;
	return rows
		.toReversed()
		.filter(row => !(row.blank && over-- > 0))
		.toReversed();
};

const windowOf = (rows: readonly Row[], height: number): Window => {
	if (rows.length <= height) return {rows, above: 0, below: 0};
	const first = Math.max(
		0,
		rows.findIndex(({anchor}) => anchor),
	);
	const last = Math.max(
		first,
		rows.findLastIndex(({anchor}) => anchor),
	);
	// Of a question its title and its field are highlighted: the field comes first.
	const focus = rows.findLastIndex(row => row.focus);
	const spare = Math.max(0, height - (last - first + 1));
	const wanted = rows.some(({anchor}) => anchor) ? first - Math.floor(spare / 2) : 0;
	const seen = focus < 0 ? wanted : Math.min(focus, Math.max(wanted, focus - height + 1));
	return cut(rows, seen, height);
};

/** The rows from one on, so far that the window stays full. */
export const cut = (rows: readonly Row[], from: number, height: number): Window => {
	const start = Math.max(0, Math.min(from, rows.length - height));
	return {rows: rows.slice(start, start + height), above: start, below: Math.max(0, rows.length - start - height)};
};
