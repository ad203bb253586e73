/** Live questions to the world beside the questions to the operator. They never block: what comes later than the next answer is forgotten. */
import {saveDraft} from '#answers/interview/drafts.ts';
import {probesOf} from '#answers/interview/probes.ts';
import {askProbe} from '#tasks/beforehand.ts';
import type {ProbeState} from '#ui/state/types.ts';
import {factsIn, type Performer, type Session, stackOf} from './session.ts';

/** Asks all probes of a step at once, and tells of each when it answers. */
export const probe: Performer<'probe'> = async ({step, ids}, session, send) => {
	const turn = (turns.get(session) ?? 0) + 1;
	turns.set(session, turn);
	const stack = stackOf(session);
	const probes = await probesOf(stack, step, session.given, {facts: factsIn(session), store: session.place.secrets});
	session.reader.drop();
	await Promise.all(
		probes
			.filter(({id}) => ids === undefined || ids.includes(id))
			.map(async one => {
				const about = {id: one.id, step, title: one.title, about: one.about};
				send({type: 'probe', probe: {...about, state: 'asking'}});
				const started = performance.now();
				const said = await askProbe(one, session.reader);
				// Another answer came meanwhile, and its probes are on their way.
				if (turns.get(session) !== turn) return;
				send({
					type: 'probe',
					probe: {
						...about,
						...said,
						...(said.state !== 'unknown' && {seconds: Math.round(performance.now() - started) / 1000}),
					} as ProbeState,
				});
			}),
	);
};

const turns = new WeakMap<Session, number>();

/** Gone past, and recorded as such. */
export const unproven: Performer<'unproven'> = async ({step, id}, session, send, state) => {
	const known = state.probes.find(one => one.id === id && one.step === step);
	await saveDraft(session.place.state, stackOf(session).id, before => ({
		unproven: [...new Set([...(before.unproven ?? []), `${step}.${id}`])],
	}));
	if (known)
		send({
			type: 'probe',
			probe: {
				id,
				step,
				title: known.title,
				about: known.about,
				state: 'unproven',
				line: 'line' in known ? known.line : '',
			},
		});
};
