/** The keys that work now, on one line or two; those that do not fit give way from the middle, so that the way out is always named. */
import type {Glyphs} from '../terminal/glyphs.ts';
import {widthOf} from '../terminal/width.ts';
import type {View} from '../view/types.ts';
import type {Part} from './row.ts';

type Entry = {readonly key: string; readonly does: string};

/** The lines of the footer. */
export const footerRows = (keys: View['keys'], columns: number, glyphs: Glyphs): readonly (readonly Part[])[] => {
	const entries = keys.map(({key, does}) => ({key: glyphs.keys[key] ?? key, does: glyphs.text(does)}));
	for (const space of [3, 2]) {
		if (widthOfAll(entries, space) <= columns - 2) return [parts(entries, space)];
	}
	let left = entries;
	for (;;) {
		const lines = broken(left, columns - 2);
		if (lines.length <= 2 || left.length <= 2) return lines.slice(0, 2).map(line => parts(line, 2));
		const middle = Math.ceil(left.length / 2);
		left = [...left.slice(0, middle), ...left.slice(middle + 1)];
	}
};

const widthOfOne = ({key, does}: Entry): number => widthOf(key) + 1 + widthOf(does);
const widthOfAll = (entries: readonly Entry[], space: number): number =>
	entries.reduce((sum, entry) => sum + widthOfOne(entry), 0) + Math.max(0, entries.length - 1) * space;

const broken = (entries: readonly Entry[], columns: number): readonly (readonly Entry[])[] => {
	const lines: Entry[][] = [[]];
	for (const entry of entries) {
		const line = lines.at(-1)!;
		if (line.length > 0 && widthOfAll([...line, entry], 2) > columns) lines.push([entry]);
		else line.push(entry);
	}
	return lines;
};

const parts = (entries: readonly Entry[], space: number): readonly Part[] =>
	entries.flatMap(({key, does}, index): readonly Part[] => [
		{text: `${index === 0 ? ' ' : ' '.repeat(space)}${key}`, tone: 'accent'},
		{text: ` ${does}`, tone: 'plain'},
	]);
