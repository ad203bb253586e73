/**
 * Undo of an edit is an edit: the old value goes back where the key still holds ours, and what others changed since stays.
 * Where somebody changed the very thing that we set, that is a conflict, and the operator sees the difference.
 */
import {createTwoFilesPatch} from 'diff';
import {Fault} from '#model/fault.ts';
import {type Editor, type Span, spliced} from '../editor.ts';
import {editorFor, type FormatName} from '../formats.ts';
import {wholeLines} from '../lines.ts';
import {holdsSecret} from './setting-records.ts';
import {takeBack} from './three-way.ts';

/** `was` and `became` are the file before and after the edit, `current` is what it holds now. Secrets in the settings may be unknown. */
export type RevertInput = {
	readonly format: FormatName;
	readonly settings: readonly unknown[];
	readonly current: string;
	readonly was: string;
	readonly became: string;
};
/** `diff` shows what somebody changed since; never the value of a setting that holds a secret. */
export type Conflict = {readonly name: string; readonly diff: string};
export type Reverted = {readonly result: string; readonly conflicts: readonly Conflict[]};

/** The file with the edit taken back as far as it can be. With `current` as the edit left it, that is `was`. */
export const revertEdit = ({format, settings, current, was, became}: RevertInput): Reverted => {
	if (current === became || current === was) return {result: was, conflicts: []};
	const editor = editorFor(format);
	const all = settings.map(setting => ({
		setting,
		was: owned(editor, was, setting),
		became: owned(editor, became, setting),
		current: owned(editor, current, setting),
	}));
	const open = all.filter(one => !same(one.was, one.became) && !same(one.current, one.was));
	if (all.every(one => one.current === undefined)) return unread(editor, {was, became, current}, open);
	const ours = open.filter(one => same(one.current, one.became));
	const theirs = open.filter(one => !ours.includes(one));
	const direct = ours.filter(one => one.was?.length === one.became?.length);
	const fits = (from: string, to: string): boolean =>
		all.every(({setting}) => owned(editor, to, setting) || !owned(editor, from, setting)) &&
		keeps(editor, theirs, from, to);
	const [now, base] = [
		inPlace(
			current,
			direct.map(one => [one.current, one.was]),
		),
		inPlace(
			became,
			direct.map(one => [one.became, one.was]),
		),
	];
	let result = fits(current, now) ? now : current;
	const merged = takeBack(was, result === now ? base : became, result).text;
	if (theirs.every(one => one.current) && fits(result, merged)) result = merged;
	const conflicts: Conflict[] = [];
	for (const one of ours.filter(({setting, was: before}) => !same(owned(editor, result, setting), before))) {
		const others = all.filter(other => other !== one);
		const clean =
			one.was?.length === 0
				? cuts(result, owned(editor, result, one.setting)).find(
						cut => same(owned(editor, cut, one.setting), []) && keeps(editor, others, result, cut),
					)
				: undefined;
		if (clean !== undefined) result = clean;
		else
			conflicts.push({
				name: editor.name(one.setting),
				diff: draw(one.setting, ['as found', one.current], ['as it was', one.was]),
			});
	}
	for (const one of theirs) {
		const less = withoutIt(editor, one.setting, was, result);
		if (less === undefined)
			conflicts.push({
				name: editor.name(one.setting),
				diff: draw(one.setting, ['as set', one.became], ['as found', one.current]),
			});
		else result = less;
	}
	return {result, conflicts};
};

type Piece = Span & {readonly text: string};
/** What a setting owns in a text; undefined when the text cannot be read, or what it owns cannot be told. */
type Owned = readonly Piece[] | undefined;

const owned = (editor: Editor<unknown>, source: string, setting: unknown): Owned => {
	try {
		const spans =
			editor.ownsAll?.(source, setting) ?? [editor.owns(source, setting)].filter(span => span !== undefined);
		return spans.map(span => ({...span, text: source.slice(span.start, span.end)}));
	} catch (error) {
		if (error instanceof Fault) return undefined;
		throw error;
	}
};

