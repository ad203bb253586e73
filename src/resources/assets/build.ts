/**
 * What a front-end tool makes of its sources: bower's components, lessc's style sheet, mkdocs' pages. Made again when the sources, the
 * command or the tool changed, and when somebody damaged what was made; a look starts no tool.
 */
import {join} from 'node:path';
import {type Digest, digestOf} from '#host/files/digest.ts';
import {isGlob} from '#host/files/glob.ts';
import {sha256} from '#host/files/stash.ts';
import {accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, spaceFault, writeStamp} from '../shared/stamp.ts';
import {type MadeRecord, pictureOf, undoMade} from './outputs.ts';

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
		.map(one => `path:${join(spec.cwd, one).replace(/\/$/, '')}` as const);
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

export const assetBuildType: ResourceType<AssetBuildSpec, AssetBuildState> = {
	name: 'asset-build',
	async inspect(spec, host) {
		const stamp = await readStamp<Stamp>(host, stampId(spec.name));
		const [inputs, outputs] = await Promise.all([
			digestOf(host, spec.cwd, spec.inputs, stamp?.inputs),
			digestOf(host, spec.cwd, spec.outputs, stamp?.outputs),
		]);
		const why = reason(spec, stamp, inputs, outputs);
		return {
			why,
			stamp,
			inputs,
			outputs,
			before: why === undefined ? undefined : await pictureOf(host, spec.cwd, spec.outputs, 64 * 1024 * 1024),
		};
	},
	diff(spec, state) {
		const what = spec.outputs.join(', ');
		if (state === 'absent' || (state.why !== undefined && state.outputs.count === 0))
			return [{what, from: null, to: `made by ${spec.argv[0]}`}];
		return state.why === undefined ? [] : [{what, from: state.why, to: `made again by ${spec.argv[0]}`}];
	},
	undoOf: ({name, cwd, outputs}, {stamp, before}) =>
		before === undefined
			? {can: false, why: `what was in ${outputs.join(', ')} is too much to be kept`}
			: {
					can: true,
					record: {
						stampId: stampId(name),
						base: cwd,
						outputs,
						stamp: (stamp ?? null) as Json,
						before: before.before,
					} satisfies MadeRecord,
					keep: before.bytes,
				},
	async apply(spec, {inputs, outputs}, _changes, host) {
		await writeStamp(host, stampId(spec.name), {asked: askedOf(spec), inputs, outputs, building: true});
		await runTool(spec, host);
		const made = await digestOf(host, spec.cwd, spec.outputs);
		if (made.count === 0)
			throw new Fault(
				'asset.nothing',
				`${spec.argv[0]} ended well and made no ${spec.outputs.join(', ')}`,
				`Run it by hand in ${spec.cwd} as ${spec.as} and see what it says.`,
			);
		await writeStamp(host, stampId(spec.name), {
			asked: askedOf(spec),
			inputs: await digestOf(host, spec.cwd, spec.inputs, inputs),
			outputs: made,
		});
	},
	undo: (record, host, {kept}) => undoMade(record as MadeRecord, host, kept),
};

/** Front-end tools leave caches wherever HOME points: it points to a directory under /run that goes afterwards. */
const runTool = async ({name, argv, cwd, as, env}: AssetBuildSpec, host: Host): Promise<void> => {
	const account = (await host.fact(accounts)).users.get(as);
	if (account === undefined) throw new Blocked({because: 'until', thing: `user:${as}`});
	const home = `/run/host-setup-asset-${sha256(name).slice(0, 12)}`;
	if ((await host.stat(home)) !== undefined) await host.removeTree(home);
	await host.mkdir(home, {mode: 0o700, owner: `${account.uid}:${account.gid}`});
	try {
		await host
			.exec(argv, {
				cwd,
				as,
				env: {
					HOME: home,
					XDG_CACHE_HOME: `${home}/cache`,
					XDG_CONFIG_HOME: `${home}/config`,
					npm_config_cache: `${home}/npm`,
					PYTHONDONTWRITEBYTECODE: '1',
					CI: '1',
					...env,
				},
			})
			.catch(error => {
				throw toolFault(error, name);
			});
	} finally {
		await host.removeTree(home);
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
