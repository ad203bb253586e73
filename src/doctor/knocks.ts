/** What the checks that try doors would do, before one of them does: a knock that nobody was told of may lock somebody out. */
import type {AnyCheck, Trial} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import type {Pass} from './pass.ts';

/** A check that could not say what it tries, and so tries nothing. */
export type Kept = {readonly id: string; readonly why: Unknown};

export type Knocks = {readonly said: readonly Trial[]; readonly kept: readonly Kept[]};

type Options = {
	readonly checks: readonly AnyCheck[];
	readonly after: (milliseconds: number, then: () => void) => () => void;
};

type Read = (check: AnyCheck, host: Reader) => Promise<Readonly<Record<string, unknown>>>;

/** From the facts that the checks themselves will see: the pass reads each once. */
export const knocksOf = async ({checks, after}: Options, pass: Pass, readFacts: Read): Promise<Knocks> => {
	const all = await Promise.all(
		checks.map(async (check): Promise<Knocks> => {
			if (check.tries === undefined) return {said: [], kept: []};
			const late = Promise.withResolvers<undefined>();
			const cancel = after(patience, () => late.resolve(undefined));
			const facts = await Promise.race([readFacts(check, pass.readerFor(new AbortController().signal)), late.promise]);
			cancel();
			try {
				if (facts === undefined) return {said: [], kept: [{id: check.id, why: tooLate}]};
				return {said: check.tries({facts}), kept: []};
			} catch (error) {
				return {said: [], kept: [{id: check.id, why: whyOf(error)}]};
			}
		}),
	);
	return {said: all.flatMap(({said}) => said), kept: all.flatMap(({kept}) => kept)};
};

/** Milliseconds for what the doors are known from. */
const patience = 5000;

const tooLate: Unknown = {because: 'timeout', need: 'what it would try was not known within 5 s'};

const whyOf = (error: unknown): Unknown => {
	if (error instanceof Blocked) return error.why;
	if (error instanceof Fault) return {because: 'unreadable', need: error.sentence};
	throw error;
};
