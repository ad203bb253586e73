/**
 * What every configuration format offers. An editor parses only to find spans; it never prints a parsed tree back, so
 * every byte it was not asked about stays. A source that does not parse is refused with line and column.
 */
import {Fault} from '#model/fault.ts';
import {reveal, showText, type Text} from '#model/secret.ts';

/** Offsets in UTF-16 code units of the source. */
export type Span = {readonly start: number; readonly end: number};
export type Splice = Span & {readonly text: Text};

export interface Editor<Setting> {
	readonly format: string;
	/**
	 * The splices after which every setting holds, ascending and not overlapping; empty when they hold already.
	 * `edit(edit(x)) = edit(x)`. Throws Fault 'edit.parse' (with line and column) or 'edit.refused' (computed or twice-assigned values).
	 */
	edit(source: string, settings: readonly Setting[]): readonly Splice[];
	/** The span that the setting owns in the source (a whole line or statement with its newline); undefined when it is not there. */
	owns(source: string, setting: Setting): Span | undefined;
	/** Every such span, ascending, where a setting may stand in several places (`save` lines); without it, `owns` is all. */
	ownsAll?(source: string, setting: Setting): readonly Span[];
	/** The setting that takes away what this one adds to something shared (a service in a list), for an undo after others have added to it. */
	without?(setting: Setting): Setting;
	/** How the setting is named in a plan: `http.server_tokens`, `DATABASES['ldap']['PASSWORD']`. */
	name(setting: Setting): string;
}

/** The source with the splices applied, secrets still in their boxes. */
export const splice = (source: string, splices: readonly Splice[]): Text => {
	const parts: Text[number][] = [];
	let at = 0;
	for (const one of splices) {
		if (one.start < at || one.end < one.start) throw new RangeError('splices overlap or run backwards');
		parts.push(source.slice(at, one.start), ...one.text);
		at = one.end;
	}
	parts.push(source.slice(at));
	return parts.filter(part => part !== '');
};

/** The same for a screen: what stood where a secret goes is masked as well. */
export const spliceShown = (
	source: string,
	splices: readonly Splice[],
): {readonly before: string; readonly after: string} => {
	const masked = splices.map(one =>
		one.end > one.start && one.text.some(part => typeof part !== 'string')
			? {...one, before: '••••(what was there)'}
			: {...one, before: source.slice(one.start, one.end)},
	);
	const draw = (pick: (one: (typeof masked)[number]) => string): string => {
		let at = 0;
		let out = '';
		for (const one of masked) {
			out += source.slice(at, one.start) + pick(one);
			at = one.end;
		}
		return out + source.slice(at);
	};
	return {before: draw(one => one.before), after: draw(one => showText(one.text))};
};

/** For tests and for checks of drafts that hold no secret. */
export const spliced = (source: string, splices: readonly Splice[]): string => reveal(splice(source, splices));

/** Fault 'edit.parse' at an offset of the source. */
export const parseFault = (format: string, source: string, offset: number, what: string): Fault => {
	const before = source.slice(0, offset).split('\n');
	return new Fault(
		'edit.parse',
		`${format}: ${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
		'Mend the file by hand, check it with its own program, then run the plan again.',
	);
};

/** Fault 'edit.refused': the file parses, but changing it blindly would be a guess. */
export const refusal = (format: string, sentence: string, hint: string): Fault =>
	new Fault('edit.refused', `${format}: ${sentence}`, hint);
