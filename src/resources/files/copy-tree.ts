/** A directory from elsewhere on this host in place of what a tool would fetch, because its registry is out of reach. */
import {basename, dirname} from 'node:path';
import {type Digest, digestOf} from '#host/files/digest.ts';
import {sha256} from '#host/files/stash.ts';
import {accountOf, accounts} from '#host/system/accounts.ts';
import {isRoots, trust} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Late, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {type MadeRecord, pictureOf, undoMade} from '../assets/outputs.ts';
import {clear} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, writeStamp} from '../shared/stamp.ts';

export type CopyTreeSpec = {
	readonly name: string;
	readonly from: string;
	/** Replaced as a whole; its parent must be there. */
	readonly to: string;
	/** Owner of the copy. */
	readonly as: string;
};

/** `copy` is seen from the copy itself, to be compared with the source; `outputs` from its parent, as undo does. */
type Stamp = {readonly source: Digest; readonly copy: Digest; readonly outputs: Digest; readonly building?: true};
export type CopyTreeState = {
	readonly source: Digest;
	readonly copy: Digest;
	readonly outputs: Digest;
	readonly stamp: Stamp | undefined;
	readonly before: Awaited<ReturnType<typeof pictureOf>>;
};

/** A copy with the same files, plain modes, and an owner of its own. */
export const copyTree = (spec: CopyTreeSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		copyTreeType,
		withEdges(
			{
				id: `copy:${spec.to}`,
				needs: [`path:${spec.from}`, `user:${spec.as}`],
				provides: [`path:${spec.to}`],
				locks: [`path:${spec.to}`],
			},
			edges,
		),
		spec,
	);

/** The same where only the host can tell where to. */
export const lateCopyTree = (
	id: string,
	spec: Late<CopyTreeSpec>,
	edges: Partial<Edges>,
	preview?: CopyTreeSpec,
): Resource => resource(copyTreeType, {...edges, id: `copy:${id}`}, spec, preview);

export const copyTreeType: ResourceType<CopyTreeSpec, CopyTreeState> = {
	name: 'copy-tree',
	async inspect({name, from, to}, host) {
		const stamp = await readStamp<Stamp>(host, stampId(name));
		const [source, outputs, copy] = await Promise.all([
			digestOf(host, from, ['.'], stamp?.source),
			digestOf(host, dirname(to), [basename(to)], stamp?.outputs),
			digestOf(host, to, ['.'], stamp?.copy),
		]);
		const same = copy.count > 0 && copy.content === source.content && stamp?.building !== true;
		return {
			source,
			copy,
			outputs,
			stamp,
			before: same ? undefined : await pictureOf(host, dirname(to), [basename(to)], 64 * 1024 * 1024),
		};
	},
	diff: ({from, to}, state) =>
		state !== 'absent' &&
		state.copy.count > 0 &&
		state.copy.content === state.source.content &&
		state.stamp?.building !== true
			? []
			: [
					{
						what: to,
						from: state === 'absent' || state.copy.count === 0 ? null : 'other files',
						to: `a copy of ${from}`,
					},
				],
	undoOf: ({name, to}, {before, stamp}) =>
		before === undefined
			? {can: false, why: `what was in ${to} is too much to be kept`}
			: {
					can: true,
					record: {
						stampId: stampId(name),
						base: dirname(to),
						outputs: [basename(to)],
						stamp: (stamp ?? null) as Json,
						before: before.before,
					} satisfies MadeRecord,
					keep: before.bytes,
				},
	async apply({name, from, to, as}, {source, copy, outputs}, _changes, host) {
		if (source.count === 0)
			throw new Fault(
				'copy.nothing',
				`${from} is not there, or holds no files`,
				'Answer with the directory that holds them.',
			);
		const {gid} = await accountOf(host, as);
		const by = await readerOf(host, from, as);
		const reader = by === undefined ? undefined : (await host.fact(accounts)).users.get(by);
		await writeStamp(host, stampId(name), {source, copy, outputs, building: true});
		// Whoever owns the source reads, the user writes: in a directory of theirs a link could lead root anywhere.
		const stage = `/run/host-setup-copy-${sha256(to).slice(0, 12)}`;
		await clear(host, stage);
		await host.mkdir(stage, {mode: 0o750, owner: `${reader?.uid ?? 'root'}:${gid}`});
		try {
			await host.exec(
				[
					'cp',
					'--recursive',
					'--no-dereference',
					'--no-preserve=mode,ownership',
					'--no-target-directory',
					'--',
					from,
					`${stage}/tree`,
				],
				by === undefined ? {} : {as: by},
			);
			await host.exec(['rm', '--recursive', '--force', '--', to], {as});
			await host.exec(['cp', '--recursive', '--no-dereference', '--no-target-directory', '--', `${stage}/tree`, to], {
				as,
			});
		} finally {
			await clear(host, stage);
		}
		await writeStamp(host, stampId(name), {
			source,
			copy: await digestOf(host, to, ['.']),
			outputs: await digestOf(host, dirname(to), [basename(to)]),
		});
	},
	undo: (record, host, {kept}) => undoMade(record as MadeRecord, host, kept),
};

/** Who reads the source: root what is root's alone; else its owner, or who gets the copy: a link put there leads neither to more than is theirs. */
const readerOf = async (host: Reader, from: string, as: string): Promise<string | undefined> => {
	if (isRoots((await host.fact(trust))(from))) return undefined;
	const uid = (await host.stat(from))?.uid;
	const owner = [...(await host.fact(accounts)).users].find(([, one]) => one.uid === uid)?.[0];
	return owner === undefined || uid === 0 ? as : owner;
};

const stampId = (name: string): string => `copy:${name}`;
