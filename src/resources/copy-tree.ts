/** A directory from elsewhere on this host in place of what a tool would fetch, because its registry is out of reach. */
import {randomBytes} from 'node:crypto';
import {dirname} from 'node:path';
import {type Digest, digestOf} from '#host/digest.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {readStamp, removeStamp, writeStamp} from './stamp.ts';
import {withEdges} from './with-edges.ts';

export type CopyTreeSpec = {
	readonly name: string;
	readonly from: string;
	/** Replaced as a whole; its parent must be there. */
	readonly to: string;
	/** Owner of the copy. */
	readonly as: string;
};

type Stamp = {readonly source: Digest; readonly copy: Digest};
export type CopyTreeState = {readonly source: Digest; readonly copy: Digest; readonly stamp: Stamp | undefined};

/** A copy with the same files, plain modes, and an owner of its own. */
export const copyTree = (spec: CopyTreeSpec, edges: Partial<Edges> = {}): Resource => resource(copyTreeType, withEdges({
	id: `copy:${spec.to}`,
	needs: [`path:${spec.from}`, `user:${spec.as}`],
	provides: [`path:${spec.to}`],
	locks: [`path:${spec.to}`],
}, edges), spec);

export const copyTreeType: ResourceType<CopyTreeSpec, CopyTreeState> = {
	name: 'copy-tree',
	async inspect({name, from, to}, host) {
		const stamp = await readStamp<Stamp>(host, stampId(name));
		const [source, copy] = await Promise.all([digestOf(host, from, [''], stamp?.source), digestOf(host, to, [''], stamp?.copy)]);
		return {source, copy, stamp};
	},
	diff: ({from, to}, state) => state !== 'absent' && state.copy.count > 0 && state.copy.content === state.source.content ? [] : [{what: to, from: state === 'absent' || state.copy.count === 0 ? null : 'other files', to: `a copy of ${from}`}],
	undoOf: ({name, to}, {copy, stamp}) => copy.count > 0 && !stamp ? {can: false, why: `${to} was there before, with other files`} : {can: true, record: {name, to, first: stamp === undefined}},
	async apply({name, from, to, as}, _state, _changes, host) {
		const source = await digestOf(host, from, ['']);
		if (source.count === 0) throw new Fault('copy.nothing', `${from} is not there, or holds no files`, 'Answer with the directory that holds them.');
		const draft = `${to}.host-setup.${randomBytes(3).toString('hex')}~`;
		await host.exec(['cp', '--recursive', '--no-dereference', '--no-preserve=mode,ownership', '--', from, draft]);
		await host.exec(['chown', '--recursive', '--no-dereference', `${as}:`, draft]);
		await host.removeTree(to);
		await host.rename(draft, to);
		await writeStamp(host, stampId(name), {source, copy: await digestOf(host, to, [''])});
	},
	async undo(record, host) {
		const {name, to, first} = record as {readonly name: string; readonly to: string; readonly first: boolean};
		const stamp = await readStamp<Stamp>(host, stampId(name));
		const copy = await digestOf(host, to, [''], stamp?.copy);
		if (!first || copy.count === 0) return {outcome: 'already'};
		if (stamp && copy.content !== stamp.copy.content) return {outcome: 'kept', why: `files in ${to} were changed since (${dirname(to)} stays as it is)`};
		await host.removeTree(to);
		await removeStamp(host, stampId(name));
		return {outcome: 'undone'};
	},
};

const stampId = (name: string): string => `copy:${name}`;
