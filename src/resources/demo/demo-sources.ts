/**
 * The small application and the source archive that come with setup, made on the host: the whole stack can then be tried where neither
 * the application's git server nor openresty.org is in reach. What they are is said in the READMEs they carry.
 */
import {join} from 'node:path';
import {demoMaker} from '#host/files/own-program.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';

export type DemoSourcesSpec = {
	/** Where they go. */
	readonly directory: string;
	/** The fixtures of the checkout that runs. */
	readonly fixtures: string;
};

export type DemoSourcesState = {readonly repository: boolean; readonly archive: boolean};

/** DIR/ipynbsrv.git, DIR/openresty.tar.gz and DIR/openresty.tar.gz.sha256, DIR/bower_components. */
export const demoSources = (spec: DemoSourcesSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		demoSourcesType,
		withEdges(
			{
				id: `demo-sources:${spec.directory}`,
				needs: ['package:git'],
				provides: [
					`path:${spec.directory}/ipynbsrv.git`,
					`path:${spec.directory}/openresty.tar.gz`,
					`path:${spec.directory}/openresty.tar.gz.sha256`,
					`path:${spec.directory}/bower_components`,
				],
				locks: [`path:${spec.directory}`],
			},
			edges,
		),
		spec,
	);

export const demoSourcesType: ResourceType<DemoSourcesSpec, DemoSourcesState> = {
	name: 'demo-sources',
	async inspect({directory}, host) {
		const [repository, archive, digest, components] = await Promise.all(
			['ipynbsrv.git/HEAD', 'openresty.tar.gz', 'openresty.tar.gz.sha256', 'bower_components'].map(name =>
				host.stat(join(directory, name)),
			),
		);
		return {
			repository: repository !== undefined && components !== undefined,
			archive: archive !== undefined && digest !== undefined,
		};
	},
	diff: ({directory}, state) => [
		...(state === 'absent' || !state.repository
			? [{what: join(directory, 'ipynbsrv.git'), from: null, to: 'the small application, as a git repository'}]
			: []),
		...(state === 'absent' || !state.archive
			? [
					{
						what: join(directory, 'openresty.tar.gz'),
						from: null,
						to: "a source archive laid out as OpenResty's, around Debian's nginx",
					},
				]
			: []),
	],
	fetches: () => [{kind: 'source', name: 'nginx'}],
	undoOf: ({directory}) => ({can: true, record: {directory}}),
	async apply({directory, fixtures}, state, _changes, host) {
		if ((await host.stat(join(fixtures, 'make-demo.ts'))) === undefined)
			throw new Fault(
				'demo.no-fixtures',
				`${fixtures} holds no fixtures`,
				'Run setup from its checkout, or answer where the real sources are.',
			);
		if ((await host.stat(directory)) === undefined) await host.mkdir(directory, {mode: 0o755, owner: 'root:root'});
		if (!state.repository) {
			await clear(host, join(directory, 'ipynbsrv.git'));
			await clear(host, join(directory, 'bower_components'));
		}
		const parts = [...(state.repository ? [] : ['repository']), ...(state.archive ? [] : ['archive'])];
		await host.exec([...demoMaker(fixtures), directory, ...parts], {fetches: true, env: nodeNeeds()});
	},
	async undo(record, host) {
		const {directory} = record as {readonly directory: string};
		return {outcome: (await clear(host, directory)) ? 'undone' : 'already'};
	},
};

/** Where the launcher had to bring Node a library that a bare host lacks, the child needs it as well. */
const nodeNeeds = (): Readonly<Record<string, string>> => {
	const path = process.env['LD_LIBRARY_PATH'];
	return path === undefined ? {} : {LD_LIBRARY_PATH: path};
};
