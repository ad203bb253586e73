/** Effects about runs: start one apart from this screen, watch it, take it over, stop it. The run does not depend on any of it. */
import {setTimeout as pause} from 'node:timers/promises';
import {resolveSecrets, secretsToHandOver} from '#answers/secrets/secrets.ts';
import {readState} from '#answers/state.ts';
import {consequencesOf} from '#engine/consequences.ts';
import type {Event} from '#model/event.ts';
import {attachRun} from '#runner/attach.ts';
import {follow} from '#runner/followed.ts';
import type {RunInfo} from '#runner/messages.ts';
import {startDetached} from '#runner/start-run.ts';
import {whoAmI} from '#runner/who.ts';
import {openStack} from '#tasks/open-stack.ts';
import {findStack} from '#tasks/stacks/find.ts';
import type {Msg} from '#ui/state/msg.ts';
import type {RunView} from '#ui/state/types.ts';
import {addToAnswer} from './questions.ts';
import {planNow} from './review.ts';
import {look, type Performer, type Send, type Session, stackOf, writeAnswers} from './session.ts';
import {stackSummary} from './stack-summary.ts';

/** Starts the install; what is skipped is named by id. */
export const install: Performer<'install'> = async ({skip, add}, session, send) => {
	if (add !== undefined) await addToAnswer(add, session, send);
	await look(session);
	const path = await writeAnswers(session);
	session.reader.drop();
	const {loaded} = await openStack(path, [], session.reader);
	await resolveSecrets(loaded, {store: session.place.secrets, mode: 'plan'});
	const started = await startDetached({
		argv: ['apply', path, '--state', session.place.state, ...skip.flatMap(id => ['--skip', id])],
		state: session.place.state,
		what: `setup apply ${path}`,
		given: secretsToHandOver(loaded),
	});
	await watch(session, send, {kind: 'apply', drive: true, run: started.run});
};

/** Puts back what one step changed, in a run of its own. */
export const undoStep: Performer<'undo-step'> = async ({step}, session, send) => {
	const started = await startDetached({
		argv: ['undo', stackOf(session).id, '--step', step, '--state', session.place.state],
		state: session.place.state,
		what: `setup undo ${stackOf(session).id} --step ${step}`,
	});
	await watch(session, send, {kind: 'undo', drive: true, run: started.run});
};

/** Joins the run in progress. */
export const attach: Performer<'attach'> = async ({drive}, session, send) =>
	watch(session, send, {kind: 'apply', drive});

type Watching = {readonly kind: RunView['kind']; readonly drive: boolean; readonly run?: string};

/** Tells the whole story of a run and what happens then; joins again when the line to it was cut. */
const watch = async (session: Session, send: Send, {kind, drive, run}: Watching): Promise<void> => {
	session.attached?.close();
	for (let wheel = drive; ; wheel = false) {
		const attached = attachRun(session.place.state, {by: whoAmI(), drive: wheel, ...(run !== undefined && {run})});
		session.attached = attached;
		let told = false;
		for await (const message of attached) {
			if (message.type === 'hello') {
				send({
					type: 'run-hello',
					kind: kindOf(message.run, kind),
					info: message.run,
					you: message.you,
					driver: message.driver,
					...(await aboutRun(message.run, session)),
				});
			}
			if (message.type === 'event') {
				told ||= message.event.type === 'run-end';
				send({type: 'run-event', event: message.event});
			}
			if (message.type === 'now') send({type: 'run-live'});
			if (message.type === 'driver') send({type: 'run-driver', you: message.you, driver: message.driver});
			if (message.type === 'refused') send({type: 'notice', line: message.why});
			if (message.type === 'end') {
				send({type: 'run-live'});
				if (!told) send({type: 'run-lost', why: message.fault?.sentence ?? 'The run ended before it had begun.'});
				if (message.fault) send({type: 'fault', fault: message.fault});
			}
		}
		const end = await attached.ended;
		if (end.how === 'dropped') {
			await pause(500);
			continue;
		}
		if (end.how === 'lost')
			send({type: 'run-lost', why: `${end.why}. What it did is in the journal: trying again goes on from there.`});
		if (end.how === 'nothing') send({type: 'run-lost', why: 'There is no run in progress any more.'});
		session.reader.drop();
		return;
	}
};

const kindOf = ({what}: RunInfo, kind: RunView['kind']): RunView['kind'] =>
	what.startsWith('setup undo') ? 'undo' : kind;

/** A screen that joins a run of another login has to know its stack as well. */
const aboutRun = async (
	info: RunInfo,
	session: Session,
): Promise<Pick<Extract<Msg, {type: 'run-hello'}>, 'steps' | 'stack'>> => {
	if (info.stack !== undefined) session.stack ??= await findStack(info.stack);
	const {stack} = session;
	if (!stack) return {steps: []};
	return {
		steps: stack.steps.map(({id, title}) => ({id, title})),
		stack: stackSummary(stack, await readState(session.place.state)),
	};
};

export const detach: Performer<'detach'> = async (_effect, session) => {
	session.attached?.close();
	session.stopRehearsal?.();
};

export const drive: Performer<'drive'> = async (_effect, session) => session.attached?.send({do: 'drive'});

export const stop: Performer<'stop'> = async (_effect, session) => {
	if (session.stopRehearsal) session.stopRehearsal();
	else session.attached?.send({do: 'stop'});
};

/** The same install in a throw-away copy; its events fill the same screen. */
export const rehearse: Performer<'rehearse'> = async (_effect, session, send) => {
	await look(session);
	const path = await writeAnswers(session);
	const {steps} = stackOf(session);
	send({
		type: 'run-hello',
		kind: 'rehearse',
		info: undefined,
		you: 'drives',
		driver: whoAmI(),
		steps: steps.map(({id, title}) => ({id, title})),
	});
	send({type: 'run-live'});
	let ended = false;
	const event = (one: Event): void => {
		ended ||= one.type === 'run-end';
		send({type: 'run-event', event: {at: Date.now(), ...one}});
	};
	const rehearsal = follow(['rehearse', path, '--format', 'ndjson'], event);
	session.stopRehearsal = rehearsal.stop;
	const {code, said} = await rehearsal.ended;
	delete session.stopRehearsal;
	if (ended) return;
	send({type: 'run-lost', why: code === 130 ? 'The rehearsal was stopped.' : 'The rehearsal could not begin.'});
	if (code !== 130)
		send({
			type: 'fault',
			fault: {
				code: 'rehearse.failed',
				sentence: 'The rehearsal could not begin',
				hint: `On the command line it says more: setup rehearse ${path}`,
				details: said,
			},
		});
};

/** What would not be done either if a node was skipped. */
export const consequences: Performer<'consequences'> = async ({id}, session, send) => {
	const plan = await planNow(session);
	const titles = new Map(
		plan.nodes.map(({resource, step}) => [resource.id, `${step}: ${resource.title ?? resource.id}`]),
	);
	const also = consequencesOf(plan.order, [id]).filter(one => one !== id);
	send({
		type: 'consequences',
		ids: [id],
		lines: also.length === 0 ? ['Nothing else needs it.'] : also.map(one => titles.get(one) ?? one),
	});
};
