/** The commands that a line of the plan stands for: the same code that will do it, run on a host that only writes down what it is asked. */
import {setTimeout as pause} from 'node:timers/promises';
import {dryHost} from '#engine/dry-host.ts';
import type {Plan} from '#engine/plan.ts';
import {redact} from '#host/secrets/redact.ts';
import type {Reader} from '#model/host.ts';
import type {Performer} from './session.ts';

/** What waits for a service that was not started here would wait long. */
const patience = 3000;

/** The effect `acts`. */
export const acts: Performer<'acts'> = async ({id}, session, send) => {
	const lines = session.plan ? await actsOf(session.plan, id, session.reader) : [];
	if (lines.length > 0) send({type: 'acts', id, lines: ['It stands for:', ...lines]});
};

/** Each act as a sentence. What depends on the outcome of an act that did not happen is left open, and that is said. */
export const actsOf = async (plan: Plan, id: string, reader: Reader): Promise<readonly string[]> => {
	const look = plan.nodes.find(({resource}) => resource.id === id)?.look;
	if (look?.state !== 'change') return [];
	const told: string[] = [];
	const host = dryHost(
		reader,
		async () => undefined,
		act => told.push(redact(act)),
	);
	const whole = await Promise.race([
		look.apply(host).then(
			() => true,
			() => false,
		),
		pause(patience, false),
	]);
	return whole ? [...told] : [...told, 'What follows depends on what these do.'];
};
