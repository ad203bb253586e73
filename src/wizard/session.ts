/** What the wizard holds between effects: the host as it was read, the stack, the answers so far. */

import {join} from 'node:path';
import {exportAnswers} from '#answers/file/export.ts';
import {type Given, type Interview, interview} from '#answers/interview/interview.ts';
import type {Plan} from '#engine/plan.ts';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {createReader, type PassReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import type {AnyStep, Stack} from '#model/step.ts';
import type {Attached} from '#runner/attach.ts';
import {factsOf} from '#tasks/open-stack.ts';
import type {Place} from '#tasks/state-place.ts';
import type {Msg} from '#ui/state/msg.ts';
import type {State} from '#ui/state/types.ts';

export type Session = {
	readonly place: Place;
	/** Facts are read once until `drop`: before a plan, and after a run. */
	readonly reader: PassReader;
	/** Gives the terminal to another program. */
	away: <T>(run: () => Promise<T>) => Promise<T>;
	/** Draws everything anew. */
	redraw: () => Promise<void>;
	stack?: Stack;
	given: Given;
	provenance: Readonly<Record<string, string>>;
	interview?: Interview;
	attached?: Attached;
	/** Stops the rehearsal that is watched. */
	stopRehearsal?: () => void;
	/** The plan that is reviewed. */
	plan?: Plan;
	/** Where the answers were exported to. */
	exported?: string;
};

export type Send = (msg: Msg) => void;
export type Performer<Do extends string> = (
	effect: Extract<import('#ui/state/effects.ts').Effect, {do: Do}>,
	session: Session,
	send: Send,
	state: State,
) => Promise<void>;

/** Where nothing is drawn there is nothing to leave. */
export const newSession = (place: Place): Session => ({
	place,
	reader: createReader(),
	away: run => run(),
	redraw: async () => {},
	given: {},
	provenance: {},
});

/** The facts that a step declares, read through the session. */
export const factsIn =
	({reader}: Session) =>
	(step: AnyStep): Promise<Record<string, unknown>> =>
		factsOf(step, reader);

/** The stack that is walked through. An effect that needs one comes after `open`. */
export const stackOf = ({stack}: Session): Stack => {
	if (!stack) throw new Fault('internal', 'no stack was chosen', 'Please report this.');
	return stack;
};

/** The interview anew, from the answers so far. */
export const look = async (session: Session): Promise<Interview> => {
	session.interview = await interview(stackOf(session), session.given, {
		facts: factsIn(session),
		provenance: session.provenance,
		store: session.place.secrets,
	});
	return session.interview;
};

/** The answers file that plan, rehearsal and run take: complete, references only, 0600 below the state directory. */
export const writeAnswers = async (session: Session): Promise<string> => {
	const stack = stackOf(session);
	const directory = join(session.place.state, 'answers');
	const path = join(directory, `${stack.id}.yaml`);
	const {inputs = {}} = session.interview ?? (await look(session));
	await makeOwnDirectory(directory);
	await writeOwnFile(path, exportAnswers(stack, inputs), 0o600);
	return path;
};
