/**
 * What the checks of one run read together. A fact is read once and shared; the programs behind it belong to those who wait for it, and
 * when the last of them has given up they are killed. So a check that runs out of time takes what it started with it, and nobody else's.
 */
import {Fault} from '#model/fault.ts';
import type {Fact, ProgramOptions, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

export type Pass = {
	/** The host as one check sees it; what it starts ends when `signal` aborts. */
	readerFor(signal: AbortSignal): Reader;
	/** The programs that a check waits for at this moment, for the sentence about its deadline. */
	waitsFor(signal: AbortSignal): readonly string[];
	/** It came to its end, and waits for nothing any more. */
	done(signal: AbortSignal): void;
	/** Ends whatever still runs. */
	end(): void;
};

type Shared = {readonly stop: AbortController; readonly users: Set<AbortSignal>; readonly value: Promise<unknown>};

/** Throws Blocked where a program that runs as another account would wait in vain, so that nobody starts it. */
export type BeforeAs = (host: Reader) => Promise<void>;

/** A pass over a reader; facts that the reader knows already are not used. */
export const createPass = (base: Reader, beforeAs?: BeforeAs): Pass => {
	const facts = new Map<string, Shared>();
	const running = new Map<AbortSignal, Map<symbol, string>>();

	const readerFor = (signal: AbortSignal): Reader => ({
		root: base.root,
		read: (path, options) => base.read(path, options).catch(notFollowed),
		stat: (path, options) => base.stat(path, options).catch(notFollowed),
		list: path => base.list(path).catch(notFollowed),
		query: async (argv, options) => {
			if (options?.as !== undefined) await beforeAs?.(readerFor(signal));
			return noted(signal, argv, () => base.query(argv, withSignal(options, signal)));
		},
		probe: async (argv, options) => {
			if (options?.as !== undefined) await beforeAs?.(readerFor(signal));
			return noted(signal, argv, () => base.probe(argv, withSignal(options, signal)));
		},
		fact: <T>(fact: Fact<T>) => {
			const shared = facts.get(fact.id) ?? begin(fact);
			use(fact.id, shared, signal);
			return shared.value as Promise<T>;
		},
	});

	const begin = <T>(fact: Fact<T>): Shared => {
		const stop = new AbortController();
		const value = fact.read(readerFor(stop.signal)).finally(() => done(stop.signal));
		// Whoever asked hears of it; nobody may be asking any more.
		value.catch(() => {});
		const shared = {stop, users: new Set<AbortSignal>(), value};
		facts.set(fact.id, shared);
		return shared;
	};

	const use = (id: string, shared: Shared, signal: AbortSignal): void => {
		if (shared.users.has(signal)) return;
		shared.users.add(signal);
		signal.addEventListener(
			'abort',
			() => {
				if (!shared.users.delete(signal) || shared.users.size > 0) return;
				if (facts.get(id) === shared) facts.delete(id);
				shared.stop.abort();
			},
			{once: true},
		);
	};

	const noted = async <T>(signal: AbortSignal, argv: readonly string[], run: () => Promise<T>): Promise<T> => {
		const mine = running.get(signal) ?? new Map<symbol, string>();
		running.set(signal, mine);
		const key = Symbol();
		mine.set(key, argv.slice(0, 3).join(' '));
		return run().finally(() => mine.delete(key));
	};

	const done = (signal: AbortSignal): void => {
		for (const shared of facts.values()) shared.users.delete(signal);
	};

	const waitsFor = (signal: AbortSignal): readonly string[] => [
		...new Set([
			...(running.get(signal)?.values() ?? []),
			...[...facts.values()].filter(shared => shared.users.has(signal)).flatMap(shared => waitsFor(shared.stop.signal)),
		]),
	];

	return {
		readerFor,
		waitsFor,
		done,
		end: () => {
			for (const shared of facts.values()) shared.stop.abort();
			facts.clear();
		},
	};
};

const withSignal = (options: ProgramOptions | undefined, signal: AbortSignal): ProgramOptions => ({...options, signal});

/** A link of somebody else that root does not follow is no failure of a check: what lies behind it is not known. */
const notFollowed = (error: unknown): never => {
	if (error instanceof Fault && (error.code === 'path.leads-out' || error.code === 'path.hard-link'))
		throw new Blocked({because: 'unsafe', need: error.sentence});
	throw error;
};
