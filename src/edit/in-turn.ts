/**
 * A file gets several settings at once, and a later one may need what an earlier one made: the new dict, the new section.
 * So each is applied to what those before it left; the secrets among that are stand-ins, and only the splices against the original come out.
 */
import type {Secret, Text} from '#model/secret.ts';
import {type Editor, refusal, type Span, type Splice} from './editor.ts';
import {inTime} from './in-time.ts';
import {holdsSecret} from './undo/setting-records.ts';

/** What a format must say; `edit` is made of it. */
export type Parts<Setting> = {
	readonly format: string;
	name(setting: Setting): string;
	/** The splices for one setting, ascending; empty when it holds. */
	one(source: string, setting: Setting): readonly Splice[];
	/** Every span the setting owns, ascending. */
	all(source: string, setting: Setting): readonly Span[];
	/** How a secret is stood in for while later settings are worked out; a literal of the format. */
	readonly standIn?: (n: number) => string;
};

export const editorOf = <Setting>(parts: Parts<Setting>): Editor<Setting> => ({
	format: parts.format,
	name: parts.name,
	owns: (source, setting) => parts.all(source, setting)[0],
	ownsAll: parts.all,
	edit: (source, settings) => inTime(parts.format, () => editInTurn(parts, source, settings)),
});

const editInTurn = <Setting>(
	parts: Parts<Setting>,
	source: string,
	settings: readonly Setting[],
): readonly Splice[] => {
	refuseTwice(parts, settings);
	let pieces: readonly Piece[] = [{shown: source, from: 0}];
	let now = source;
	for (const setting of settings) {
		const splices = parts.one(now, setting);
		if (splices.length === 0) continue;
		pieces = put(pieces, splices, parts.standIn ?? plainStandIn);
		now = pieces.map(piece => piece.shown).join('');
	}
	if (now !== source && settings.length > 1) refuseQuarrel(parts, now, settings);
	return spliceList(source, pieces);
};

/** A stretch of the original, or new text; a secret is one piece that cannot be cut. */
type Piece = {readonly shown: string; readonly from?: number; readonly secret?: Secret};

const plainStandIn = (n: number): string => `"hs0secret${n}"`;

const put = (
	pieces: readonly Piece[],
	splices: readonly Splice[],
	standIn: (n: number) => string,
): readonly Piece[] => {
	const out: Piece[] = [];
	let at = 0;
	for (const one of splices) {
		if (one.start < at || one.end < one.start) throw new RangeError('splices overlap or run backwards');
		out.push(
			...cut(pieces, at, one.start),
			...one.text.map(part => (typeof part === 'string' ? {shown: part} : {shown: standIn(next++), secret: part})),
		);
		at = one.end;
	}
	out.push(...cut(pieces, at, Number.POSITIVE_INFINITY));
	return out.filter(piece => piece.shown !== '');
};

/** Numbers stand-ins, so that no two secrets of a process look alike. */
let next = 0;

const cut = (pieces: readonly Piece[], from: number, to: number): readonly Piece[] => {
	const out: Piece[] = [];
	let at = 0;
	for (const piece of pieces) {
		const start = Math.max(from - at, 0);
		const end = Math.min(to - at, piece.shown.length);
		if (start < end) {
			const shown = piece.shown.slice(start, end);
			if (piece.secret && shown !== piece.shown) throw new RangeError('a splice goes through a secret');
			out.push({...piece, shown, ...(piece.from !== undefined && {from: piece.from + start})});
		}
		at += piece.shown.length;
	}
	return out;
};

const spliceList = (source: string, pieces: readonly Piece[]): readonly Splice[] => {
	const out: Splice[] = [];
	let at = 0;
	let text: Text[number][] = [];
	const flush = (end: number): void => {
		const same = text.every(part => typeof part === 'string') && text.join('') === source.slice(at, end);
		if (!same) out.push({start: at, end, text});
		text = [];
	};
	for (const piece of pieces) {
		if (piece.from === undefined) {
			text.push(piece.secret ?? piece.shown);
			continue;
		}
		flush(piece.from);
		at = piece.from + piece.shown.length;
	}
	flush(source.length);
	return out;
};

const refuseTwice = <Setting>({format, name}: Parts<Setting>, settings: readonly Setting[]): void => {
	const seen = new Set<string>();
	for (const setting of settings) {
		const it = name(setting);
		if (seen.has(it)) throw refusal(format, `${it} is to be set twice`, 'Give each setting once.');
		seen.add(it);
	}
};

const refuseQuarrel = <Setting>(parts: Parts<Setting>, now: string, settings: readonly Setting[]): void => {
	for (const setting of settings) {
		if (!holdsSecret(setting) && parts.one(now, setting).length > 0) {
			throw refusal(
				parts.format,
				`${parts.name(setting)} cannot hold together with the settings after it`,
				'Take one of them out.',
			);
		}
	}
};
