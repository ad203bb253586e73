/** Entries of a JSON file that is a list, each known by one of its keys: ours are as answered, those that somebody else added stay. */
import {sha256} from '#host/files/stash.ts';
import {textOf} from '#host/files/text-of.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {
	type Change,
	type Edges,
	type Late,
	type Resource,
	type ResourceType,
	resource,
	type Undone,
} from '#model/resource.ts';
import {newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from '../files/path-resources.ts';
import {patchOf} from '../files/show-diff.ts';

type Entry = {readonly [key: string]: Json};

export type JsonListSpec = {
	readonly path: string;
	/** By which an entry is known: `id`. */
	readonly by: string;
	readonly entries: readonly Entry[];
	readonly mode: number;
	readonly owner: string;
};
export type JsonListState = 'absent' | (Ownership & {readonly text: string});

/** The entries, in the file. Needs its directory and its owner. */
export const jsonList = (spec: JsonListSpec, edges: Partial<Edges> = {}): Resource =>
	resource(jsonListType, pathEdges('json-list', spec.path, spec.owner, edges), spec);

/** The same where only the host can tell what an entry says. */
export const lateJsonList = (
	{path, owner}: Pick<JsonListSpec, 'path' | 'owner'>,
	spec: Late<JsonListSpec>,
	edges: Partial<Edges>,
	preview: JsonListSpec,
): Resource => resource(jsonListType, pathEdges('json-list', path, owner, edges), spec, preview);

export const jsonListType: ResourceType<JsonListSpec, JsonListState> = {
	name: 'json-list',
	async inspect({path, owner}, host) {
		const stat = await host.stat(path, {follow: true});
		const text = await textOf(host, path);
		return stat === undefined || text === undefined ? 'absent' : {...(await ownershipOf(host, stat, owner)), text};
	},
	diff(spec, state) {
		const before = state === 'absent' ? [] : listIn(state.text, spec.path);
		const entries: readonly Change[] = spec.entries.flatMap(entry => {
			const now = before.find(one => one[spec.by] === entry[spec.by]);
			return same(now, entry)
				? []
				: [
						{
							key: 'entries',
							item: String(entry[spec.by]),
							what: `entry ${String(entry[spec.by])}`,
							from: now ?? null,
							to: entry,
						},
					];
		});
		if (state === 'absent') return [...entries, ...newOwnership(spec)];
		const patch = entries.length > 0 ? patchOf(spec.path, state.text, written(merged(before, spec))) : undefined;
		return [
			...entries.map((one, at) => (at === 0 && patch !== undefined ? {...one, patch} : one)),
			...ownershipChanges(spec, state),
		];
	},
	holds: ({path, by, entries}) =>
		entries.map(entry => ({thing: `json:${path} ${String(entry[by])}`, as: JSON.stringify(entry)})),
	undoOf(spec, state) {
		const before = state === 'absent' ? [] : listIn(state.text, spec.path);
		return {
			can: true,
			record: {
				path: spec.path,
				by: spec.by,
				made: state === 'absent',
				put: [...spec.entries],
				was: before.filter(one => spec.entries.some(entry => entry[spec.by] === one[spec.by])),
			},
			keep: state === 'absent' ? [] : [[state.text]],
		};
	},
	async apply(spec, state, changes, host) {
		if (changes.some(({key}) => key === 'entries')) {
			const before = state === 'absent' ? [] : listIn(state.text, spec.path);
			await host.replace(spec.path, [written(merged(before, spec))], {
				was: state === 'absent' ? 'absent' : sha256(state.text),
				id: state === 'absent' ? undefined : state.id,
				mode: spec.mode,
				owner: spec.owner,
			});
		} else if (state !== 'absent')
			await host.own(state.at ?? spec.path, {mode: spec.mode, owner: spec.owner, was: state.id});
	},
	undo: async (record, host, {kept}) => takeOut(record as Made, host, kept),
};

type Made = {
	readonly path: string;
	readonly by: string;
	readonly made: boolean;
	readonly put: readonly Entry[];
	readonly was: readonly Entry[];
} & {readonly [key: string]: Json};

const takeOut = async ({path, by, made, put, was}: Made, host: Host, [old]: readonly Uint8Array[]): Promise<Undone> => {
	const [text, stat] = [await textOf(host, path), await host.stat(path)];
	if (text === undefined || stat === undefined) return {outcome: 'already'};
	const now = listIn(text, path);
	const ours = (one: Entry): Entry | undefined => put.find(entry => entry[by] === one[by]);
	const changed = now.filter(
		one => ours(one) !== undefined && !same(one, ours(one)!) && !was.some(before => same(before, one)),
	);
	if (changed.length > 0)
		return {
			outcome: 'conflict',
			why: `in ${path} these were changed since: ${changed.map(one => String(one[by])).join(', ')}`,
		};
	const left = now.flatMap(one => (ours(one) === undefined ? [one] : was.filter(before => before[by] === one[by])));
	if (made && left.length === 0) {
		await host.remove(path, {was: stat.id});
		return {outcome: 'undone'};
	}
	const before = old === undefined ? undefined : Buffer.from(old).toString('utf8');
	const text2 = before !== undefined && same(listIn(before, path), left) ? before : written(left);
	if (text2 === text) return {outcome: 'already'};
	await host.replace(path, [text2], {was: sha256(text), id: stat.id});
	return {outcome: 'undone'};
};

const listIn = (text: string, path: string): readonly Entry[] => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		value = undefined;
	}
	if (Array.isArray(value) && value.every(one => typeof one === 'object' && one !== null && !Array.isArray(one)))
		return value as readonly Entry[];
	throw new Fault(
		'json.no-list',
		`${path} is no list of JSON objects`,
		'Mend it by hand (json_pp < FILE says where), or move it away.',
	);
};

const merged = (before: readonly Entry[], {by, entries}: JsonListSpec): readonly Entry[] => [
	...before.map(one => entries.find(entry => entry[by] === one[by]) ?? one),
	...entries.filter(entry => !before.some(one => one[by] === entry[by])),
];

const written = (list: readonly Entry[]): string => `${JSON.stringify(list, null, 2)}\n`;

/** Order of keys does not matter. */
const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b));

const sorted = (value: Json): Json =>
	Array.isArray(value)
		? (value as readonly Json[]).map(sorted)
		: typeof value === 'object' && value !== null
			? Object.fromEntries(
					Object.entries(value)
						.toSorted(([a], [b]) => (a < b ? -1 : 1))
						.map(([key, one]) => [key, sorted(one)]),
				)
			: value;
