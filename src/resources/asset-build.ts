/**
 * What a front-end tool makes of its sources: bower's components, lessc's style sheet, mkdocs' pages. Made again when the sources, the
 * command or the tool changed, and when somebody damaged what was made; a look starts no tool.
 */
import {dirname, join} from 'node:path';
import {type Digest, digestOf, filesIn} from '#host/digest.ts';
import {isGlob} from '#host/glob.ts';
import {sha256} from '#host/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {readStamp, removeStamp, writeStamp} from './stamp.ts';
import {withEdges} from './with-edges.ts';

export type AssetBuildSpec = {
	/** Unique in the plan. */
	readonly name: string;
	readonly argv: readonly [string, ...string[]];
	/** Inputs and outputs are relative to it. */
	readonly cwd: string;
	/** The user who runs it and owns what comes out. */
	readonly as: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Files, directories (`less/`) or globs. */
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	/** The tool's version, as far as it is known: another one builds again. */
	readonly tool?: string;
};

type Stamp = {readonly asked: string; readonly inputs: Digest; readonly outputs: Digest};
export type AssetBuildState = {readonly inputs: Digest; readonly outputs: Digest; readonly stamp: Stamp | undefined; readonly before: readonly string[]};

/** Give the tool (`package:node-less`) and the tree as needs. */
export const assetBuild = (spec: AssetBuildSpec, edges: Partial<Edges> = {}): Resource => resource(assetBuildType, withEdges({
	id: `asset:${spec.name}`,
	provides: [`done:asset:${spec.name}`],
	locks: [`path:${spec.cwd}/${spec.outputs[0] ?? ''}`],
}, edges), spec);

export const assetBuildType: ResourceType<AssetBuildSpec, AssetBuildState> = {
	name: 'asset-build',
	async inspect(spec, host) {
		const stamp = await readStamp<Stamp>(host, stampId(spec.name));
		const [inputs, outputs] = await Promise.all([digestOf(host, spec.cwd, spec.inputs.map(path), stamp?.inputs), digestOf(host, spec.cwd, spec.outputs.map(path), stamp?.outputs)]);
		return {inputs, outputs, stamp, before: stamp ? [] : await filesIn(host, spec.cwd, spec.outputs.map(path))};
	},
	diff(spec, state) {
		const what = spec.outputs.join(', ');
		if (state === 'absent' || state.outputs.count === 0) return [{what, from: null, to: `made by ${spec.argv[0]}`}];
		const why = reason(spec, state);
		return why === undefined ? [] : [{what, from: why, to: `made again by ${spec.argv[0]}`}];
	},
	undoOf: (spec, {stamp, before}) => before.length > 0 && !stamp
		? {can: false, why: `${spec.outputs.join(', ')} was there before and was made anew`}
		: {can: true, record: {name: spec.name, cwd: spec.cwd, outputs: spec.outputs, first: stamp === undefined}},
	async apply(spec, _state, _changes, host) {
		await makeDirectories(spec, host);
		await host.exec(spec.argv, {cwd: spec.cwd, as: spec.as, env: {...spec.env}});
		const [inputs, outputs] = [await digestOf(host, spec.cwd, spec.inputs.map(path)), await digestOf(host, spec.cwd, spec.outputs.map(path))];
		if (outputs.count === 0) throw new Fault('asset.nothing', `${spec.argv[0]} ended well and made no ${spec.outputs.join(', ')}`, `Run it by hand in ${spec.cwd} as ${spec.as} and see what it says.`);
		await writeStamp(host, stampId(spec.name), {asked: askedOf(spec), inputs, outputs});
	},
	async undo(record, host) {
		const {name, cwd, outputs, first} = record as {readonly name: string; readonly cwd: string; readonly outputs: readonly string[]; readonly first: boolean};
		if (!first) return {outcome: 'already'};
		const stamp = await readStamp<Stamp>(host, stampId(name));
		const files = await filesIn(host, cwd, outputs.map(path));
		if (files.length === 0) {
			await removeStamp(host, stampId(name));
			return {outcome: 'already'};
		}
		const now = await digestOf(host, cwd, outputs.map(path), stamp?.outputs);
		if (stamp && now.content !== stamp.outputs.content) return {outcome: 'kept', why: `${outputs.join(', ')} was changed since it was made`};
		for (const one of files) await host.remove(join(cwd, one));
		await removeEmpty(host, cwd, files);
		await removeStamp(host, stampId(name));
		return {outcome: 'undone'};
	},
};

const stampId = (name: string): string => `asset:${name}`;

const path = (pattern: string): string => pattern.replace(/\/$/, '');

const askedOf = ({argv, env, tool}: AssetBuildSpec): string => sha256(JSON.stringify([argv, env ?? {}, tool ?? '']));

const reason = (spec: AssetBuildSpec, {inputs, outputs, stamp}: AssetBuildState): string | undefined => {
	if (!stamp) return 'of unknown making';
	if (stamp.asked !== askedOf(spec)) return 'made by another command or version';
	if (stamp.inputs.content !== inputs.content) return 'older than its sources';
	return stamp.outputs.content === outputs.content ? undefined : 'changed since it was made';
};

const makeDirectories = async ({cwd, outputs, as}: AssetBuildSpec, host: Host): Promise<void> => {
	const directories = [...new Set(outputs.filter(one => !isGlob(one)).map(one => one.endsWith('/') ? '.' : dirname(one)))].filter(one => one !== '.');
	for (const directory of directories) if (await host.stat(join(cwd, directory)) === undefined) await host.exec(['mkdir', '-p', '--', join(cwd, directory)], {as});
};

/** Directories that are empty now, deepest first, below the tree's own. */
const removeEmpty = async (host: Host, cwd: string, files: readonly string[]): Promise<void> => {
	const directories = new Set(files.flatMap(file => ancestors(dirname(file))));
	for (const one of [...directories].sort((a, b) => b.length - a.length)) if (await isEmpty(host, join(cwd, one))) await host.remove(join(cwd, one));
};

const ancestors = (directory: string): readonly string[] => directory === '.' ? [] : [directory, ...ancestors(dirname(directory))];

const isEmpty = async (host: Reader, directory: string): Promise<boolean> => (await host.list(directory))?.length === 0;
