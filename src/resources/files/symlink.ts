/** A symbolic link and where it points, as written. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {pathEdges} from './path-resources.ts';

export type SymlinkSpec = {
	readonly path: string;
	readonly target: string;
	/** A regular file there gives way to it, and comes back at undo: a copy that setup made where a link is wanted by now. */
	readonly overFile?: true;
};
export type SymlinkState =
	| 'absent'
	| {readonly target: string; readonly id: string | undefined}
	| {
			readonly bytes: Uint8Array;
			readonly mode: number;
			readonly owner: string;
			readonly id: string | undefined;
	  };

/** A symbolic link. Another link at that place is replaced; anything else is a fault, but a file that was said to give way. */
export const symlink = (spec: SymlinkSpec, edges: Partial<Edges> = {}): Resource =>
	resource(symlinkType, pathEdges('symlink', spec.path, undefined, edges), spec);

export const symlinkType: ResourceType<SymlinkSpec, SymlinkState> = {
	name: 'symlink',
	async inspect({path, overFile}, host) {
		const stat = await host.stat(path);
		if (stat === undefined) return 'absent';
		if (overFile === true && stat.kind === 'file') {
			const bytes = (await host.read(path)) ?? new Uint8Array();
			return {bytes, mode: stat.mode, owner: `${stat.uid}:${stat.gid}`, id: stat.id};
		}
		if (stat.kind !== 'symlink')
			throw new Fault(
				'symlink.in-the-way',
				`${path} is there and is no symbolic link`,
				'Move it away, or name another path.',
			);
		return {target: stat.target ?? '', id: stat.id};
	},
	diff({target}, state) {
		if (state === 'absent') return [{what: 'target', from: null, to: target}];
		if ('bytes' in state)
			return [{key: 'over', what: 'link', from: `a file of ${state.bytes.length} bytes (kept for undo)`, to: target}];
		return state.target === target ? [] : [{what: 'target', from: state.target, to: target}];
	},
	holds: ({path, target}) => [{thing: `link:${path}`, ...asWanted(target)}],
	undoOf: ({path, target}, state) =>
		state !== 'absent' && 'bytes' in state
			? {
					can: true,
					record: {path, became: target, was: {mode: state.mode, owner: state.owner}} satisfies SymlinkRecord,
					keep: [state.bytes],
				}
			: {
					can: true,
					record: {path, became: target, was: state === 'absent' ? null : state.target} satisfies SymlinkRecord,
				},
	apply: ({path, target}, state, _changes, host) =>
		host.symlink(path, target, {was: state === 'absent' ? 'absent' : state.id}),
	undo: (record, host, {kept}) => undoLink(record as SymlinkRecord, host, kept[0]),
};

type SymlinkRecord = {
	readonly path: string;
	readonly became: string;
	readonly was: string | null | {readonly mode: number; readonly owner: string};
} & {readonly [key: string]: Json};

const undoLink = async (
	{path, became, was}: SymlinkRecord,
	host: Host,
	file: Uint8Array | undefined,
): Promise<Undone> => {
	const stat = await host.stat(path);
	const isFile = was !== null && typeof was === 'object';
	if (stat === undefined && was === null) return {outcome: 'already'};
	if (isFile ? stat?.kind === 'file' : stat?.kind === 'symlink' && stat.target === was) return {outcome: 'already'};
	// A kill between the two steps below leaves nothing there.
	const halfDone = isFile && stat === undefined;
	if (!halfDone && (stat?.kind !== 'symlink' || stat.target !== became))
		return {outcome: 'conflict', why: stat === undefined ? `${path} was removed since` : `${path} was changed since`};
	if (isFile) {
		if (file === undefined) return {outcome: 'conflict', why: `the previous ${path} is not in the stash any more`};
		if (stat !== undefined) await host.remove(path, {was: stat.id});
		await host.replace(path, file, {was: 'absent', mode: was.mode, owner: was.owner});
	} else await (was === null ? host.remove(path, {was: stat?.id}) : host.symlink(path, was, {was: stat?.id}));
	return {outcome: 'undone'};
};
