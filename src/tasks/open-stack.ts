/** From an answers file to the resources of a stack: the one way in for plan, apply and rehearse. */

import {stackIdOf} from '#answers/file/head.ts';
import {type Loaded, loadAnswers} from '#answers/file/load.ts';
import {openSource, type Source} from '#answers/file/source.ts';
import {answersDigest} from '#answers/resolve/digest.ts';
import {refuseForeignNames} from '#answers/secrets/named-files.ts';
import type {Item} from '#engine/order.ts';
import {goOutBy} from '#host/outgoing/way-out.ts';
import type {Reader} from '#model/host.ts';
import {ofStack, type Resource} from '#model/resource.ts';
import type {AnyStep, Stack} from '#model/step.ts';
import {requirements} from '#resources/preflight/host-requirements.ts';
import {withGrounds} from './grounds.ts';
import {findStack, knownStacks} from './stacks/find.ts';

export type Opened = {
	readonly stack: Stack;
	readonly loaded: Loaded;
	/** sha256 of the answers as given, defaults filled in, secrets as references. */
	readonly digest: string;
	/** Makes the resources; secrets must be in place for an apply. `update`: a word of the run that follows branches. */
	items(update?: string): Promise<readonly Item[]>;
};

/** Reads the answers, checks all of them, and gives the items once secrets are in place. Throws Fault answers.* with every problem. */
export const openStack = async (file: string | Source, sets: readonly string[], reader: Reader): Promise<Opened> => {
	const given = typeof file === 'string' ? {path: file} : file;
	// Once for all: a pipe gives its text a single time, and a file could be another one at a second look.
	const source = await openSource(given);
	const facts = (step: AnyStep): Promise<Record<string, unknown>> => factsOf(step, reader);
	const stack = await findStack(
		await stackIdOf(
			source,
			knownStacks().map(({id}) => id),
		),
	);
	const loaded = await loadAnswers(source, stack, {sets, facts});
	if ('path' in given) refuseForeignNames(given.path, loaded);
	for (const step of stack.steps)
		if (step.outgoing) goOutBy(step.outgoing(loaded.answers.get(step.id), {facts: await facts(step)}));
	return {
		stack,
		loaded,
		digest: answersDigest(loaded.inputs),
		async items(update) {
			const items: Item[] = preflightItems(loaded);
			for (const step of stack.steps) {
				const uses = loaded.uses.get(step.id) ?? {};
				const made = step.resources(loaded.answers.get(step.id), {facts: await facts(step), uses});
				items.push(...made.map((one: Resource) => ({step: step.id, resource: ofStack(stack.id, one, update)})));
			}
			return withGrounds(stack.id, items);
		},
	};
};

/** The preflight comes first, in the step that asks what of it is accepted. */
const preflightItems = ({stack, answers}: Loaded): Item[] => {
	const {needs} = stack;
	if (needs === undefined) return [];
	const [step = '', key = ''] = needs.accept.split('.');
	const accepted = (answers.get(step) as Readonly<Record<string, readonly string[]>> | undefined)?.[key] ?? [];
	return [{step, resource: ofStack(stack.id, requirements({needs, accepted}))}];
};

/** The facts a step declared, read through the pass. */
export const factsOf = async (step: AnyStep, reader: Reader): Promise<Record<string, unknown>> =>
	Object.fromEntries(
		await Promise.all(
			Object.entries(step.facts ?? {}).map(async ([key, fact]) => [
				key,
				await reader.fact(fact as Parameters<Reader['fact']>[0]),
			]),
		),
	);
