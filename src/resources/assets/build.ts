/**
 * What a front-end tool makes of its sources: bower's components, lessc's style sheet, mkdocs' pages. Made again when the sources, the
 * command or the tool changed, and when somebody damaged what was made; a look starts no tool.
 */
import {join} from 'node:path';
import {type Digest, digestOf} from '#host/files/digest.ts';
import {isGlob} from '#host/files/glob.ts';
import {sha256} from '#host/files/stash.ts';
import {ownerOf} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Late, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, spaceFault, writeStamp} from '../shared/stamp.ts';
import {type MadeRecord, pictureOf, undoMade} from './outputs.ts';

export type AssetBuildSpec = {
	/** Unique in the plan. */
	readonly name: string;
	readonly argv: readonly [string, ...string[]];
	readonly cwd: string;
	/** Inputs and outputs are relative to it, and lie below it. Default: `cwd`. */
	readonly base?: string;
	/** The user who runs it and owns what comes out. */
	readonly as: string;
	readonly env?: Readonly<Record<string, string>>;
	/** It asks other hosts, as bower does. */
	readonly fetches?: true;
	/** Files, directories (`less/`) or globs. */
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	/** The tool's version, as far as it is known: another one builds again. */
	readonly tool?: string;
};

/** `building` while the tool runs: what is there then is ours, whole or not. */
type Stamp = {readonly asked: string; readonly inputs: Digest; readonly outputs: Digest; readonly building?: true};

export type AssetBuildState = {
	readonly why: string | undefined;
	readonly stamp: Stamp | undefined;
	readonly inputs: Digest;
	readonly outputs: Digest;
	readonly before: Awaited<ReturnType<typeof pictureOf>>;
};

/** Give the tool (`package:node-less`) and the tree as needs. */
export const assetBuild = (spec: AssetBuildSpec, edges: Partial<Edges> = {}): Resource => {
	const paths = spec.outputs
		.filter(one => !isGlob(one))
		.map(one => `path:${join(baseOf(spec), one).replace(/\/$/, '')}` as const);
	return resource(
		assetBuildType,
		withEdges(
			{
				id: `asset:${spec.name}`,
				needs: [`user:${spec.as}`],
				provides: [`done:asset:${spec.name}`, ...paths],
				locks: paths,
			},
			edges,
		),
		spec,
	);
};

/** The same where only the host can tell what is read and made. */
export const lateAssetBuild = (
	about: Pick<AssetBuildSpec, 'name' | 'as'>,
	spec: Late<AssetBuildSpec>,
	edges: Partial<Edges>,
	preview?: AssetBuildSpec,
): Resource =>
	resource(
		assetBuildType,
		withEdges({id: `asset:${about.name}`, needs: [`user:${about.as}`], provides: [`done:asset:${about.name}`]}, edges),
		spec,
		preview,
	);

