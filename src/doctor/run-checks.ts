/**
 * Runs checks, all at once. What a check could not see is told as such here, not by its author's care: an ok without a layer it
 * declared becomes unknown, so does whatever ran out of time or met a fault of the host; only an error of our own is a crash.
 */
import type {AnyCheck, Installed, Trial, Verdict} from '#model/check.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked, showUnknown} from '#model/unknown.ts';
import {said} from './kinds.ts';
import {type Kept, knocksOf} from './knocks.ts';
import {type BeforeAs, createPass, type Pass} from './pass.ts';

export type CheckRun = {
	readonly check: AnyCheck;
	readonly verdict: Verdict;
	readonly seconds: number;
};

export type RunChecksOptions = {
	/** Those that were asked for and those they require. */
	readonly checks: readonly AnyCheck[];
	readonly reader: Reader;
	readonly installed: readonly Installed[];
	/** Milliseconds since the epoch: the present, or what `--at` names. */
	readonly now: number;
	/** The ids that somebody named; undefined: all. A guide's wish that nobody named and no stack expects does not apply. */
	readonly named?: ReadonlySet<string>;
	/** The operator asked that doors be tried: told what will be, before any check looks. Without it those checks do not apply, and read nothing. */
	readonly onTrials?: (trials: readonly Trial[]) => void;
	/** Told as each one ends, in the order they end. */
	readonly onEnd?: (run: CheckRun) => void;
	/** The operator asked to stop: what runs is ended and unknown. */
	readonly stop?: AbortSignal;
	readonly beforeAs?: BeforeAs;
	/** Calls when a deadline is over, and gives what takes that back: whoever can see the machine counts what it is kept from doing. */
	readonly after: (milliseconds: number, then: () => void) => () => void;
};

/** What a check may take unless it says otherwise, in milliseconds. */
const defaultDeadline = 5000;

/** All of them, in the order given. Never throws for what a check does. When this returns no program of theirs runs any more. */
export const runChecks = async (options: RunChecksOptions): Promise<readonly CheckRun[]> => {
	const pass = createPass(options.reader, options.beforeAs);
	const runs = new Map<string, Promise<CheckRun>>();
	/** Those that try a door and could not say which. */
	const kept: Kept[] = [];
	const byId = new Map(options.checks.map(check => [check.id, check]));
	const begin = (check: AnyCheck): Promise<CheckRun> => {
		const known = runs.get(check.id);
		if (known !== undefined) return known;
		const requires = (check.requires ?? []).flatMap(id => byId.get(id) ?? []);
		// Its own promise stands before those it requires are begun: two that require each other would wait for ever, and a test forbids them.
		const run = Promise.resolve().then(() => runOne(check, requires.map(begin), pass, {...options, kept}));
		runs.set(check.id, run);
		return run;
	};
	try {
		const knocks = options.onTrials === undefined ? undefined : await knocksOf(options, pass, readFacts);
		options.onTrials?.(knocks?.said ?? []);
		kept.push(...(knocks?.kept ?? []));
		return await Promise.all(
			options.checks.map(async check => {
				const run = await begin(check);
				options.onEnd?.(run);
				return run;
			}),
		);
	} finally {
		pass.end();
	}
};

/** Why a check's programs are ended. Without a reason each abort makes an exception with a stack, 0.1 ms for every check. */
const over = 'the check is over';

const runOne = async (
	check: AnyCheck,
	requires: readonly Promise<CheckRun>[],
	pass: Pass,
	options: RunChecksOptions & {readonly kept: readonly Kept[]},
): Promise<CheckRun> => {
	const stop = new AbortController();
	const host = pass.readerFor(stop.signal);
	if (check.tries !== undefined && options.onTrials === undefined)
		return {check, verdict: {state: 'na', because: triedWords(check.id)}, seconds: 0};
	const untold = options.kept.find(({id}) => id === check.id);
	if (untold !== undefined) return {check, verdict: {state: 'unknown', why: untold.why}, seconds: 0};
	const reading = readFacts(check, host);
	const by = blockedBy(await Promise.all(requires));
	const started = performance.now();
	const ended = (verdict: Verdict): CheckRun => ({
		check,
		verdict,
		seconds: Math.round(performance.now() - started) / 1000,
	});
	if (by !== undefined) {
		stop.abort(over);
		return ended({state: 'blocked', by});
	}
	const expect = differing(options.installed.flatMap(({expects}) => expects?.[check.id] ?? []));
	if (check.wish === true && expect.length === 0 && options.named?.has(check.id) === false) {
		stop.abort(over);
		return ended({state: 'na', because: wishWords(check.id)});
	}
	const context = {facts: {} as Readonly<Record<string, unknown>>, expect};
	const work = (async (): Promise<Verdict> => {
		context.facts = await reading;
		const applies = check.appliesTo?.(context as never) ?? true;
		if (typeof applies === 'string') return {state: 'na', because: applies};
		if (typeof applies === 'object') context.facts = laidOver(context.facts, applies);
		return {state: 'seen', findings: said(check, await check.inspect({host, ...context, now: options.now}))};
	})().catch(verdictOf);
	const verdict = await Promise.race([work, outOfTime(check, pass, stop, options)]);
	pass.done(stop.signal);
	stop.abort(over);
	return ended(verdict);
};

