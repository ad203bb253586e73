/**
 * A doctor check. It names the layers it must see: an ok without one of them is turned into unknown by the runner, not by
 * the author's care. Everything else (the report, `explain`, the docs, the wizard's preflight) comes from this declaration.
 */
import type {FaultData} from './fault.ts';
import type {AnyKinds, Found, Kinds, Layer, Sight, Told} from './finding.ts';
import type {Reader} from './host.ts';
import type {Json} from './json.ts';
import type {Facts, Values} from './step.ts';
import type {Unknown} from './unknown.ts';

export type Verdict =
	| {readonly state: 'seen'; readonly findings: readonly [Told, ...Told[]]}
	/** `why`: where something that is not there would have to tell. */
	| {readonly state: 'na'; readonly because: string; readonly why?: Unknown}
	/** The id of the check whose failure makes this one pointless. */
	| {readonly state: 'blocked'; readonly by: string}
	| {readonly state: 'unknown'; readonly why: Unknown}
	| {readonly state: 'crash'; readonly fault: FaultData};

/** One thing that `setup doctor --try` does at a door of this host, said before it is done. Sentences for people; the check knows the rest from its facts. */
export type Trial = {
	/** Where it knocks: `ssh 127.0.0.1:22`. */
	readonly door: string;
	/** What it does there: `offers a password as setup-nobody-3f2a91c0, who does not exist`. */
	readonly does: string;
	/** Whom that may count against. */
	readonly leaves: string;
};

/** What `setup` installed on this host, from the state. */
export type Installed = {
	readonly stack: string;
	/** In input form, by step id. */
	readonly answers: Readonly<Record<string, Json>>;
	/** What its steps tell the doctor to expect, by check id; undefined where an earlier setup installed it. */
	readonly expects?: Readonly<Record<string, readonly Json[]>>;
};

/** The facts as `appliesTo` left them: it may hand on a fact without the cases in which the check does not apply. */
type Narrowed<F extends Facts, A> = A extends object ? Omit<Values<F>, keyof A> & A : Values<F>;

/** `expect`: what the installed stacks ask for (`Step.expects`), each step that says something; empty leaves the guide's value. */
type Context<F extends Facts, A> = {readonly facts: Narrowed<F, A>; readonly expect: readonly Json[]};

/** `F`: its facts. `D`: the data of each of its kinds. `A`: what `appliesTo` hands on. */
export interface Check<F extends Facts, D = {}, A = true> {
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
	/**
	 * It looks for what a guide wishes for its own stack, and a host of somebody else need not have. It applies where an installed stack expects it (`expects` of a
	 * step has its id), and where an operator names it: everywhere else it is silent.
	 */
	readonly wish?: true;
	/**
	 * It knocks at doors in a way that could count against somebody (fail2ban, a lock): it looks only with `--try`, where all that every check would try is said
	 * before the first one does. Throws Blocked for what cannot be seen.
	 */
	tries?(context: {readonly facts: Values<F>}): readonly Trial[];
	/** The ways in which it can be wrong, by name; each with the remedy and the repair for just that. `ok` needs no kind. */
	readonly kinds?: Kinds<D>;
	/**
	 * true, or why it does not apply here: "no redis-server is installed". An object takes the place of the facts of the same names
	 * for inspect, so that nobody asks again what was answered here. Throws Blocked for what cannot be seen.
	 */
	appliesTo?(context: {readonly facts: Values<F>; readonly expect: readonly Json[]}): A | string;
	/** Throws Blocked for what cannot be seen. `now`: milliseconds, the time that `--at` names or the present. */
	inspect(
		context: Context<F, A> & {readonly host: Reader; readonly now: number},
	): Promise<readonly [Found<D>, ...Found<D>[]]>;
}

// biome-ignore lint/suspicious/noExplicitAny: a check of any facts, where only the declaration matters
export type AnyCheck = Omit<Check<any, any, any>, 'kinds' | 'inspect' | 'tries'> & {
	readonly kinds?: AnyKinds;
	// biome-ignore lint/suspicious/noExplicitAny: as above
	tries?(context: any): readonly Trial[];
	// biome-ignore lint/suspicious/noExplicitAny: as above
	inspect(context: any): Promise<readonly Said[]>;
};

/** A finding of any check, before its kind is looked up. */
export type Said = Sight & {
	readonly is: string | number | symbol;
	readonly data?: unknown;
	readonly says?: string;
};

export const defineCheck = <const F extends Facts = {}, D = {}, A = true>(check: Check<F, D, A>): Check<F, D, A> =>
	check;