export const assetBuildType: ResourceType<AssetBuildSpec, AssetBuildState> = {
	name: 'asset-build',
	async inspect(spec, host) {
		const stamp = await readStamp<Stamp>(host, stampId(spec.name));
		const [inputs, outputs] = await Promise.all([
			digestOf(host, baseOf(spec), spec.inputs, stamp?.inputs),
			digestOf(host, baseOf(spec), spec.outputs, stamp?.outputs),
		]);
		const why = reason(spec, stamp, inputs, outputs);
		return {
			why,
			stamp,
			inputs,
			outputs,
			before: why === undefined ? undefined : await pictureOf(host, baseOf(spec), spec.outputs, 64 * 1024 * 1024),
		};
	},
	diff(spec, state) {
		const what = spec.outputs.join(', ');
		if (state === 'absent' || (state.why !== undefined && state.outputs.count === 0))
			return [{what, from: null, to: `made by ${spec.argv[0]}`}];
		return state.why === undefined ? [] : [{what, from: state.why, to: `made again by ${spec.argv[0]}`}];
	},
	fetches: ({name, fetches}) => (fetches ? [{kind: 'not covered', what: `what ${name} fetches`}] : []),
	undoOf: ({name, cwd, base = cwd, outputs}, {stamp, before}) =>
		before === undefined
			? {can: false, why: `what was in ${outputs.join(', ')} is too much to be kept`}
			: {
					can: true,
					record: {
						stampId: stampId(name),
						base,
						outputs,
						stamp: (stamp ?? null) as Json,
						before: before.before,
					} satisfies MadeRecord,
					keep: before.bytes,
				},
	async apply(spec, {inputs, outputs}, _changes, host) {
		await writeStamp(host, stampId(spec.name), {asked: askedOf(spec), inputs, outputs, building: true});
		await runTool(spec, host);
		const made = await digestOf(host, baseOf(spec), spec.outputs);
		if (made.count === 0)
			throw new Fault(
				'asset.nothing',
				`${spec.argv[0]} ended well and made no ${spec.outputs.join(', ')}`,
				`Run it by hand in ${spec.cwd} as ${spec.as} and see what it says.`,
			);
		await writeStamp(host, stampId(spec.name), {
			asked: askedOf(spec),
			inputs: await digestOf(host, baseOf(spec), spec.inputs, inputs),
			outputs: made,
		});
	},
	undo: (record, host, {kept}) => undoMade(record as MadeRecord, host, kept),
};

/** Front-end tools leave caches wherever HOME points: it points to a directory under /run that goes afterwards. */
const runTool = async ({name, argv, cwd, as, env, fetches}: AssetBuildSpec, host: Host): Promise<void> => {
	const owner = await ownerOf(host, as);
	const home = `/run/host-setup-asset-${sha256(name).slice(0, 12)}`;
	await clear(host, home);
	await host.mkdir(home, {mode: 0o700, owner});
	try {
		await host
			.exec(argv, {
				cwd,
				as,
				fetches: fetches ?? false,
				env: {
					HOME: home,
					XDG_CACHE_HOME: `${home}/cache`,
					XDG_CONFIG_HOME: `${home}/config`,
					npm_config_cache: `${home}/npm`,
					PYTHONDONTWRITEBYTECODE: '1',
					CI: '1',
					// Debian's tools find their modules by its own Node; one from elsewhere that took its place (NodeSource's) does not look there.
					NODE_PATH: '/usr/share/nodejs:/usr/lib/nodejs',
					...env,
				},
			})
			.catch(error => {
				throw toolFault(error, name);
			});
	} finally {
		await clear(host, home);
	}
};

const toolFault = (error: unknown, name: string): unknown => {
	if (!(error instanceof Fault) || error.code !== 'program.failed') return error;
	const words = error.details.join('\n');
	if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|getaddrinfo|Could not resolve|certificate/i.test(words))
		return new Fault(
			'asset.unreachable',
			`${name} could not reach where it fetches from`,
			'Check the network and the proxy; or let the answers name a directory on this host instead of the tool.',
			{details: error.details, cause: error},
		);
	return spaceFault(words, name) ?? error;
};

const stampId = (name: string): string => `asset:${name}`;

const baseOf = ({cwd, base = cwd}: AssetBuildSpec): string => base;

const askedOf = ({argv, env, inputs, outputs, tool}: AssetBuildSpec): string =>
	sha256(JSON.stringify([argv, env ?? {}, inputs, outputs, tool ?? '']));

const reason = (
	spec: AssetBuildSpec,
	stamp: Stamp | undefined,
	inputs: Digest,
	outputs: Digest,
): string | undefined => {
	if (!stamp) return 'of unknown making';
	if (stamp.building) return 'not made to the end';
	if (outputs.count === 0) return 'gone';
	if (stamp.asked !== askedOf(spec)) return 'made by another command or version';
	if (stamp.inputs.content !== inputs.content) return 'older than its sources';
	return stamp.outputs.content === outputs.content ? undefined : 'changed since it was made';
};
