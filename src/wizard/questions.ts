/** Effects about the answers: each is taken or refused, and saved before the walk goes on. */

import {setAt} from '#answers/file/sets.ts';
import {askAgain} from '#answers/interview/ask-again.ts';
import {beginDraft, readDraft, saveDraft} from '#answers/interview/drafts.ts';
import type {Given} from '#answers/interview/interview.ts';
import {readTyped, type Typed} from '#answers/interview/typed.ts';
import {keepTypedSecret} from '#answers/interview/typed-secrets.ts';
import {readState} from '#answers/state.ts';
import type {Addition} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {findStack} from '#tasks/stacks/find.ts';
import {acceptedOf} from './preflight.ts';
import {factsIn, look, type Performer, type Send, type Session, stackOf} from './session.ts';
import {stackSummary} from './stack-summary.ts';

/** Begins a stack, or goes on with it where it was left. What was installed from answers is the start of a new walk. */
export const open: Performer<'open'> = async ({stack: id, fresh}, session, send) => {
	const stack = await findStack(id);
	const kept = await readState(session.place.state);
	const draft = fresh ? undefined : await readDraft(session.place.state, id);
	const known = draft ?? (fresh ? undefined : kept.installed[id]);
	session.stack = stack;
	session.given = (known?.answers ?? {}) as Given;
	session.provenance = known?.provenance ?? {};
	if (fresh) await beginDraft(session.place.state, id);
	const interview = await look(session);
	send({
		type: 'opened',
		stack: stackSummary(stack, kept),
		interview,
		passed: draft?.passed ?? [],
		...(draft?.step !== undefined && {
			at: {step: draft.step, ...(draft.question !== undefined && {question: draft.question})},
		}),
	});
};

/** A line that was typed, or a choice. */
export const answer: Performer<'answer'> = ({step, path, text, value}, session, send) =>
	take(session, send, {step, path, ...(text !== undefined && {text}), ...(value !== undefined && {value})});

/** A secret: what was typed goes into a file of its own at once, and only its place into the answers. */
export const secret: Performer<'secret'> = async ({step, path, how}, session, send) => {
	if (how.is === 'generate') return take(session, send, {step, path, value: {secret: 'generate'}});
	if (how.is === 'file') return take(session, send, {step, path, value: {file: how.path}});
	const kept = await keepTypedSecret(
		session.place.state,
		stackOf(session),
		session.given,
		{step, path, value: how.value},
		{facts: factsIn(session)},
	);
	if ('problem' in kept) return send({type: 'rejected', step, path, problem: kept.problem});
	return take(session, send, {step, path, value: kept.ref});
};

const take = async (session: Session, send: Send, typed: Typed): Promise<void> => {
	const stack = stackOf(session);
	const before = session.interview ?? (await look(session));
	const read = await readTyped(stack, session.given, typed, {facts: factsIn(session)});
	if ('problem' in read) return send({type: 'rejected', step: typed.step, path: typed.path, problem: read.problem});
	session.given = read.given;
	// Where an answer came from is forgotten with the answer.
	session.provenance = Object.fromEntries(
		Object.entries(session.provenance).filter(([key]) => key !== `${typed.step}.${typed.path}`),
	);
	const after = await look(session);
	await saveDraft(session.place.state, stack.id, {
		answers: session.given as Record<string, Json>,
		provenance: {...session.provenance},
	});
	send({type: 'answered', interview: after, askAgain: askAgain(before, after, typed), savedAt: Date.now()});
};

/** One more word in a list, because a failed run asked for it. */
export const addToAnswer = async ({to, value}: Addition, session: Session, send: Send): Promise<void> => {
	const [step = '', path = ''] = to.split('.');
	const list = (session.given[step] as Readonly<Record<string, Json>> | undefined)?.[path];
	const whole: Json = [...new Set([...(Array.isArray(list) ? list : []), value])];
	session.given = setAt(session.given, [step, ...path.split('.')], whole) as Given;
	const interview = await look(session);
	await saveDraft(session.place.state, stackOf(session).id, {answers: session.given as Record<string, Json>});
	send({type: 'answered', interview, askAgain: [], savedAt: Date.now()});
};

/** Where the operator is. */
export const place: Performer<'place'> = async ({step, question, passed}, session) => {
	if (session.stack) await saveDraft(session.place.state, session.stack.id, {step, question, passed: [...passed]});
};

/** A finding of the preflight that the operator takes on: an answer like any other, which the plan honours. */
export const accept: Performer<'accept'> = async ({check}, session, send) => {
	const {needs} = stackOf(session);
	if (needs === undefined) return send({type: 'notice', line: 'This stack has no preflight.'});
	// At once: two that are accepted quickly must not overwrite each other.
	session.given = setAt(session.given, needs.accept.split('.'), [...new Set([...acceptedOf(session), check])]) as Given;
	const interview = await look(session);
	await saveDraft(session.place.state, stackOf(session).id, {answers: session.given as Record<string, Json>});
	send({type: 'answered', interview, askAgain: [], savedAt: Date.now()});
};
