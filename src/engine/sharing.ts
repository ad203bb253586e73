/**
 * Which things of an intent other stacks have as well. Who holds the same, or has set another value over it since, keeps it: the
 * thing is handed over with its record. Where ours lies over theirs, taking ours back gives them what they had.
 */
import type {Hold} from '#model/hold.ts';
import type {Host} from '#model/host.ts';
import type {AnyType} from './any-type.ts';
import {doctorStack, type Intent, type Stamped} from './journal.ts';
import {heldBy, type Part, standing, standingStacks} from './standing.ts';

export type Sharing = {
	/** Things of this part, each with a stack that has it as well. */
	sharedOf(part: Part): Promise<ReadonlyMap<string, string>>;
	/** Has a stack other than these it, whoever made it? */
	has(thing: string, but: string): boolean;
	/** The things of an intent, also of one from before there were holds. */
	thingsOf(intent: Intent): Promise<readonly Hold[]>;
};

/** Read once, before an undo: `going` are the stacks that are undone, which hold nothing any more. */
export const sharingOf = async (
	entries: readonly Stamped[],
	going: (stack: string) => boolean,
	typeNamed: (name: string) => AnyType | undefined,
	hostFor: (id: string) => Host,
): Promise<Sharing> => {
	const thingsOf = async (intent: Intent): Promise<readonly Hold[]> => {
		if (intent.holds !== undefined) return intent.holds;
		const type = typeNamed(intent.type);
		if (!type?.holds || !intent.undo.can) return [];
		try {
			await type.ready?.(intent.undo.record);
			return await type.holds(intent.undo.record, hostFor(intent.id));
		} catch {
			return [];
		}
	};
	const others = new Map<string, readonly Hold[]>();
	const parts = standing(entries);
	for (const stack of standingStacks(entries).filter(one => !going(one))) {
		const told = heldBy(entries, stack);
		const own = parts.filter(part => part.stack === stack);
		others.set(
			stack,
			told?.flatMap(item => item.holds) ?? (await Promise.all(own.map(part => thingsOf(part.intent)))).flat(),
		);
	}
	/** The seq of the last intent of a stack about a thing. */
	const lastAbout = new Map<string, number>();
	for (const {stack, intent, owns} of parts)
		for (const {thing} of await thingsOf(intent)) if (owns(thing)) lastAbout.set(`${stack}\n${thing}`, intent.seq);
	const has = (thing: string, but: string): boolean =>
		[...others].some(([stack, holds]) => stack !== but && holds.some(hold => hold.thing === thing));
	return {
		thingsOf,
		has,
		async sharedOf({intent, stack: own, owns}) {
			const shared = new Map<string, string>();
			if (own === doctorStack) return shared;
			for (const mine of (await thingsOf(intent)).filter(hold => owns(hold.thing)))
				for (const [stack, holds] of others) {
					if (stack === own || shared.has(mine.thing)) continue;
					const newer = (lastAbout.get(`${stack}\n${mine.thing}`) ?? 0) > intent.seq;
					if (holds.some(hold => hold.thing === mine.thing && (newer || alike(hold, mine))))
						shared.set(mine.thing, stack);
				}
			return shared;
		},
	};
};

const alike = (one: Hold, other: Hold): boolean =>
	one.as === undefined || other.as === undefined || one.as === other.as;
