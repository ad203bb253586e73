/** A second archive for a few packages that this release has no more, kept from bringing anything else: its pin lets a package come from it only where nothing else has it. */
import {fetchLists} from '#host/apt/lists.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {file} from '../files/file.ts';
import {withEdges} from '../shared/edges.ts';

export type AptSourceSpec = {
	/** Of its files: `debian-bullseye`. */
	readonly name: string;
	readonly uri: string;
	readonly suite: string;
	/** `main` */
	readonly components: readonly string[];
	/** The keys that may sign it. */
	readonly keyring: string;
};

/** The source, its pin at 100, and its lists. Provides `done:apt-source:NAME` for the packages that come from it. */
export const aptSource = (spec: AptSourceSpec, edges: Partial<Edges> = {}): readonly Resource[] => {
	const list = `/etc/apt/sources.list.d/${spec.name}.list`;
	const pin = `/etc/apt/preferences.d/${spec.name}`;
	return [
		file(
			{
				path: pin,
				text: `# Of setup: only what this release does not have comes from there.\nPackage: *\nPin: release n=${spec.suite}\nPin-Priority: 100\n`,
				mode: 0o644,
				owner: 'root:root',
			},
			{needs: edges.needs ?? []},
		),
		file(
			{
				path: list,
				text: `deb [signed-by=${spec.keyring}] ${spec.uri} ${spec.suite} ${spec.components.join(' ')}\n`,
				mode: 0o644,
				owner: 'root:root',
			},
			// The pin comes first: without it the next upgrade by anybody would look there.
			{needs: [`path:${pin}`, ...(edges.needs ?? [])]},
		),
		resource(
			aptListsType,
			withEdges({
				id: `apt-lists:${spec.name}`,
				needs: [`path:${list}`, `path:${pin}`],
				provides: [`done:apt-source:${spec.name}`],
				locks: ['apt'],
				title: `the package lists of ${spec.suite}`,
			}),
			spec,
		),
	];
};

export type AptListsState = {readonly fetched: boolean};

export const aptListsType: ResourceType<AptSourceSpec, AptListsState> = {
	name: 'apt-lists',
	async inspect(spec, host) {
		const names = (await host.list('/var/lib/apt/lists')) ?? [];
		const start = listName(spec);
		return {fetched: names.some(name => name.startsWith(start) && /_Packages(\.\w+)?$/.test(name))};
	},
	diff: ({suite}, state) =>
		state !== 'absent' && state.fetched ? [] : [{what: `package lists of ${suite}`, from: null, to: 'fetched'}],
	fetches: ({uri, suite}) => [{kind: 'not covered', what: `a second archive (${uri} ${suite})`}],
	undoOf: spec => ({can: true, record: {starts: listName(spec)}}),
	apply: (_spec, _state, _changes, host) => fetchLists(host),
	async undo(record, host) {
		const {starts} = record as {readonly starts: string} & {readonly [key: string]: Json};
		const names = ((await host.list('/var/lib/apt/lists')) ?? []).filter(name => name.startsWith(starts));
		for (const name of names) await host.remove(`/var/lib/apt/lists/${name}`, {was: undefined});
		return {outcome: names.length > 0 ? 'undone' : 'already'};
	},
};

/** As apt names the files of a source. */
const listName = ({uri, suite}: AptSourceSpec): string =>
	`${uri
		.replace(/^\w+:\/\//, '')
		.replace(/\/$/, '')
		.replaceAll('_', '%5f')
		.replaceAll('/', '_')}_dists_${suite}_`;
