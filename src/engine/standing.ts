/**
 * What stands of each stack, read from the journal: which intents (or parts of them) are its own to undo, and what it holds of
 * the host. A thing that two stacks hold is undone with the last of them, from the record of whoever made it.
 */
import type {Hold} from '#model/hold.ts';
import {doctorStack, type Held, type Intent, lastRun, type Stamped} from './journal.ts';

/** An intent, or what of it belongs to one stack. */
export type Part = {
	readonly intent: Intent;
	/** With whose undo it goes. */
	readonly stack: string;
	readonly done: boolean;
	readonly at: string;
	/** Why an earlier undo left it, if one did. */
	readonly left?: string;
	/** Is this thing of the intent its own? Always, but for what was handed over. */
	owns(thing: string): boolean;
};

/** Parts that nobody has undone, oldest first. */
export const standing = (entries: readonly Stamped[]): readonly Part[] => {
	const done = new Set(entries.flatMap(entry => (entry.t === 'done' ? [entry.seq] : [])));
	const all = new Map<number, {intent: Intent; at: string; shares: Map<string, Share>}>();
	for (const entry of entries) {
		if (entry.t === 'intent')
			all.set(entry.seq, {intent: entry, at: entry.at, shares: new Map([[entry.stack, whole()]])});
		if (entry.t === 'handed') {
			const one = all.get(entry.seq);
			if (one) hand(one.shares, entry);
		}
		if (entry.t === 'undone') {
			const one = all.get(entry.seq);
			const share = one?.shares.get(entry.stack ?? one.intent.stack);
			if (share && ['undone', 'already', 'handed'].includes(entry.outcome)) share.over = true;
			else if (share) share.left = entry.why ?? entry.outcome;
		}
	}
	return [...all.values()].flatMap(({intent, at, shares}) =>
		[...shares].flatMap(([stack, {over, left, only, without}]): readonly Part[] =>
			over
				? []
				: [
						{
							intent,
							stack,
							at,
							done: done.has(intent.seq),
							...(left !== undefined && {left}),
							owns: thing => (only === undefined || only.has(thing)) && !without.has(thing),
						},
					],
		),
	);
};

type Share = {over: boolean; left?: string; only: Set<string> | undefined; readonly without: Set<string>};

const whole = (): Share => ({over: false, only: undefined, without: new Set()});

const hand = (shares: Map<string, Share>, {from, to, things}: Extract<Stamped, {t: 'handed'}>): void => {
	const [giver, taker] = [shares.get(from), shares.get(to)];
	for (const thing of things) {
		giver?.without.add(thing);
		giver?.only?.delete(thing);
	}
	if (taker === undefined || taker.over) shares.set(to, {over: false, only: new Set(things), without: new Set()});
	else
		for (const thing of things) {
			taker.only?.add(thing);
			taker.without.delete(thing);
		}
};

/** The stacks that are on this host, wholly or half, in the order of their first run. The doctor is none. */
export const standingStacks = (entries: readonly Stamped[]): readonly string[] => {
	const parts = standing(entries);
	const stacks = new Set(
		entries.flatMap(entry => (entry.t === 'run' && entry.stack !== doctorStack ? [entry.stack] : [])),
	);
	return [...stacks].filter(stack => {
		const last = entries.findLast(entry => (entry.t === 'holds' || entry.t === 'gone') && entry.stack === stack);
		if (last?.t === 'holds' && last.items.length > 0) return true;
		// Before there were holds an undone stack had no mark but that undo has looked at all of it.
		return last?.t !== 'gone' && parts.some(part => part.stack === stack && part.left === undefined);
	});
};

/** What each standing stack has said that it holds; undefined where it never did, as before there were holds. */
export const heldBy = (entries: readonly Stamped[], stack: string): readonly Held[] | undefined => {
	const last = entries.findLast(entry => entry.t === 'holds' && entry.stack === stack);
	return last?.t === 'holds' ? last.items : undefined;
};

/** The items of both; of one that is in both the later one's, with the holds of both. */
export const joined = (before: readonly Held[], now: readonly Held[]): readonly Held[] => {
	const all = new Map(before.map(one => [one.id, one]));
	for (const one of now) all.set(one.id, {...one, holds: unique([...(all.get(one.id)?.holds ?? []), ...one.holds])});
	return [...all.values()];
};

const unique = (holds: readonly Hold[]): readonly Hold[] => [
	...new Map(holds.map(hold => [`${hold.thing}\n${hold.as ?? ''}`, hold])).values(),
];

/** How each stack stands, for status. */
export const stacksNow = (entries: readonly Stamped[]) => {
	const parts = standing(entries);
	const here = standingStacks(entries);
	return [...new Set([...here, ...parts.map(part => part.stack)])].map(id => {
		const own = parts.filter(part => part.stack === id);
		return {
			id,
			standing: here.includes(id),
			last: lastRun(entries, id)?.outcome ?? null,
			changes: own.length,
			kept: own.flatMap(({intent, left}) =>
				left === undefined ? [] : [{id: intent.id, step: intent.step, why: left}],
			),
		};
	});
};
