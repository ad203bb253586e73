/**
 * What a check finds: of which kind, about what, with which particulars, and what was seen in each layer. A sentence is made from
 * it at the end and never read again: what chooses a remedy, a repair or a line in a report is data.
 */
import type {Json} from './json.ts';
import type {Resource} from './resource.ts';
import type {Unknown} from './unknown.ts';

/** Where a setting can be seen: as written, in the process that runs, and in the kernel. */
export type Layer = 'file' | 'runtime' | 'kernel';

/** `where`: for people: path:line, `CONFIG GET save`, `ss`; freed of secrets at the source. `path` and `line` (from 1) where it is a file's. */
export type Seen = {readonly value: Json; readonly where: string; readonly path?: string; readonly line?: number};

export type Layers = Partial<Record<Layer, Seen | Unknown>>;

/** What every finding has, of whatever kind. */
export type Sight = {
	/** Tells apart what one check sees many of (a port, a program, a certificate); waivers and memory are keyed check[item]. */
	readonly item?: string;
	readonly expected: Json;
	readonly layers: Layers;
	/** Milliseconds since the epoch when what is seen ends: a certificate, a release's support. For `--at` and the days left. */
	readonly ends?: number;
};

/** A finding as the doctor keeps it: its kind looked up, its clause said. */
export type Told = Sight & {
	/** `ok`, or a kind of its check. */
	readonly is: string;
	readonly data?: unknown;
	readonly state: 'ok' | 'warn' | 'fail';
	/** One clause that says what is so: "answers from outside, though its file says 127.0.0.1". There where the state is not ok. */
	readonly says?: string;
};

/** `commands` holds only what is safe to run as it stands; advice goes into the sentence. */
export type Remedy = {readonly sentence: string; readonly commands?: readonly (readonly string[])[]};

/** One way in which what a check looks at is wrong (or right in a way worth a word), and what mends just that. */
export type Kind<Data> = {
	readonly state: 'ok' | 'warn' | 'fail' | ((data: Data) => 'ok' | 'warn' | 'fail');
	/** Particulars as they may be: gives the data its type, the docs and the tests something to say. Left out where a kind has none. */
	readonly example?: Data;
	readonly says: string | ((data: Data, sight: Sight) => string);
	/** Needed where the state is not ok. */
	readonly remedy?: Remedy | ((data: Data, sight: Sight) => Remedy);
	/** Resources that mend it; `doctor fix` plans, applies and can undo them. What it needs to know stands in the data. */
	fix?(data: Data, sight: Sight): readonly Resource[];
};

/** The kinds of a check, by name, from the type of each one's data. */
export type Kinds<D> = {readonly [N in keyof D]: Kind<D[N]>};

// biome-ignore lint/suspicious/noExplicitAny: the kinds of any check, where only state and words matter
export type AnyKinds = Readonly<Record<string, Kind<any>>>;

/** What inspect gives: a kind with its data, or a plain ok. */
export type Found<D> =
	| (Sight & {readonly is: 'ok'; readonly says?: string})
	| {
			[N in keyof D]: Sight & {readonly is: N} & (unknown extends D[N]
					? {readonly data?: never}
					: {readonly data: D[N]});
	  }[keyof D];

/** What the helpers of a check give: `FoundOf<typeof kinds>`. */
export type FoundOf<K> = K extends Kinds<infer D> ? Found<D> : never;

/** The kinds of a check by themselves, for a check whose helpers name their type. */
export const defineKinds = <D>(kinds: Kinds<D>): Kinds<D> => kinds;

/** A list that has at least one, or `none` where it is empty. Throws TypeError where both are missing: the author's mistake. */
export const findings = <T>(list: readonly T[], none?: T): readonly [T, ...T[]] => {
	const [first = none, ...more] = list;
	if (first === undefined) throw new TypeError('a check must find something');
	return [first, ...more];
};