/** A last line gains a newline when others come behind it; that is no change of the setting. */
const same = (a: Owned, b: Owned): boolean =>
	a !== undefined &&
	b !== undefined &&
	a.length === b.length &&
	a.every((one, at) => bare(one.text) === bare(b[at]?.text ?? ''));

const bare = (text: string): string => text.replace(/\r?\n$/, '');

/** The source with pieces of it replaced; what lies inside another piece goes with that one. */
const inPlace = (source: string, pairs: readonly (readonly [Owned, Owned])[]): string => {
	const changes = pairs.flatMap(([now = [], before = []]) =>
		now.map((piece, at) => {
			const old = before[at];
			const ending = old && /\r?\n$/.exec(piece.text)?.[0];
			return {start: piece.start, end: piece.end, text: [old ? bare(old.text) + (ending ?? '') : '']};
		}),
	);
	const sorted = changes.toSorted((a, b) => a.start - b.start || b.end - a.end);
	return spliced(
		source,
		sorted.filter(
			(one, at) =>
				!sorted
					.slice(0, at)
					.some(before => one.start < before.end || (one.start === before.start && one.end === before.end)),
		),
	);
};

/** The ways to take pieces out: as they are, as an element with the comma behind it, or with the one before it. */
const cuts = (source: string, pieces: Owned = []): readonly string[] =>
	[
		(piece: Span): Span => piece,
		({start, end}: Span): Span =>
			wholeLines(source, {start, end: end + (/^[ \t]*,/.exec(source.slice(end))?.[0].length ?? 0)}),
		({start, end}: Span): Span => ({
			start: start - (/,[ \t\v\f\r\n]*$/.exec(source.slice(0, start))?.[0].length ?? 0),
			end,
		}),
	].map(widen => inPlace(source, [[pieces.map(piece => ({...widen(piece), text: ''})), []]]));

/** Does every one of these own the same after a change as before it? */
const keeps = (
	editor: Editor<unknown>,
	these: readonly {readonly setting: unknown}[],
	from: string,
	to: string,
): boolean =>
	these.every(({setting}) => {
		const before = owned(editor, from, setting);
		return before === undefined || same(owned(editor, to, setting), before);
	});

/** A file that no longer parses is only taken back where all of our lines still stand in it. */
const unread = (
	editor: Editor<unknown>,
	texts: {readonly was: string; readonly became: string; readonly current: string},
	open: readonly {readonly setting: unknown; readonly became: Owned}[],
): Reverted => {
	const merged = takeBack(texts.was, texts.became, texts.current);
	if (merged.done) return {result: merged.text, conflicts: []};
	return {
		result: texts.current,
		conflicts: open.map(({setting, became}) => ({
			name: editor.name(setting),
			diff: draw(setting, ['as set', became], ['as found: the file cannot be read any more', undefined]),
		})),
	};
};

/** The file without what the setting added to a shared line, when it was not there before; undefined where that cannot be said. */
const withoutIt = (editor: Editor<unknown>, setting: unknown, was: string, now: string): string | undefined => {
	const less = editor.without?.(setting);
	try {
		return less === undefined || editor.edit(was, [less]).length > 0
			? undefined
			: spliced(now, editor.edit(now, [less]));
	} catch (error) {
		if (error instanceof Fault) return undefined;
		throw error;
	}
};

const draw = (setting: unknown, from: readonly [string, Owned], to: readonly [string, Owned]): string => {
	if (holdsSecret(setting)) return 'The value is a secret and is not shown; it is not the one that was set.';
	const [before, after] = [from, to].map(([, pieces]) => (pieces ?? []).map(({text}) => text).join(''));
	return createTwoFilesPatch(from[0], to[0], before ?? '', after ?? '', undefined, undefined, {context: 1});
};
