/** What there is to save of the installed stacks: their resources say it (`keeps`), and what their stack makes again is left out of trees. */
import {createHash} from 'node:crypto';
import {readState} from '#answers/state.ts';
import type {Item} from '#engine/order.ts';
import type {Reader} from '#model/host.ts';
import {type Keep, keepId} from '#model/kept-thing.ts';
import {openInstalled} from '../installed-secrets.ts';
import type {Opened} from '../open-stack.ts';
import type {Place} from '../state-place.ts';

/** One thing that is saved and put back by itself. */
export type Kept = {
	/** `postgres:ipynbsrv`: as it is typed after --only. */
	readonly id: string;
	/** Its name where names are made of it: in the staging folder, in the view, of what is put beside. */
	readonly word: string;
	readonly stack: string;
	readonly keep: Keep;
	/** Of a tree: paths in it that are another thing's, or made again. */
	readonly leaveOut: readonly string[];
};

export type InstalledStack = {readonly opened: Opened; readonly items: readonly Item[]};

/** Every installed stack, opened from the answers that are kept of it. */
export const installedStacks = async (place: Place, reader: Reader): Promise<readonly InstalledStack[]> => {
	const {installed} = await readState(place.state);
	const all: InstalledStack[] = [];
	for (const stack of Object.keys(installed)) {
		const opened = await openInstalled(stack, place, reader);
		all.push({opened, items: await opened.items()});
	}
	return all;
};

/** What they hold, each thing once: two stacks may have the same. Throws Blocked where a resource cannot tell. */
export const keptOf = async (stacks: readonly InstalledStack[], reader: Reader): Promise<readonly Kept[]> => {
	const found = new Map<string, {readonly stack: string; readonly keep: Keep}>();
	for (const {opened, items} of stacks)
		for (const {resource} of items)
			for (const keep of (await resource.keeps?.(reader)) ?? [])
				if (!found.has(keepId(keep))) found.set(keepId(keep), {stack: opened.stack.id, keep});
	const trees = [...found.values()].flatMap(({keep}) => (keep.kind === 'tree' ? [keep.path] : []));
	const made = stacks.flatMap(({items}) => madeAgain(items));
	return [...found].map(([id, {stack, keep}]) => ({
		id,
		word: wordOf(id),
		stack,
		keep,
		leaveOut: keep.kind === 'tree' ? below(keep.path, [...trees, ...made]) : [],
	}));
};

/** What they hold that no snapshot has, a clause each. Throws Blocked as keptOf does. */
export const unsavedOf = async (stacks: readonly InstalledStack[], reader: Reader): Promise<readonly string[]> => {
	const all: string[] = [];
	for (const {items} of stacks) for (const {resource} of items) all.push(...((await resource.unsaved?.(reader)) ?? []));
	return [...new Set(all)].toSorted();
};

/** Those below a directory, the upper ones alone, sorted. Exported for its test. */
export const below = (directory: string, paths: readonly string[]): readonly string[] => {
	const inside = [...new Set(paths)].filter(path => path.startsWith(`${directory}/`)).toSorted();
	return inside.filter(path => !inside.some(other => path.startsWith(`${other}/`)));
};

/** What the next apply makes, whatever became of it: from git, from an archive, from the answers. */
const madeAgain = (items: readonly Item[]): readonly string[] =>
	items.flatMap(({resource}) =>
		makers.has(resource.type)
			? (resource.provides ?? []).filter(one => one.startsWith('path:')).map(one => one.slice('path:'.length))
			: [],
	);

const makers: ReadonlySet<string> = new Set([
	'asset-build',
	'copy-tree',
	'demo-repository',
	'demo-sources',
	'download',
	'file',
	'git-checkout',
	'npm-tool',
	'setup-py',
	'source-build',
	'symlink',
	'venv',
]);

const wordOf = (id: string): string =>
	`${id
		.replaceAll(/[^A-Za-z0-9]+/g, '-')
		.replace(/-$/, '')
		.slice(0, 32)}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
