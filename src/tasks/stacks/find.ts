/** The stacks of this host by id: those that come with setup, and the operator's own. */
import {join} from 'node:path';
import {programRoot} from '#host/files/own-program.ts';
import {Fault} from '#model/fault.ts';
import type {Stack} from '#model/step.ts';
import {stacks} from '#stacks/index.ts';
import type {KnownStack} from './known-stack.ts';
import {ownStacks} from './own.ts';

/** Those of setup first. Nothing is loaded. */
export const knownStacks = (): readonly KnownStack[] => [
	...Object.entries(stacks).map(([id, load]) => ({
		id,
		origin: 'setup',
		get folder() {
			return join(programRoot(), 'stacks', id);
		},
		load,
	})),
	...ownStacks(Object.keys(stacks)),
];

/** A stack by its id. Throws Fault usage.no-stack, naming those there are, and stack.* for one that cannot be taken. */
export const findStack = async (id: string): Promise<Stack> => {
	const known = knownStacks();
	const found = known.find(one => one.id === id);
	if (!found)
		throw new Fault(
			'usage.no-stack',
			`there is no stack ${JSON.stringify(id)}`,
			`There are: ${known.map(one => one.id).join(', ')}.`,
		);
	return found.load();
};

/** All that can be loaded, in the order of the list; one that cannot is left to `setup list stacks`, which says why. */
export const loadableStacks = async (): Promise<readonly (KnownStack & {readonly stack: Stack})[]> => {
	const loaded = await Promise.all(
		knownStacks().map(async known =>
			known.load().then(
				stack => ({known, stack}),
				(error: unknown) => {
					if (error instanceof Fault) return undefined;
					throw error;
				},
			),
		),
	);
	return loaded.flatMap(one => (one === undefined ? [] : [{...one.known, stack: one.stack}]));
};
