/** The live questions beside a step's questions, made from answers that may not be whole yet. */
import {goOutBy} from '#host/outgoing/way-out.ts';
import type {Probe, Stack} from '#model/step.ts';
import {askedOf} from '../questions/secret-question.ts';
import {type FactsOf, type Given, type Settled, settleGiven, wholeOf} from '../resolve/resolve-answers.ts';
import {resolveSecrets} from '../secrets/secrets.ts';
import type {Box} from '../secrets/secrets-in-answers.ts';

/** Probes of a step whose own questions are answered; none while a step it uses has problems. */
export const offeredProbes = async (
	settled: Settled,
	all: readonly Settled[],
	facts: FactsOf,
): Promise<readonly Probe[]> => (await made(settled, all, facts)).probes;

export type ProbeOptions = {
	readonly facts: FactsOf;
	/** Path of the store of generated secrets; default /var/lib/host-setup/secrets.json. */
	readonly store?: string;
	/** Default process.env, which stays as it is. */
	readonly environment?: NodeJS.ProcessEnv;
};

/** The probes of a step, ready to be run: the secrets that can be read are in place. */
export const probesOf = async (
	stack: Stack,
	step: string,
	given: Given,
	{facts, store, environment = process.env}: ProbeOptions,
): Promise<readonly Probe[]> => {
	const all = await settleGiven(stack, given, facts);
	const settled = all.find(one => one.step.id === step);
	if (!settled) return [];
	const {probes, boxes} = await made(settled, all, facts);
	const secrets = [...boxes, ...(await goOutAsAnswered(all, facts))].flatMap(({name, secret}) => {
		const asked = askedOf(secret);
		return asked ? [{name, secret, ...asked, title: name, at: name}] : [];
	});
	// A copy: the run that follows has to read its variables itself.
	await resolveSecrets(
		{stack, secrets},
		{mode: 'plan', environment: {...environment}, ...(store !== undefined && {store})},
	);
	return probes;
};

/** What is asked of other hosts now goes the way that the answers say. Gives the secrets of that way. */
const goOutAsAnswered = async (all: readonly Settled[], facts: FactsOf): Promise<readonly Box[]> => {
	const boxes: Box[] = [];
	for (const one of all) {
		const {step} = one;
		const whole = step.outgoing && wholeOf(one);
		if (!whole) continue;
		boxes.push(...whole.boxes);
		goOutBy(step.outgoing!(whole.answers, {facts: step.facts ? await facts(step) : {}}));
	}
	return boxes;
};

type Made = {readonly probes: readonly Probe[]; readonly boxes: readonly Box[]};
const nothing: Made = {probes: [], boxes: []};

const made = async (settled: Settled, all: readonly Settled[], facts: FactsOf): Promise<Made> => {
	const {step} = settled;
	if (!step.probes) return nothing;
	const {uses, from, known} = settled.found;
	const used = from.map(id => all.find(other => other.step.id === id));
	const whole = wholeOf(settled);
	if (!whole || !known || used.some(one => one?.output === undefined)) return nothing;
	const bad = settled.problems.map(({path}) => path.slice(1));
	const probes: readonly Probe[] = step.probes(whole.answers, {facts: step.facts ? await facts(step) : {}, uses});
	return {
		probes: probes.filter(
			({about}) =>
				!about.some(path =>
					bad.some(other => path.split('.').every((key, index) => other.length <= index || other[index] === key)),
				),
		),
		boxes: [...whole.boxes, ...used.flatMap(one => one!.boxes)],
	};
};
