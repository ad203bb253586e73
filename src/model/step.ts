/** A step is one screen of questions and the resources that its answers ask for. The answers file, its schema, the help and the docs come from the same declaration. */
import type {z} from 'zod';
import type {Fact, Reader} from './host.ts';
import type {Json} from './json.ts';
import type {HostNeeds} from './needs.ts';
import type {Offered, Used, Uses} from './offers.ts';
import type {Outgoing} from './outgoing.ts';
import type {Resource} from './resource.ts';
import type {Secret} from './secret.ts';
import type {Thing} from './thing.ts';

// biome-ignore lint/suspicious/noExplicitAny: the only place where a fact's type is forgotten; Values gives it back.
export type Facts = Readonly<Record<string, Fact<any>>>;
export type Values<F extends Facts> = {readonly [K in keyof F]: F[K] extends Fact<infer T> ? T : never};

/** Plain data that may hold secrets. */
export type Expected = Json | Secret | readonly Expected[] | {readonly [key: string]: Expected};

/** Where a default came from, for the screen and the template: "guide", "this host". */
export type Default = {readonly value: Json; readonly from: string};

/** What a probe came to. 'warn': it works, and something about it is worth knowing. */
export type Probed = {readonly state: 'ok' | 'warn' | 'failed'; readonly line: string};

/** A live question to the world beside a question of a step: does the bind work, is the port free. It changes nothing and never blocks the walk. */
export type Probe = {
	/** Unique in its step: `bind`. */
	readonly id: string;
	/** The questions it is about, by path; it is asked again when one of them changed. */
	readonly about: readonly string[];
	readonly title: string;
	/**
	 * What cannot be made when this fails. Such a probe is also asked by `answers check`, and by a plan as long as one of these is still to be
	 * made: it then says so before anything is changed. Without it only the wizard asks.
	 */
	readonly decides?: readonly Thing[];
	/** Throws Blocked for what cannot be told; a Fault is shown as failed. Ends by itself within ten seconds. */
	run(reader: Reader): Promise<Probed>;
};

/** One step of a stack. Conditions are discriminated unions of strict objects; what earlier steps offer comes typed through `uses`. */
export interface Step<Q extends z.ZodType, U extends Uses, F extends Facts> {
	readonly id: string;
	readonly title: string;
	/** One or two sentences for `explain` and the docs: why the step exists, and the guide's section. */
	readonly about: string;
	readonly guide: string;
	readonly questions: Q;
	readonly uses?: U;
	readonly facts?: F;
	/** Defaults that depend on the host or on earlier answers, by top-level question; each says where it came from. */
	defaults?(context: {readonly facts: Values<F>; readonly uses: Used<U>}): Readonly<Record<string, Default>>;
	/** Pure. What later steps may use; from answers alone, so that their defaults and probes have it before anything is looked at. */
	offers?(answers: z.output<Q>, context: {readonly uses: Used<U>}): Offered;
	resources(answers: z.output<Q>, context: {readonly facts: Values<F>; readonly uses: Used<U>}): readonly Resource[];
	/** Pure. What the doctor shall find, by check id, in the form that the check asks for. A secret is written down as where it is kept. */
	expects?(answers: z.output<Q>, context: {readonly uses: Used<U>}): Readonly<Record<string, Expected>>;
	/** Pure. How other hosts are reached from here on, by whatever fetches. */
	outgoing?(answers: z.output<Q>, context: {readonly facts: Values<F>}): Outgoing;
	/** Asked while the operator answers; from whole and valid answers, whose secrets are in place where they are known already. */
	probes?(answers: z.output<Q>, context: {readonly facts: Values<F>; readonly uses: Used<U>}): readonly Probe[];
}

// biome-ignore lint/suspicious/noExplicitAny: a step of any type, where only id, title and schema matter
export type AnyStep = Step<any, any, any>;

export const defineStep = <Q extends z.ZodType, const U extends Uses = {}, const F extends Facts = {}>(
	step: Step<Q, U, F>,
): Step<Q, U, F> => step;

/** A stack: which steps, in which order, with which defaults of its own. */
export type Stack = {
	readonly id: string;
	readonly title: string;
	readonly about: string;
	/** File name in guides. */
	readonly guide: string;
	readonly steps: readonly AnyStep[];
	/** Asked before the first question and first in every plan. */
	readonly needs?: HostNeeds;
	/** Ids of doctor checks that are looked at beside that; they only tell. */
	readonly preflight?: readonly string[];
	/** What an install took when it was last measured; `steps` in seconds, by step id. */
	readonly measured?: {
		readonly on: string;
		readonly seconds: number;
		readonly diskMiB: number;
		readonly downloadMiB: number;
		readonly steps: Readonly<Record<string, number>>;
	};
	/** Where an installed one is opened and by whom, from the answers in input form by step id; for the last screen. */
	readonly opens?: (inputs: Readonly<Record<string, Json>>) => {
		readonly address?: string;
		readonly admin?: string;
		/** The name of the administrator's password: `superuser.password`. */
		readonly adminSecret?: string;
	};
	/** Overrides of the steps' defaults, `step.key` -> value. Never schemas. */
	readonly defaults?: Readonly<Record<string, Json>>;
};

export const defineStack = (stack: Stack): Stack => stack;
