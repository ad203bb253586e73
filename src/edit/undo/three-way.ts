/** What was changed from one text to another is undone in a third that came of it, line by line, where nobody has touched those lines since. */
import {diffArrays} from 'diff';
import {linesOf} from '../lines.ts';

/** `done` is false when some of it could not be undone; `text` then has the rest undone. */
export type Merged = {readonly text: string; readonly done: boolean};

/** Takes `current`, which came of `became`, back to `was` as far as its lines still are those of `became`. */
export const takeBack = (was: string, became: string, current: string): Merged => {
	const [old, made, now] = [was, became, current].map(text =>
		linesOf(text).map(line => text.slice(line.start, line.next)),
	) as [string[], string[], string[]];
	const place = placesIn(made, now);
	const out: string[] = [];
	let from = 0;
	let done = true;
	for (const hunk of hunksOf(made, old)) {
		const at = startOf(hunk, place, now.length);
		if (at === undefined || at < from) {
			done = false;
			continue;
		}
		out.push(...now.slice(from, at), ...hunk.lines);
		from = at + hunk.count;
	}
	out.push(...now.slice(from));
	return {text: joined(out, current), done};
};

/** `count` lines from `start` give way to `lines`. */
type Hunk = {readonly start: number; readonly count: number; readonly lines: readonly string[]};

const hunksOf = (from: readonly string[], to: readonly string[]): readonly Hunk[] => {
	const hunks: Hunk[] = [];
	let at = 0;
	let open: Hunk | undefined;
	for (const part of diffArrays([...from], [...to])) {
		if (!part.added && !part.removed) {
			if (open) hunks.push(open);
			open = undefined;
			at += part.value.length;
			continue;
		}
		open ??= {start: at, count: 0, lines: []};
		open = part.added
			? {...open, lines: [...open.lines, ...part.value]}
			: {...open, count: open.count + part.value.length};
		if (part.removed) at += part.value.length;
	}
	return open ? [...hunks, open] : hunks;
};

/** For each line of the first, where it is in the second. */
const placesIn = (from: readonly string[], to: readonly string[]): ReadonlyMap<number, number> => {
	const places = new Map<number, number>();
	let [a, b] = [0, 0];
	for (const part of diffArrays([...from], [...to])) {
		if (!part.added && !part.removed) for (let n = 0; n < part.value.length; n++) places.set(a + n, b + n);
		if (!part.added) a += part.value.length;
		if (!part.removed) b += part.value.length;
	}
	return places;
};

/** Lines to go must stand together; lines to come need the line before or behind them still there, or go behind all where there was none. */
const startOf = ({start, count}: Hunk, place: ReadonlyMap<number, number>, length: number): number | undefined => {
	const first = place.get(start);
	if (count > 0) return first !== undefined && place.get(start + count - 1) === first + count - 1 ? first : undefined;
	const before = place.get(start - 1);
	return before === undefined ? (first ?? (start === 0 ? length : undefined)) : before + 1;
};

/** A line that was the last one, without a newline, may have others behind it now. */
const joined = (lines: readonly string[], current: string): string =>
	lines
		.map((line, at) =>
			at === lines.length - 1 || line.endsWith('\n') ? line : `${line}${current.includes('\r\n') ? '\r\n' : '\n'}`,
		)
		.join('');
