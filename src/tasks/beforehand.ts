/** What an install would only find out on its way, asked before it begins: is the archive there, has the repository that commit, may its user read it. */
import type {Plan} from '#engine/plan.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Probe, Probed} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {factsOf, type Opened} from './open-stack.ts';

export type Asked = {
	readonly step: string;
	readonly id: string;
	readonly title: string;
	/** The answers it is about: `application.ref`. */
	readonly about: readonly string[];
	readonly state: Probed['state'] | 'unknown';
	readonly line: string;
};

/** Asks all probes that decide whether something can be made; with a plan only of what it still has to make. Secrets must be in place as far as they are known. */
export const askBeforehand = async (opened: Opened, reader: Reader, plan?: Plan): Promise<readonly Asked[]> => {
	const open = plan && toMake(plan);
	const {stack, loaded} = opened;
	const probes = await Promise.all(
		stack.steps.map(async step => {
			const made: readonly Probe[] =
				step.probes?.(loaded.answers.get(step.id), {
					facts: await factsOf(step, reader),
					uses: loaded.uses.get(step.id) ?? {},
				}) ?? [];
			return made
				.filter(({decides = []}) => decides.some(thing => open === undefined || open.has(thing)))
				.map(probe => ({step: step.id, probe}));
		}),
	);
	return Promise.all(
		probes.flat().map(async ({step, probe}) => ({
			step,
			id: probe.id,
			title: probe.title,
			about: probe.about.map(path => `${step}.${path}`),
			...(await askProbe(probe, reader)),
		})),
	);
};

/** The things whose makers are not as desired yet. */
const toMake = ({nodes}: Plan): ReadonlySet<string> =>
	new Set(nodes.filter(({look}) => look.state !== 'ok').flatMap(({resource}) => resource.provides ?? []));

/** Runs one: what cannot be told is unknown, a fault is a no. */
export const askProbe = async (probe: Probe, reader: Reader): Promise<Pick<Asked, 'state' | 'line'>> => {
	try {
		return await probe.run(reader);
	} catch (error) {
		if (error instanceof Blocked) return {state: 'unknown', line: error.message};
		if (error instanceof Fault) return {state: 'failed', line: error.sentence};
		throw error;
	}
};
