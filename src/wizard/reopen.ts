/** A run that failed while nobody watched: who comes next stands before its failure, with what can be done, and not at the start. */
import {readDraft} from '#answers/interview/drafts.ts';
import type {Given} from '#answers/interview/interview.ts';
import {readState} from '#answers/state.ts';
import {readJournal} from '#engine/journal.ts';
import {isHeld} from '#engine/lock.ts';
import {readLog} from '#runner/log.ts';
import {readRecord} from '#runner/run-record.ts';
import {unfinished} from '#runner/unfinished.ts';
import {whoAmI} from '#runner/who.ts';
import {loadableStacks} from '#tasks/stacks/find.ts';
import {look, type Send, type Session} from './session.ts';
import {stackSummary} from './stack-summary.ts';

/** Tells the story of the last run again where it is unfinished; nothing where it came to its end, or where nobody installed anything. */
export const reopenFailure = async (session: Session, send: Send): Promise<void> => {
	const {state, journal} = session.place;
	if (process.getuid?.() !== 0 || isHeld(state)) return;
	const open = unfinished(state, readJournal(journal));
	const found = (await loadableStacks()).find(({stack}) => stack.id === open?.stack);
	const kept = await readState(state);
	const known = open && newest(await readDraft(state, open.stack), kept.installed[open.stack]);
	if (open === undefined || found === undefined || known === undefined) return;
	session.stack = found.stack;
	session.given = known.answers as Given;
	session.provenance = known.provenance;
	const summary = stackSummary(found.stack, kept);
	const interview = await look(session);
	send({type: 'opened', stack: summary, interview, passed: found.stack.steps.map(({id}) => id)});
	const record = readRecord(state);
	send({
		type: 'run-hello',
		kind: 'apply',
		info: record?.run === open.run ? record : undefined,
		you: 'drives',
		driver: whoAmI(),
		steps: found.stack.steps.map(({id, title}) => ({id, title})),
		stack: summary,
	});
	for (const event of readLog(state, open.run)) send({type: 'run-event', event});
	if (open.outcome === 'cut off')
		send({type: 'run-lost', why: 'It was cut off. What it did is in the journal: trying again goes on from there.'});
	else send({type: 'run-live'});
};

/** What was answered since, or what it was run with. */
const newest = <Draft extends {readonly savedAt: string}, Ran extends {readonly at: string}>(
	draft: Draft | undefined,
	ran: Ran | undefined,
): Draft | Ran | undefined =>
	draft !== undefined && (ran === undefined || draft.savedAt > ran.at) ? draft : (ran ?? draft);