/** Behind -v, and to whoever wonders where it is. */
const wishWords = (id: string): string =>
	`a wish of a guide, and no stack that setup installed here has it; setup doctor ${id} looks all the same`;

/** Behind -v, and to whoever names it. */
const triedWords = (id: string): string =>
	`it knocks at doors, which may count against whoever knocks: setup doctor --try ${id} says what it tries, and does`;

/** Two stacks may ask for the same. */
const differing = (all: readonly Json[]): readonly Json[] => [
	...new Map(all.map(one => [JSON.stringify(one), one])).values(),
];

/** The cause, not the one in between: what blocks a required check blocks this one. */
const blockedBy = (required: readonly CheckRun[]): string | undefined =>
	required
		.map(({check, verdict}) => {
			if (verdict.state === 'blocked') return verdict.by;
			return verdict.state === 'seen' && verdict.findings.some(finding => finding.state === 'fail')
				? check.id
				: undefined;
		})
		.find(id => id !== undefined);

/** By descriptor: a fact that could not be read throws only when it is used. */
const laidOver = (facts: object, more: object): Readonly<Record<string, unknown>> =>
	Object.defineProperties(
		{},
		{...Object.getOwnPropertyDescriptors(facts), ...Object.getOwnPropertyDescriptors(more)},
	) as Readonly<Record<string, unknown>>;

/** A fact that could not be read throws when it is used: whether a check applies may be known without it. */
const readFacts = async (check: AnyCheck, host: Reader): Promise<Readonly<Record<string, unknown>>> => {
	const facts = {};
	await Promise.all(
		Object.entries((check.facts ?? {}) as Record<string, Parameters<Reader['fact']>[0]>).map(async ([key, fact]) => {
			try {
				const value = await host.fact(fact);
				Object.defineProperty(facts, key, {enumerable: true, value});
			} catch (error) {
				Object.defineProperty(facts, key, {
					enumerable: true,
					get: () => {
						throw error;
					},
				});
			}
		}),
	);
	return facts;
};

/** A fault has a reason outside of us, so it is "could not tell"; what is no fault is our own defect. */
const verdictOf = (error: unknown): Verdict => {
	if (error instanceof Blocked) {
		const {why} = error;
		return why.because === 'no-systemd' ? {state: 'na', because: showUnknown(why), why} : {state: 'unknown', why};
	}
	if (error instanceof Fault) return {state: 'unknown', why: {because: 'unreadable', need: error.sentence}};
	const fault = faultData(error);
	return fault.code === 'internal'
		? {state: 'crash', fault}
		: {state: 'unknown', why: {because: 'unreadable', need: fault.sentence}};
};

const outOfTime = (
	check: AnyCheck,
	pass: Pass,
	stop: AbortController,
	{stop: asked, after}: RunChecksOptions,
): Promise<Verdict> =>
	new Promise(resolve => {
		const end = (need: string) => (): void => {
			cancel();
			asked?.removeEventListener('abort', stopped);
			const waited = pass.waitsFor(stop.signal);
			stop.abort(over);
			resolve({
				state: 'unknown',
				why: {
					because: 'timeout',
					need: waited.length > 0 ? `${waited.join(', ')} gave no answer ${need}` : `no end ${need}`,
				},
			});
		};
		const deadline = check.deadline ?? defaultDeadline;
		const cancel = after(deadline, end(`within ${deadline / 1000} s`));
		const stopped = end('before the operator stopped it');
		if (asked?.aborted) stopped();
		else asked?.addEventListener('abort', stopped, {once: true});
		stop.signal.addEventListener('abort', () => {
			cancel();
			asked?.removeEventListener('abort', stopped);
		});
	});
