/** A command of an npm package in a prefix of its own, so that it neither meets the host's packages nor leaves something behind. */
import {basename, dirname, join} from 'node:path';
import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {clear, clearIfEmpty} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';
import {spaceFault} from '../shared/stamp.ts';

export type NpmToolSpec = {
	readonly name: string;
	readonly version: string;
	/** Wholly ours: removed as a whole. Its parent is made where it is not there. */
	readonly prefix: string;
	/** Its command, in PREFIX/bin. */
	readonly bin: string;
};

export type NpmToolState = {
	readonly version: string | undefined;
	readonly bin: boolean;
	readonly parent: boolean;
	/** Which directory stands there, if any. */
	readonly id?: string | undefined;
};

/** Give `package:npm` as a need. */
export const npmTool = (spec: NpmToolSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		npmToolType,
		withEdges(
			{
				id: `npm:${spec.prefix}`,
				provides: [`path:${spec.prefix}/bin/${spec.bin}`],
				locks: [`path:${spec.prefix}`],
			},
			edges,
		),
		spec,
	);

export const npmToolType: ResourceType<NpmToolSpec, NpmToolState> = {
	name: 'npm-tool',
	async inspect({name, prefix, bin}, host) {
		return {
			id: (await host.stat(prefix))?.id,
			version: await versionIn(prefix, name, host),
			bin: (await host.stat(join(prefix, 'bin', bin))) !== undefined,
			parent: (await host.stat(dirname(prefix))) !== undefined,
		};
	},
	diff: ({name, version}, state) =>
		state !== 'absent' && state.version === version && state.bin
			? []
			: [{what: `${name} (npm)`, from: state === 'absent' ? null : (state.version ?? null), to: version}],
	fetches: ({name, version}) => [{kind: 'not covered', what: `the npm package ${name} ${version}`}],
	undoOf: ({prefix}, {version, parent}) => ({can: true, record: {prefix, first: version === undefined, parent}}),
	async apply(spec, state, _changes, host) {
		const {prefix, name} = spec;
		if (!state.parent) await host.mkdir(dirname(prefix), {mode: 0o755, owner: 'root:root'});
		const draft = draftOf(prefix);
		await clear(host, draft);
		try {
			await install(spec, draft, host);
			if (
				(await versionIn(draft, name, host)) === undefined ||
				(await host.stat(join(draft, 'bin', spec.bin))) === undefined
			)
				throw new Fault(
					'npm.no-program',
					`${name} ${spec.version} brings no program ${spec.bin}`,
					'Check the names of the package and of its program.',
				);
			if (state.id !== undefined) await host.removeTree(prefix, {was: state.id});
			await host.rename(draft, prefix, {was: (await host.stat(draft))?.id});
		} finally {
			await clear(host, draft);
		}
	},
	async undo(record, host) {
		const {prefix, first, parent} = record as {
			readonly prefix: string;
			readonly first: boolean;
			readonly parent: boolean;
		};
		const there = (await host.stat(prefix)) !== undefined;
		if (!first) return {outcome: 'already'};
		for (const one of [prefix, draftOf(prefix)]) await clear(host, one);
		if (!parent) await clearIfEmpty(host, dirname(prefix));
		return {outcome: there ? 'undone' : 'already'};
	},
};

const draftOf = (prefix: string): string => join(dirname(prefix), `.${basename(prefix)}.host-setup.new~`);

/** npm's cache and logs go to a directory that is removed; it trusts the host's authorities beside Node's, as a proxy may have its own. */
const install = async ({name, version, prefix}: NpmToolSpec, draft: string, host: Host): Promise<void> => {
	const home = `/run/host-setup-npm-${sha256(prefix).slice(0, 12)}`;
	const bundle = '/etc/ssl/certs/ca-certificates.crt';
	const authorities =
		process.env['NODE_EXTRA_CA_CERTS'] === undefined && (await host.stat(bundle)) !== undefined
			? {NODE_EXTRA_CA_CERTS: bundle}
			: {};
	await clear(host, home);
	await host.mkdir(home, {mode: 0o700, owner: 'root:root'});
	try {
		await host.exec(
			[
				'npm',
				'install',
				'--global',
				`--prefix=${draft}`,
				'--ignore-scripts',
				'--no-audit',
				'--no-fund',
				'--no-update-notifier',
				'--fetch-retries=1',
				`${name}@${version}`,
			],
			{fetches: true, env: {HOME: home, npm_config_cache: `${home}/cache`, ...authorities}},
		);
	} catch (error) {
		throw npmFault(error, `${name} ${version}`);
	} finally {
		await clear(host, home);
	}
};

const versionIn = async (prefix: string, name: string, host: Reader): Promise<string | undefined> => {
	const bytes = await host.read(join(prefix, 'lib/node_modules', name, 'package.json'));
	return /"version"\s*:\s*"([^"]+)"/.exec(Buffer.from(bytes ?? '').toString('utf8'))?.[1];
};

const npmFault = (error: unknown, what: string): unknown => {
	if (!(error instanceof Fault) || error.code !== 'program.failed') return error;
	const words = error.details.join('\n');
	const details = {details: error.details, cause: error};
	if (/code E404|ETARGET/.test(words))
		return new Fault(
			'npm.no-such-package',
			`the npm registry has no ${what}`,
			'Check the name and the version.',
			details,
		);
	if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|CERT/.test(words))
		return new Fault(
			'npm.unreachable',
			'the npm registry could not be reached',
			'Check the network, the proxy (fetching.proxy in the answers) and the certificates.',
			details,
		);
	return spaceFault(words, what) ?? error;
};
