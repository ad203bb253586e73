/** Writes down what a stack holds, so that the undo of another leaves it: before a run all that it is about to have beside what it had, after a good one what it has. */
import type {Host} from '#model/host.ts';
import {doctorStack, type Held, type Journal} from './journal.ts';
import type {Plan} from './plan.ts';
import {heldBy, joined} from './standing.ts';

type Noting = {
	readonly plan: Plan;
	readonly stack: string;
	readonly journal: Journal;
	readonly hostFor: (id: string) => Host;
};

/** `exactly`: what is not in the plan any more is not held any more. Nothing is written where nothing is new. */
export const noteHolds = async (
	{plan, stack, journal, hostFor}: Noting,
	leftOut: ReadonlySet<string>,
	exactly: boolean,
): Promise<void> => {
	if (stack === doctorStack) return;
	const now = await Promise.all(
		plan.nodes
			.filter(({resource}) => !leftOut.has(resource.id))
			.map(
				async ({resource, step}): Promise<Held> => ({
					id: resource.id,
					step,
					holds: (await resource.holds?.(hostFor(resource.id))) ?? [],
				}),
			),
	);
	const gone = journal.entries.findLastIndex(entry => entry.t === 'gone' && entry.stack === stack);
	const before = heldBy(journal.entries.slice(gone + 1), stack);
	const items = exactly ? now : joined(before ?? [], now);
	if (JSON.stringify(items) !== JSON.stringify(before)) journal.append({t: 'holds', stack, items});
};
