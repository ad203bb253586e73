/** What is around a run that brings new code: said before what comes and how it goes back, noted so that a cut-off one is known, cleared away when it is proven. */

import type {Plan, PlanNode} from '#engine/plan.ts';
import {standing} from '#engine/standing.ts';
import {printable} from '#model/printable.ts';
import {typeNamed} from '#resources/registry.ts';
import type {Held} from '../held-run.ts';
import {forgetProofs} from '../kept-secret.ts';
import {type Begun, forgetUpdate, noteUpdate} from './begun.ts';

/** Checkouts that another commit is to come to. */
export const movesOf = ({nodes}: Plan): readonly PlanNode[] =>
	nodes.filter(
		({resource: {type}, look}) =>
			type === 'git-checkout' &&
			look.state === 'change' &&
			look.changes.some(({what, from}) => what === 'commit' && from !== null),
	);

/** Tells it, and notes it before anything is done. What was proven for the old code proves nothing for the new one. */
export const beginUpdate = async (
	{run, place, emit}: Held,
	stack: string,
	plan: Plan,
	before: Begun | undefined,
): Promise<Begun> => {
	if (before !== undefined)
		emit({type: 'note', line: 'An update was cut off; it goes on, and goes back as a whole where it fails.'});
	for (const {look} of movesOf(plan)) {
		if (look.state !== 'change') continue;
		for (const {what, to} of look.changes) emit({type: 'note', line: printable(`${what}: ${String(to)}`)});
		const from = look.changes.find(({what}) => what === 'commit')?.from;
		emit({
			type: 'note',
			line: `The database is copied before tables change. Where anything fails, all goes back to ${String(from)}, its environment and its data.`,
		});
	}
	const begun = {stack, runs: [...(before?.runs ?? []), run]};
	await noteUpdate(place.state, begun);
	await forgetProofs(place.state, stack);
	return begun;
};

/** The new code is proven: what was kept for going back goes, but for the copies of databases. */
export const endUpdate = async ({place, journal, hostFor, emit}: Held, stack: string, {runs}: Begun): Promise<void> => {
	for (const {intent} of standing(journal.entries)) {
		const type = typeNamed(intent.type);
		if (runs.includes(intent.run) && intent.undo.can)
			await type?.proven?.(intent.undo.record, {...hostFor(intent.id), stack});
	}
	await forgetUpdate(place.state);
	emit({type: 'note', line: 'Updated: the new code was seen to work.'});
};
