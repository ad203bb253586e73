/** A command of an npm package in a prefix of its own, so that it neither meets the host's packages nor leaves something behind. */
import {join} from 'node:path';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from './with-edges.ts';

export type NpmToolSpec = {
	readonly name: string;
	readonly version: string;
	/** Wholly ours: removed as a whole. */
	readonly prefix: string;
	/** Its command, in PREFIX/bin. */
	readonly bin: string;
};

export type NpmToolState = {readonly version: string | undefined; readonly bin: boolean};

/** Give `package:npm` as a need. */
export const npmTool = (spec: NpmToolSpec, edges: Partial<Edges> = {}): Resource => resource(npmToolType, withEdges({
	id: `npm:${spec.prefix}`,
	provides: [`path:${spec.prefix}/bin/${spec.bin}`],
	locks: [`path:${spec.prefix}`],
}, edges), spec);

export const npmToolType: ResourceType<NpmToolSpec, NpmToolState> = {
	name: 'npm-tool',
	async inspect({name, prefix, bin}, host) {
		const bytes = await host.read(join(prefix, 'lib/node_modules', name, 'package.json'));
		const version = /"version"\s*:\s*"([^"]+)"/.exec(Buffer.from(bytes ?? '').toString('utf8'))?.[1];
		return {version, bin: await host.stat(join(prefix, 'bin', bin)) !== undefined};
	},
	diff: ({name, version}, state) => state !== 'absent' && state.version === version && state.bin ? [] : [{what: `${name} (npm)`, from: state === 'absent' ? null : state.version ?? null, to: version}],
	undoOf: ({prefix}, {version}) => ({can: true, record: {prefix, first: version === undefined}}),
	async apply({name, version, prefix}, _state, _changes, host) {
		await host.exec(['mkdir', '-p', '--', prefix]);
		await host.exec(['npm', 'install', '--global', `--prefix=${prefix}`, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', `${name}@${version}`], {env: {npm_config_cache: join(prefix, '.cache')}});
		await host.removeTree(join(prefix, '.cache'));
	},
	async undo(record, host) {
		const {prefix, first} = record as {readonly prefix: string; readonly first: boolean};
		if (!first || await host.stat(prefix) === undefined) return {outcome: 'already'};
		await host.removeTree(prefix);
		return {outcome: 'undone'};
	},
};
