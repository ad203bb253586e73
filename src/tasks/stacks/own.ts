/**
 * An operator's own stacks: /etc/host-setup/stacks/NAME/stack.ts. They run as root, so nothing in the folder may be another's to write.
 * docs/stacks.md says how to write one.
 */
import {existsSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {writersInWords} from '#host/trust/in-words.ts';
import {createTrusting, isRoots} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Stack} from '#model/step.ts';
import type {KnownStack} from './known-stack.ts';

export const ownDirectory = '/etc/host-setup/stacks';

/** One for each folder, by name; none where there is no such directory. `taken`: ids that are setup's. */
export const ownStacks = (taken: readonly string[], directory = ownDirectory): readonly KnownStack[] =>
	namesIn(directory).map(id => {
		const folder = join(directory, id);
		return {id, origin: folder, folder, load: () => loadOwn(folder, id, taken)};
	});

const namesIn = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory, {withFileTypes: true})
			.filter(entry => entry.isDirectory() || entry.isSymbolicLink())
			.map(({name}) => name)
			.filter(name => /^[a-z][a-z0-9-]*$/.test(name) && existsSync(join(directory, name, 'stack.ts')))
			.toSorted();
	} catch {
		return [];
	}
};

const loadOwn = async (folder: string, id: string, taken: readonly string[]): Promise<Stack> => {
	if (taken.includes(id))
		throw new Fault(
			'stack.taken',
			`${folder} has the name of a stack that comes with setup`,
			'Give the folder another.',
		);
	refuseForeign(folder);
	return readOwn(join(folder, 'stack.ts'), id);
};

/** Throws Fault 'stack.not-roots' for what another than root may write or put in its place. */
const refuseForeign = (folder: string): void => {
	const trusting = createTrusting();
	const below = readdirSync(folder, {recursive: true, withFileTypes: true});
	for (const path of [folder, ...below.map(entry => join(entry.parentPath, entry.name))]) {
		const trust = trusting(path);
		if (!isRoots(trust))
			throw new Fault(
				'stack.not-roots',
				`the stack ${folder} is not taken, because it would run as root: ${writersInWords(trust)}`,
				`chown -R root:root ${folder} && chmod -R go-w ${folder}, and read it before you do.`,
			);
	}
};

/** Runs the file, which is trusted by now, and looks whether it gave a stack. Throws Fault 'stack.broken'. */
export const readOwn = async (file: string, id: string): Promise<Stack> => {
	const {kit} = await import('#stacks/kit.ts');
	// Not import(): in a process that was started from a snapshot it finds nothing.
	const load = createRequire(import.meta.url);
	let stack: unknown;
	try {
		const {default: make} = load(file) as {readonly default?: unknown};
		if (typeof make !== 'function') throw new TypeError('it has no default export that is a function');
		stack = await (make as (given: typeof kit) => unknown)(kit);
		lookWhole(stack, id);
	} catch (error) {
		if (error instanceof Fault) throw error;
		throw new Fault(
			'stack.broken',
			`${file} gives no stack: ${error instanceof Error ? error.message : String(error)}`,
			'It must have `export default ({z, defineStack, step, makers}) => defineStack({…})`; docs/stacks.md builds one.',
			{cause: error},
		);
	}
	return stack;
};

/** The types are not looked at when it runs: what everything else relies on is asked here, once. */
function lookWhole(stack: unknown, id: string): asserts stack is Stack {
	const one = stack as Partial<Stack> | null | undefined;
	if (typeof one !== 'object' || one === null) throw new TypeError('the function gives no stack');
	if (one.id !== id) throw new TypeError(`its id is ${JSON.stringify(one.id)}, and its folder is called ${id}`);
	for (const key of ['title', 'about', 'guide'] as const)
		if (typeof one[key] !== 'string') throw new TypeError(`it has no ${key}`);
	if (!Array.isArray(one.steps) || one.steps.length === 0) throw new TypeError('it has no steps');
	const ids = new Set<string>();
	for (const step of one.steps) {
		const name = step?.id as unknown;
		if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name))
			throw new TypeError(`a step has the id ${JSON.stringify(name)}: small letters, digits and - are taken`);
		if (ids.has(name)) throw new TypeError(`two steps are called ${name}`);
		ids.add(name);
		if (typeof step.resources !== 'function' || step.questions?._zod === undefined)
			throw new TypeError(`the step ${name} has no questions of z, or no resources`);
	}
}
