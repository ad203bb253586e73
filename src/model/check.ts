/**
 * A doctor check. It names the layers it must see: an ok without one of them is turned into unknown by the runner, not by
 * the author's care. Everything else (the report, `explain`, the docs, the wizard's preflight) comes from this declaration.
 */
import type {FaultData} from './fault.ts';
import type {Reader} from './host.ts';
import type {Json} from './json.ts';
import type {Resource} from './resource.ts';
import type {Facts, Values} from './step.ts';
import type {Unknown} from './unknown.ts';

/** Where a setting can be seen: as written, in the process that runs, and in the kernel. */
export type Layer = 'file' | 'runtime' | 'kernel';

/** `where`: path:line, `CONFIG GET save`, `ss`; freed of secrets at the source. */
export type Seen = {readonly value: Json; readonly where: string};

/** `item` tells apart what one check sees many of (a port, a program, a certificate); waivers and memory are keyed check[item]. */
export type Finding = {
	readonly item?: string;
	readonly state: 'ok' | 'warn' | 'fail';
	/** One clause that says what is so: "answers from outside, though its file says 127.0.0.1". Needed where the state is not ok. */
	readonly says?: string;
	readonly expected: Json;
	readonly layers: Partial<Record<Layer, Seen | Unknown>>;
	/** Milliseconds since the epoch when what is seen ends: a certificate, a release's support. For `--at` and the days left. */
	readonly ends?: number;
};

export type Findings = readonly [Finding, ...Finding[]];

export type Verdict =
	| {readonly state: 'seen'; readonly findings: Findings}
	| {readonly state: 'na'; readonly because: string}
	/** The id of the check whose failure makes this one pointless. */
	| {readonly state: 'blocked'; readonly by: string}
	| {readonly state: 'unknown'; readonly why: Unknown}
	| {readonly state: 'crash'; readonly fault: FaultData};

/** `commands` holds only what is safe to run as it stands; advice goes into the sentence. */
export type Remedy = {readonly sentence: string; readonly commands?: readonly (readonly string[])[]};

/** What `setup` installed on this host, from the state: stack id and the answers in input form, by step id. */
export type Installed = {readonly stack: string; readonly answers: Readonly<Record<string, Json>>};

export interface Check<F extends Facts> {
	/** `mysql.bind`; the part before the point is its subject and its folder, the part after it its file. */
	readonly id: string;
	readonly title: string;
	/** For `explain`: why it matters, in one to three sentences. */
	readonly why: string;
	/** For `explain`: exactly what is read, one line each. */
	readonly reads: readonly string[];
	/** What a finding that is not ok usually weighs; a finding may say less. */
	readonly severity: 'warn' | 'fail';
	readonly layers: readonly [Layer, ...Layer[]];
	/** Checks that must not have failed, or this one is blocked by them. */
	readonly requires?: readonly string[];
	readonly facts?: F;
	/** The guide and section, or the document it follows. */
	readonly source: string;
	/** How an administrator verifies the repair by hand. */
	readonly verify: string;
	/** Milliseconds; default 5 s. */
	readonly deadline?: number;
	/** true, or why it does not apply here: "no redis-server is installed". */
	appliesTo?(context: {readonly facts: Values<F>; readonly expect: Json | undefined}): true | string;
	/** What the answers of what `setup` installed ask for; undefined leaves the guide's value. */
	expects?(installed: readonly Installed[]): Json | undefined;
	/** Throws Blocked for what cannot be seen. `now`: milliseconds, the time that `--at` names or the present. */
	inspect(context: {
		readonly host: Reader;
		readonly facts: Values<F>;
		readonly expect: Json | undefined;
		readonly now: number;
	}): Promise<Findings>;
	remedy(finding: Finding): Remedy;
	/** Resources that mend it; `doctor fix` plans, applies and can undo them. */
	fix?(finding: Finding, context: {readonly facts: Values<F>; readonly expect: Json | undefined}): readonly Resource[];
}

// biome-ignore lint/suspicious/noExplicitAny: a check of any facts, where only the declaration matters
export type AnyCheck = Check<any>;

export const defineCheck = <const F extends Facts = {}>(check: Check<F>): Check<F> => check;
