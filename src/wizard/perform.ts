/** Which function carries out which effect of the wizard. */
import type {Effect} from '#ui/state/effects.ts';
import type {State} from '#ui/state/types.ts';
import {acts} from './acts.ts';
import {report, shell, summary, writeReport} from './aftermath.ts';
import {preflight} from './preflight.ts';
import {probe, unproven} from './probing.ts';
import {accept, answer, open, place, secret} from './questions.ts';
import {exportFile, plan} from './review.ts';
import {attach, consequences, detach, drive, install, rehearse, stop, undoStep} from './running.ts';
import type {Performer, Send, Session} from './session.ts';
import {start} from './start.ts';

/** Carries out one effect; a throw is shown to the operator. */
export const perform = <Do extends Effect['do']>(
	effect: Extract<Effect, {do: Do}>,
	session: Session,
	send: Send,
	state: State,
): Promise<void> => (performers[effect.do] as unknown as Performer<Do>)(effect, session, send, state);

const performers: {readonly [Do in Effect['do']]: Performer<Do>} = {
	start,
	open,
	preflight,
	accept,
	answer,
	secret,
	place,
	probe,
	unproven,
	plan,
	acts,
	export: exportFile,
	install,
	rehearse,
	attach,
	detach,
	drive,
	stop,
	'undo-step': undoStep,
	consequences,
	shell,
	report,
	'write-report': writeReport,
	summary,
	redraw: async (_effect, session) => session.redraw(),
};
